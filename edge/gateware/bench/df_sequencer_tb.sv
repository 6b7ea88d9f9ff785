// Random programs on an engine that is a counter: passes start in order with the words that are theirs, and each run ends once,
// as it has to.
module df_sequencer_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned LAYER_WORDS = df_gateware_pkg::LAYER_WORDS;
  localparam int MOST_PASSES = 4;
  localparam logic [7:0] PASS_ERROR = 8'h55;

  // How the run ends, at its last pass.
  typedef enum logic [2:0] {GOOD, OPERATION, NO_END, PASS_FAILS, STUCK, ABORTED} end_e;

  end_e end_q = GOOD;
  logic [31:0] program_q[0:MOST_PASSES*LAYER_WORDS-1];
  int passes_q = 1, pass_q = 0, limit_q = 0;
  logic running_q = 1'b0, start_q = 1'b0, abort_q = 1'b1, done_q = 1'b0;
  logic [7:0] error_q = '0;
  int work_q = 0, quiet_q = 8, busy_cycles_q = 0, abort_in_q = 0;

  logic [df_gateware_pkg::PROGRAM_ADDRESS_BITS-1:0] address;
  logic [31:0] first_q, word_q, cycles;
  df_gateware_pkg::layer_t layer, expected_layer;
  logic pass_start, clear, busy, done;
  logic [7:0] code, index, expected_code;
  logic [32*LAYER_WORDS-1:0] words;

  df_sequencer dut (
    .clk_i, .abort_i(abort_q), .start_i(start_q), .cycle_limit_i(limit_q), .program_address_o(address),
    .program_words_i(10'(passes_q * LAYER_WORDS)), .program_word_i(word_q), .layer_o(layer), .pass_start_o(pass_start),
    .pass_done_i(done_q), .pass_error_i(error_q), .clear_o(clear), .busy_o(busy), .done_o(done), .error_code_o(code),
    .layer_index_o(index), .cycles_o(cycles)
  );
  df_layer_decoder decoder (.words_i(words), .layer_o(expected_layer));

  logic at_last;
  always_comb begin
    for (int i = 0; i < LAYER_WORDS; i++) words[32*i+:32] = program_q[pass_q*LAYER_WORDS+i];
    at_last = pass_q == passes_q - 1;
    unique case (end_q)
      OPERATION: expected_code = df_gateware_pkg::ERROR_PROGRAM_OPERATION;
      NO_END: expected_code = df_gateware_pkg::ERROR_PROGRAM_END;
      PASS_FAILS: expected_code = PASS_ERROR;
      STUCK: expected_code = df_gateware_pkg::ERROR_CYCLE_LIMIT;
      default: expected_code = 8'd0;
    endcase
  end

  always_ff @(posedge clk_i) begin
    {start_q, abort_q, done_q, error_q} <= '0;
    first_q <= program_q[address % (MOST_PASSES * LAYER_WORDS)];
    word_q <= first_q;

    // ---- the engine
    if (abort_q) work_q <= 0;
    else if (pass_start && pass_q < passes_q) begin
      checks_o <= checks_o + 1;
      if (layer != expected_layer || int'(index) != pass_q || clear) failures_o <= failures_o + 1;
      // Operations that there are not are refused in the cycle in which they would start.
      work_q <= 2 + int'($urandom % 12);
    end else if (pass_start && end_q != NO_END) failures_o <= failures_o + 1;
    if (work_q > 0 && !(at_last && end_q inside {STUCK, ABORTED, OPERATION})) work_q <= work_q - 1;
    if (work_q == 1 && at_last && end_q == PASS_FAILS) error_q <= PASS_ERROR;
    else if (work_q == 1) begin
      done_q <= 1'b1;
      pass_q <= pass_q + 1;
    end

    // ---- the end of a run, told once and never later than it may be
    busy_cycles_q <= start_q ? 0 : busy_cycles_q + int'(busy);
    if (!abort_q && (done || code != 8'd0)) begin
      checks_o <= checks_o + 1;
      running_q <= 1'b0;
      if (!running_q || busy || done != (end_q == GOOD) || code != expected_code || end_q == ABORTED
          || int'(cycles) != busy_cycles_q || busy_cycles_q > limit_q + 2) failures_o <= failures_o + 1;
    end
    if (abort_in_q > 0) abort_in_q <= abort_in_q - 1;
    if (abort_in_q == 1) begin
      abort_q <= 1'b1;
      running_q <= 1'b0;
    end

    // ---- a new program, some cycles after the end of the last one
    quiet_q <= running_q ? 8 : quiet_q - 1;
    if (!running_q && quiet_q < 5 && busy) failures_o <= failures_o + 1;
    if (quiet_q == 0) begin
      automatic int passes = 1 + int'($urandom % MOST_PASSES);
      automatic end_e ending = end_e'($urandom % 6);
      for (int i = 0; i < MOST_PASSES * LAYER_WORDS; i++) begin
        automatic logic [31:0] word = $urandom;
        automatic logic is_end = i / LAYER_WORDS == passes - 1;
        // The operation is in the two lowest bits of a pass, whether it is the last one in the third.
        if (i % LAYER_WORDS == 0) word[2:0] = {is_end && ending != NO_END, is_end && ending == OPERATION ? 2'd3 : 2'(word[4:3] % 3)};
        program_q[i] <= word;
      end
      {passes_q, end_q} <= {passes, ending};
      {pass_q, work_q} <= '0;
      limit_q <= ending == STUCK ? 10 + int'($urandom % 90) : 1000;
      abort_in_q <= ending == ABORTED ? 2 + int'($urandom % 60) : 0;
      start_q <= 1'b1;
      running_q <= 1'b1;
      quiet_q <= 8;
    end
  end
endmodule
