// Runs a program pass by pass: fetches the words of a pass, starts it, waits until its last result is written. A run ends
// with the last pass or with the first error; it always ends, since it may not take more cycles than the image allows.
module df_sequencer (
  input  logic                              clk_i,
  input  logic                              abort_i,
  input  logic                              start_i,
  input  logic [31:0]                       cycle_limit_i,
  output logic [df_gateware_pkg::PROGRAM_ADDRESS_BITS-1:0] program_address_o,
  input  logic [df_gateware_pkg::PROGRAM_ADDRESS_BITS:0]   program_words_i,  // that are loaded
  input  logic [31:0]                       program_word_i,   // two cycles after the address
  output df_gateware_pkg::layer_t           layer_o,
  output logic                              pass_start_o,
  input  logic                              pass_done_i,
  input  logic [7:0]                        pass_error_i,     // 0: none
  output logic                              clear_o,          // stop what is in the pipeline
  output logic                              busy_o,
  output logic                              done_o,           // one cycle, when a run ends without an error
  output logic [7:0]                        error_code_o,     // one cycle, when a run ends with an error; else 0
  output logic [7:0]                        layer_index_o,
  output logic [31:0]                       cycles_o
);
  localparam logic [4:0] WORDS = 5'(df_gateware_pkg::LAYER_WORDS);

  typedef enum logic [2:0] {IDLE, FETCH, CHECK, START, RUN} state_e;

  state_e state_q;
  logic [4:0] fetch_q;
  logic [32*df_gateware_pkg::LAYER_WORDS-1:0] words_q;
  logic over_limit_q, beyond_q;
  logic [7:0] failure;

  df_layer_decoder decoder (.words_i(words_q), .layer_o);

  always_comb begin
    failure = 8'd0;
    if (state_q == RUN) failure = pass_error_i;
    if (state_q == START && layer_o.operation > df_gateware_pkg::OPERATION_MAX_POOL) begin
      failure = df_gateware_pkg::ERROR_PROGRAM_OPERATION;
    end
    if (state_q == START && beyond_q) failure = df_gateware_pkg::ERROR_PROGRAM_END;
    if (state_q != IDLE && over_limit_q) failure = df_gateware_pkg::ERROR_CYCLE_LIMIT;
  end

  assign busy_o = state_q != IDLE;
  assign pass_start_o = state_q == START;
  assign clear_o = state_q != START && state_q != RUN;

  always_ff @(posedge clk_i) begin
    done_o <= 1'b0;
    error_code_o <= failure;
    // From the check on, the address stands after the last word of the pass.
    beyond_q <= {1'b0, program_address_o} > program_words_i;
    over_limit_q <= busy_o && cycles_o >= cycle_limit_i;
    if (busy_o) cycles_o <= cycles_o + 1'b1;
    unique case (state_q)
      IDLE: if (start_i) begin
        state_q <= FETCH;
        cycles_o <= '0;
        layer_index_o <= '0;
        program_address_o <= '0;
        fetch_q <= '0;
      end
      FETCH: begin
        // The first word arrives in the third cycle.
        fetch_q <= fetch_q + 1'b1;
        program_address_o <= program_address_o + 1'b1;
        words_q <= {program_word_i, words_q[32*df_gateware_pkg::LAYER_WORDS-1:32]};
        if (fetch_q == WORDS + 5'd1) begin
          state_q <= CHECK;
          program_address_o <= program_address_o - 1'b1;
        end
      end
      CHECK: state_q <= START;
      START: state_q <= RUN;
      RUN: if (pass_done_i) begin
        state_q <= layer_o.is_last ? IDLE : FETCH;
        done_o <= layer_o.is_last && failure == 8'd0;
        fetch_q <= '0;
        if (!layer_o.is_last) layer_index_o <= layer_index_o + 1'b1;
      end
      default: state_q <= IDLE;
    endcase
    if (failure != 8'd0) state_q <= IDLE;
    if (abort_i) begin
      // What ends in the same cycle is not told either.
      state_q <= IDLE;
      done_o <= 1'b0;
      error_code_o <= 8'd0;
    end
  end
endmodule
