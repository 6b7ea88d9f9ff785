// The engine without its registers: memories, array and the passes over them.
module df_engine #(
  parameter int unsigned IC_PAR = 64,
  parameter int unsigned OC_PAR = 64,
  parameter int unsigned PIXEL_TAPS = 1,
  parameter int unsigned PIXEL_OUTPUTS = 32,
  parameter int unsigned CHUNK = 8,
  parameter int unsigned LEVELS_DEPTH = 1024,
  parameter int unsigned WEIGHTS_DEPTH = 256,
  parameter int unsigned THRESHOLDS_DEPTH = 128,
  parameter int unsigned PIXELS_DEPTH = 1024,
  parameter int unsigned ACCUMULATORS_DEPTH = 256,
  localparam int unsigned LEVELS_BITS = $clog2(LEVELS_DEPTH),
  localparam int unsigned WORD_BITS = $clog2(IC_PAR / 16)
) (
  input  logic                             clk_i,
  input  logic                             abort_i,
  input  logic                             start_i,
  input  logic                             enable_i,          // low: issue nothing in this cycle
  // Image of the network
  input  logic                             rewind_i,
  input  logic                             program_valid_i,
  input  logic                             thresholds_valid_i,
  input  logic                             weights_valid_i,
  input  logic [31:0]                      word_i,
  output logic                             overflow_o,
  input  logic [31:0]                      cycle_limit_i,
  // Host access to activations, while no run goes on
  input  logic                             pixel_write_i,
  input  logic [$clog2(PIXELS_DEPTH)-1:0]  pixel_address_i,
  input  logic [23:0]                      pixel_i,
  input  logic                             host_buffer_i,
  input  logic [LEVELS_BITS+WORD_BITS-1:0] host_address_i,
  output logic [31:0]                      host_word_o,       // four cycles after the address
  input  logic [$clog2(ACCUMULATORS_DEPTH*CHUNK)-1:0] accumulator_address_i,
  output logic [31:0]                      accumulator_o,     // three cycles after the address
  // Outcome
  output logic                             busy_o,
  output logic                             done_o,
  output logic [7:0]                       error_code_o,
  output logic [7:0]                       layer_index_o,
  output logic [31:0]                      cycles_o
);
  df_gateware_pkg::layer_t layer;
  logic pass_start, pass_done, clear, written;
  logic [7:0] pass_error;

  // ---- program
  localparam int unsigned PROGRAM_BITS = df_gateware_pkg::PROGRAM_ADDRESS_BITS;
  logic [PROGRAM_BITS-1:0] program_address;
  logic [PROGRAM_BITS:0]   program_write_q;
  logic [31:0]             program_word;
  // Fewer than the memory holds, so that the address of a program without an end cannot wrap.
  localparam logic [PROGRAM_BITS:0] PROGRAM_WORDS =
    (PROGRAM_BITS + 1)'(df_gateware_pkg::PROGRAM_LAYERS * df_gateware_pkg::LAYER_WORDS);
  wire                     program_overflow = program_valid_i && program_write_q == PROGRAM_WORDS;

  always_ff @(posedge clk_i) begin
    if (rewind_i) program_write_q <= '0;
    else if (program_valid_i && !program_overflow) program_write_q <= program_write_q + 1'b1;
  end
  df_ram #(.WIDTH(32), .DEPTH(1 << PROGRAM_BITS)) program_memory (
    .clk_i, .write_i(program_valid_i && !program_overflow), .write_address_i(program_write_q[PROGRAM_BITS-1:0]),
    .write_data_i(word_i), .read_address_i(program_address), .read_data_o(program_word)
  );
  df_sequencer sequencer (
    .clk_i, .abort_i, .start_i, .cycle_limit_i, .program_address_o(program_address),
    .program_words_i(program_write_q), .program_word_i(program_word),
    .layer_o(layer), .pass_start_o(pass_start), .pass_done_i(pass_done), .pass_error_i(pass_error), .clear_o(clear),
    .busy_o, .done_o, .error_code_o, .layer_index_o, .cycles_o
  );

  // ---- taps
  logic tap_valid, tap_first, tap_last, tap_last_group;
  logic [15:0] tap_address;
  logic signed [13:0] tap_column, tap_row;
  logic [16:0] tap_weight;
  df_address_generator address_generator (
    .clk_i, .clear_i(clear), .start_i(pass_start), .enable_i, .layer_i(layer),
    .valid_o(tap_valid), .first_o(tap_first), .last_o(tap_last), .last_group_o(tap_last_group),
    .address_o(tap_address), .column_o(tap_column), .row_o(tap_row), .weight_o(tap_weight)
  );

  // Index 0 is stage 1; the levels are there in stage 4, the operands of the array in stage 5.
  logic [4:0]  valid_q, first_q, last_q;
  logic [16:0] weight_q[0:2];
  always_ff @(posedge clk_i) begin
    valid_q <= clear ? '0 : {valid_q[3:0], tap_valid};
    first_q <= {first_q[3:0], tap_first};
    last_q <= {last_q[3:0], tap_last};
    weight_q[0] <= tap_weight;
    weight_q[1] <= weight_q[0];
    weight_q[2] <= weight_q[1];
  end

  // ---- activations
  logic [LEVELS_BITS-1:0] levels_address, host_row_q;
  logic [2*IC_PAR-1:0] levels_0, levels_1, levels;
  logic [PIXEL_TAPS*$clog2(PIXELS_DEPTH)-1:0] pixels_address;
  logic [24*PIXEL_TAPS-1:0] image, pixels;
  logic [7*IC_PAR/2-1:0] pairs;
  logic levels_range, pixels_range, write;
  logic [15:0] write_address;
  logic [IC_PAR/CHUNK-1:0] write_lane;
  logic [2*CHUNK-1:0] write_data;

  always_ff @(posedge clk_i) host_row_q <= host_address_i[WORD_BITS+:LEVELS_BITS];
  df_levels #(.INPUTS(IC_PAR), .CHUNK(CHUNK), .DEPTH(LEVELS_DEPTH)) levels_memory (
    .clk_i, .write_i(write), .write_buffer_i(!layer.source), .write_address_i(write_address[LEVELS_BITS-1:0]),
    .write_lane_i(write_lane), .write_data_i(write_data),
    .read_address_i(busy_o ? levels_address : host_row_q), .read_data_0_o(levels_0), .read_data_1_o(levels_1)
  );
  df_host_levels #(.INPUTS(IC_PAR)) host_levels (
    .clk_i, .buffer_i(host_buffer_i), .word_i(host_address_i[WORD_BITS-1:0]),
    .levels_0_i(levels_0), .levels_1_i(levels_1), .word_o(host_word_o)
  );
  df_pixels #(.TAPS(PIXEL_TAPS), .DEPTH(PIXELS_DEPTH)) pixels_memory (
    .clk_i, .write_i(pixel_write_i), .write_address_i(pixel_address_i), .write_data_i(pixel_i),
    .read_address_i(pixels_address), .read_data_o(image)
  );
  df_tap_reader #(
    .INPUTS(IC_PAR), .TAPS(PIXEL_TAPS), .LEVELS_DEPTH(LEVELS_DEPTH), .PIXELS_DEPTH(PIXELS_DEPTH)
  ) tap_reader (
    .clk_i, .layer_i(layer), .valid_i(tap_valid), .last_group_i(tap_last_group), .address_i(tap_address),
    .column_i(tap_column), .row_i(tap_row), .levels_address_o(levels_address), .levels_0_i(levels_0),
    .levels_1_i(levels_1), .pixels_address_o(pixels_address), .pixels_i(image), .levels_o(levels), .pairs_o(pairs),
    .pixels_o(pixels), .levels_range_o(levels_range), .pixels_range_o(pixels_range)
  );

  // ---- weights, which arrive with the pairs
  logic [IC_PAR*OC_PAR-1:0] weights;
  logic weights_overflow;
  df_stream_ram #(.WIDTH(IC_PAR * OC_PAR), .DEPTH(WEIGHTS_DEPTH)) weights_memory (
    .clk_i, .rewind_i, .valid_i(weights_valid_i), .word_i, .overflow_o(weights_overflow),
    .read_address_i(weight_q[2][$clog2(WEIGHTS_DEPTH)-1:0]), .read_data_o(weights)
  );

  // ---- arithmetic
  logic window_done;
  logic [20*OC_PAR-1:0] sums;
  logic [15:0] total;
  logic [2*IC_PAR-1:0] maximum;
  df_array #(
    .INPUTS(IC_PAR), .OUTPUTS(OC_PAR), .TAPS(PIXEL_TAPS), .PIXEL_OUTPUTS(PIXEL_OUTPUTS)
  ) array (
    .clk_i, .pairs_i(pairs), .weights_i(weights), .pixels_i(pixels),
    .pixel_pass_i(layer.operation == df_gateware_pkg::OPERATION_PIXEL_CONVOLUTION),
    .valid_i(valid_q[4]), .first_i(first_q[4]), .last_i(last_q[4]),
    .done_o(window_done), .sums_o(sums), .total_o(total)
  );
  df_max_pool #(.INPUTS(IC_PAR)) max_pool (
    .clk_i, .valid_i(valid_q[3]), .first_i(first_q[3]), .levels_i(levels), .hold_i(window_done), .maximum_o(maximum)
  );

  // ---- results
  logic [15:0] threshold_address;
  logic threshold_used, thresholds_overflow;
  logic [60*CHUNK-1:0] thresholds;
  logic sums_write;
  logic [15:0] sums_address;
  logic [20*CHUNK-1:0] chunk_sums;
  df_stream_ram #(.WIDTH(60 * CHUNK), .DEPTH(THRESHOLDS_DEPTH)) thresholds_memory (
    .clk_i, .rewind_i, .valid_i(thresholds_valid_i), .word_i, .overflow_o(thresholds_overflow),
    .read_address_i(threshold_address[$clog2(THRESHOLDS_DEPTH)-1:0]), .read_data_o(thresholds)
  );
  df_result_writer #(.INPUTS(IC_PAR), .OUTPUTS(OC_PAR), .CHUNK(CHUNK)) result_writer (
    .clk_i, .clear_i(clear), .start_i(pass_start), .layer_i(layer), .window_i(window_done && busy_o),
    .sums_i(sums), .total_i(total), .maximum_i(maximum), .threshold_address_o(threshold_address),
    .thresholds_i(thresholds), .threshold_used_o(threshold_used), .write_o(write), .write_address_o(write_address),
    .write_lane_o(write_lane), .write_data_o(write_data), .sums_write_o(sums_write), .sums_address_o(sums_address),
    .sums_o(chunk_sums), .done_o(written)
  );
  df_accumulators #(.CHUNK(CHUNK), .DEPTH(ACCUMULATORS_DEPTH)) accumulators (
    .clk_i, .write_i(sums_write), .write_address_i(sums_address[$clog2(ACCUMULATORS_DEPTH)-1:0]),
    .write_data_i(chunk_sums), .host_address_i(accumulator_address_i), .host_word_o(accumulator_o)
  );

  assign overflow_o = program_overflow || thresholds_overflow || weights_overflow;

  // ---- what a program must not do
  always_ff @(posedge clk_i) begin
    pass_done <= written && !clear;
    pass_error <= 8'd0;
    if (levels_range || (write && write_address[15:LEVELS_BITS] != '0)) pass_error <= df_gateware_pkg::ERROR_LEVELS_RANGE;
    if (pixels_range) pass_error <= df_gateware_pkg::ERROR_PIXELS_RANGE;
    if (valid_q[2] && weight_q[2][16:$clog2(WEIGHTS_DEPTH)] != '0
        && layer.operation != df_gateware_pkg::OPERATION_MAX_POOL) pass_error <= df_gateware_pkg::ERROR_WEIGHTS_RANGE;
    if (threshold_used && threshold_address[15:$clog2(THRESHOLDS_DEPTH)] != '0) begin
      pass_error <= df_gateware_pkg::ERROR_THRESHOLDS_RANGE;
    end
    if (sums_write && sums_address[15:$clog2(ACCUMULATORS_DEPTH)] != '0) begin
      pass_error <= df_gateware_pkg::ERROR_ACCUMULATORS_RANGE;
    end
    if (clear) pass_error <= 8'd0;
  end
endmodule
