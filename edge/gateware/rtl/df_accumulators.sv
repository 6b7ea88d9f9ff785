// Sums of a pass without thresholds, a chunk of channels per word, and the one of them that the host reads.
module df_accumulators #(
  parameter int unsigned CHUNK = 8,
  parameter int unsigned DEPTH = 256,
  localparam int unsigned LANE_BITS = $clog2(CHUNK),
  localparam int unsigned ADDRESS_BITS = $clog2(DEPTH)
) (
  input  logic                              clk_i,
  input  logic                              write_i,
  input  logic [ADDRESS_BITS-1:0]           write_address_i,
  input  logic [20*CHUNK-1:0]               write_data_i,
  input  logic [ADDRESS_BITS+LANE_BITS-1:0] host_address_i,  // stands still until its word is taken
  output logic [31:0]                       host_word_o      // three cycles after the address, sign extended
);
  logic [20*CHUNK-1:0] chunk;

  df_ram #(.WIDTH(20 * CHUNK), .DEPTH(DEPTH)) ram (
    .clk_i, .write_i, .write_address_i, .write_data_i,
    .read_address_i(host_address_i[LANE_BITS+:ADDRESS_BITS]), .read_data_o(chunk)
  );

  wire [19:0] sum = chunk[20*host_address_i[LANE_BITS-1:0]+:20];
  always_ff @(posedge clk_i) host_word_o <= {{12{sum[19]}}, sum};
endmodule
