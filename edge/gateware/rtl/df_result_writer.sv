// Takes a window's results, chunk by chunk, through the threshold unit and gives each its place in the output buffer.
// Walks over windows in the order in which the address generator does.
//
//   0 chunk selected · 1 values, threshold address · 2, 3 threshold memory · 4 levels · 5 written
module df_result_writer #(
  parameter int unsigned INPUTS = 64,
  parameter int unsigned OUTPUTS = 64,
  parameter int unsigned CHUNK = 8
) (
  input  logic                      clk_i,
  input  logic                      clear_i,
  input  logic                      start_i,
  input  df_gateware_pkg::layer_t   layer_i,
  input  logic                      window_i,              // results of a window from the next cycle to the next window
  input  logic [20*OUTPUTS-1:0]     sums_i,
  input  logic [15:0]               total_i,
  input  logic [2*INPUTS-1:0]       maximum_i,
  output logic [15:0]               threshold_address_o,
  input  logic [60*CHUNK-1:0]       thresholds_i,          // two cycles after the address
  output logic                      threshold_used_o,      // with the address
  output logic                      write_o,
  output logic [15:0]               write_address_o,
  output logic [INPUTS/CHUNK-1:0]   write_lane_o,
  output logic [2*CHUNK-1:0]        write_data_o,
  output logic                      sums_write_o,          // in a pass that writes sums and no levels
  output logic [15:0]               sums_address_o,        // counts the chunks of the pass
  output logic [20*CHUNK-1:0]       sums_o,
  output logic                      done_o                 // with the last write of the pass
);
  localparam int unsigned LANES = INPUTS / CHUNK;
  localparam int unsigned LANE_BITS = $clog2(LANES);

  wire pooling = layer_i.operation == df_gateware_pkg::OPERATION_MAX_POOL;
  wire pixel_pass = layer_i.operation == df_gateware_pkg::OPERATION_PIXEL_CONVOLUTION;

  logic       chunk_valid, window_last, pass_last;
  logic [3:0] chunk;
  logic [15:0] threshold_address, address;
  logic [LANE_BITS-1:0] lane;

  df_chunk_counter counter (
    .clk_i, .clear_i, .start_i, .layer_i, .window_i,
    .valid_o(chunk_valid), .chunk_o(chunk), .window_last_o(window_last), .pass_last_o(pass_last),
    .threshold_address_o(threshold_address)
  );
  df_write_address #(.LANE_BITS(LANE_BITS)) write_address (
    .clk_i, .start_i, .layer_i, .valid_i(chunk_valid), .window_last_i(window_last),
    .address_o(address), .lane_o(lane)
  );

  // The values in front of the thresholds, two stages before the levels: one after the other, whatever their channels.
  assign sums_write_o = valid_q[2] && layer_i.accumulators;
  assign sums_o = values_delayed_q;
  always_ff @(posedge clk_i) begin
    if (sums_write_o) sums_address_o <= sums_address_o + 1'b1;
    if (start_i) sums_address_o <= '0;
  end

  // Stage 0 and 1: the chunk's sums. A convolution of pixels is its sum already.
  logic [20*CHUNK-1:0] sums_q, values_q, values_delayed_q;
  logic [15:0]         total_q;
  logic [2*CHUNK-1:0]  maximum_q[0:3];
  for (genvar i = 0; i < CHUNK; i++) begin : g_channel
    wire [19:0] sum = sums_q[20*i+:20];
    always_ff @(posedge clk_i) values_q[20*i+:20] <= pixel_pass ? sum : {sum[18:0], 1'b0} - 20'(total_q);
  end
  logic [20*CHUNK-1:0] sums_chunk;
  logic [2*CHUNK-1:0]  maximum_chunk;
  always_comb begin
    sums_chunk = sums_i[20*CHUNK-1:0];
    for (int i = 1; i < OUTPUTS / CHUNK; i++) if (chunk == 4'(i)) sums_chunk = sums_i[20*CHUNK*i+:20*CHUNK];
    maximum_chunk = maximum_i[2*CHUNK-1:0];
    for (int i = 1; i < LANES; i++) if (chunk == 4'(i)) maximum_chunk = maximum_i[2*CHUNK*i+:2*CHUNK];
  end

  // The address and what belongs to it wait for the levels. Index 0 is stage 1.
  logic [3:0]           valid_q, last_q;
  logic [15:0]          address_q[0:3];
  logic [LANE_BITS-1:0] lane_q[0:3];
  logic [2*CHUNK-1:0]   levels;

  df_threshold_unit #(.CHUNK(CHUNK)) threshold_unit (
    .clk_i, .values_i(values_delayed_q), .thresholds_i, .levels_o(levels)
  );

  always_ff @(posedge clk_i) begin
    sums_q <= sums_chunk;
    total_q <= total_i;
    values_delayed_q <= values_q;
    maximum_q[0] <= maximum_chunk;
    address_q[0] <= address;
    lane_q[0] <= lane;
    for (int i = 1; i < 4; i++) begin
      maximum_q[i] <= maximum_q[i-1];
      address_q[i] <= address_q[i-1];
      lane_q[i] <= lane_q[i-1];
    end
    valid_q <= clear_i ? '0 : {valid_q[2:0], chunk_valid};
    last_q <= clear_i ? '0 : {last_q[2:0], pass_last};
    threshold_address_o <= threshold_address;
    threshold_used_o <= chunk_valid && !pooling && !layer_i.accumulators;
    write_o <= valid_q[3] && !clear_i && !layer_i.accumulators;
    done_o <= last_q[3] && !clear_i;
    write_address_o <= address_q[3];
    write_lane_o <= LANES'(1) << lane_q[3];
    write_data_o <= pooling ? maximum_q[3] : levels;
  end
endmodule
