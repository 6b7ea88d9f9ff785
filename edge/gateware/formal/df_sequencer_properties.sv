// A run always ends: with its last pass, with one error, or with an abort; and never later than the image allows.
module df_sequencer_properties (
  input logic        clk_i,
  input logic        abort_i,
  input logic        start_i,
  input logic [31:0] cycle_limit_i,
  input logic [df_gateware_pkg::PROGRAM_ADDRESS_BITS-1:0] program_address_o,
  input logic [df_gateware_pkg::PROGRAM_ADDRESS_BITS:0]   program_words_i,
  input logic        pass_start_o,
  input logic        pass_done_i,
  input logic        clear_o,
  input logic        busy_o,
  input logic        done_o,
  input logic [7:0]  error_code_o,
  input logic [31:0] cycles_o,
  input logic [4:0]  fetch_q,
  input logic [2:0]  state_q
);
  localparam logic [2:0] FETCH = 3'd1;
  localparam logic [2:0] RUN = 3'd4;
  localparam int unsigned ADDRESS_BITS = df_gateware_pkg::PROGRAM_ADDRESS_BITS;
  localparam logic [ADDRESS_BITS:0] MOST_WORDS =
    (ADDRESS_BITS + 1)'(df_gateware_pkg::PROGRAM_LAYERS * df_gateware_pkg::LAYER_WORDS);

  // Nothing is promised before the first abort, which a reset is.
  logic        begun_q = 1'b0;
  logic        was_busy_q, aborted_q, started_q, pass_started_q, pass_done_q;
  logic [31:0] cycles_q, limit_q;
  logic [ADDRESS_BITS:0] words_loaded_q;

  always_ff @(posedge clk_i) begin
    begun_q <= begun_q || abort_i;
    {was_busy_q, aborted_q, started_q} <= {busy_o, abort_i, start_i};
    {pass_started_q, pass_done_q} <= {pass_start_o, pass_done_i};
    {cycles_q, limit_q, words_loaded_q} <= {cycles_o, cycle_limit_i, program_words_i};

    // The loader changes the program and its limit only between runs.
    if (begun_q && (busy_o || was_busy_q)) assume (cycle_limit_i == limit_q && program_words_i == words_loaded_q);
    if (begun_q && busy_o) assume (program_words_i <= MOST_WORDS);

    if (begun_q) begin
      // ---- the limit
      if (busy_o) assert ({1'b0, cycles_o} <= {1'b0, cycle_limit_i} + 33'd1);
      if (busy_o && was_busy_q) assert (cycles_o == cycles_q + 1'b1);
      if (busy_o && !was_busy_q) assert (cycles_o == '0 && started_q);

      // ---- the end of a run is told exactly once
      if (was_busy_q && !busy_o && !aborted_q) begin
        assert (done_o != (error_code_o != '0));
      end else begin
        assert (!done_o && error_code_o == '0);
      end
      if (aborted_q) assert (!busy_o);

      // ---- passes start once, and the pipeline is empty outside of them
      if (pass_start_o) assert (!pass_started_q && !clear_o);
      if (!busy_o) assert (clear_o);

      // ---- the words of a pass
      assert (state_q <= 3'd4);
      if (state_q == FETCH) assert (fetch_q <= 5'(df_gateware_pkg::LAYER_WORDS) + 5'd1);
      if (done_o) assert (pass_done_q);
      // The address cannot wrap, and no pass runs that was not loaded whole.
      if (state_q == FETCH) assert ({1'b0, program_address_o} <= program_words_i + (ADDRESS_BITS + 1)'(fetch_q));
      if (state_q == RUN) assert ({1'b0, program_address_o} <= program_words_i);
    end
  end
endmodule

bind df_sequencer df_sequencer_properties properties (.*);
