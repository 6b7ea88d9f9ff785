// An image written pixel by pixel, and three addresses of it read in each cycle.
module df_pixels_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned TAPS = 3;
  localparam int unsigned DEPTH = 16;

  logic write_q = 1'b0;
  logic [3:0] write_address_q = '0;
  logic [23:0] write_data_q, image_q[0:DEPTH-1];
  logic [4*TAPS-1:0] read_address_q = '0;
  logic [24*TAPS-1:0] read_data, expected_q[0:1];
  int cycle_q = 0;

  df_pixels #(.TAPS(TAPS), .DEPTH(DEPTH)) dut (
    .clk_i, .write_i(write_q), .write_address_i(write_address_q), .write_data_i(write_data_q),
    .read_address_i(read_address_q), .read_data_o(read_data)
  );

  // A turn of 64 cycles: the host writes a whole image, then a run reads it.
  wire [5:0] turn = 6'(cycle_q);

  always_ff @(posedge clk_i) begin
    cycle_q <= cycle_q + 1;
    write_q <= turn < DEPTH;
    write_address_q <= turn[3:0];
    write_data_q <= 24'($urandom);
    if (write_q) image_q[write_address_q] <= write_data_q;
    read_address_q <= 12'($urandom);
    for (int t = 0; t < TAPS; t++) expected_q[0][24*t+:24] <= image_q[read_address_q[4*t+:4]];
    expected_q[1] <= expected_q[0];
    if (turn >= DEPTH + 6) begin
      checks_o <= checks_o + 1;
      if (read_data != expected_q[1]) failures_o <= failures_o + 1;
    end
  end
endmodule
