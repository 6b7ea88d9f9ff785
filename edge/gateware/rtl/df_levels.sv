// The two activation buffers. A pass reads one, a word of all input lanes at a time, and writes the other, a chunk of
// channels at a time; so each chunk of a word is a memory of its own.
module df_levels #(
  parameter int unsigned INPUTS = 64,
  parameter int unsigned CHUNK = 8,
  parameter int unsigned DEPTH = 1024
) (
  input  logic                      clk_i,
  input  logic                      write_i,
  input  logic                      write_buffer_i,
  input  logic [$clog2(DEPTH)-1:0]  write_address_i,
  input  logic [INPUTS/CHUNK-1:0]   write_lane_i,     // one hot
  input  logic [2*CHUNK-1:0]        write_data_i,
  input  logic [$clog2(DEPTH)-1:0]  read_address_i,
  output logic [2*INPUTS-1:0]       read_data_0_o,    // two cycles after the address
  output logic [2*INPUTS-1:0]       read_data_1_o
);
  localparam int unsigned BITS = 2 * CHUNK;

  for (genvar i = 0; i < INPUTS / CHUNK; i++) begin : g_lane
    df_ram #(.WIDTH(BITS), .DEPTH(DEPTH)) buffer_0 (
      .clk_i, .write_i(write_i && write_lane_i[i] && !write_buffer_i), .write_address_i, .write_data_i,
      .read_address_i, .read_data_o(read_data_0_o[BITS*i+:BITS])
    );
    df_ram #(.WIDTH(BITS), .DEPTH(DEPTH)) buffer_1 (
      .clk_i, .write_i(write_i && write_lane_i[i] && write_buffer_i), .write_address_i, .write_data_i,
      .read_address_i, .read_data_o(read_data_1_o[BITS*i+:BITS])
    );
  end
endmodule
