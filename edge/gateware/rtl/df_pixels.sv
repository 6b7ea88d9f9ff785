// The input image, once per tap of a kernel row that is read in the same cycle.
module df_pixels #(
  parameter int unsigned TAPS = 1,
  parameter int unsigned DEPTH = 1024
) (
  input  logic                          clk_i,
  input  logic                          write_i,
  input  logic [$clog2(DEPTH)-1:0]      write_address_i,
  input  logic [23:0]                   write_data_i,
  input  logic [TAPS*$clog2(DEPTH)-1:0] read_address_i,
  output logic [24*TAPS-1:0]            read_data_o      // two cycles after the address
);
  localparam int unsigned ADDRESS_BITS = $clog2(DEPTH);

  for (genvar t = 0; t < TAPS; t++) begin : g_tap
    df_ram #(.WIDTH(24), .DEPTH(DEPTH)) copy (
      .clk_i, .write_i, .write_address_i, .write_data_i,
      .read_address_i(read_address_i[ADDRESS_BITS*t+:ADDRESS_BITS]), .read_data_o(read_data_o[24*t+:24])
    );
  end
endmodule
