// The maximum of windows of random length with pauses in them.
module df_max_pool_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned INPUTS = 16;
  localparam int unsigned DELAY = 4;

  logic [2*INPUTS-1:0] levels_q, maximum, highest_q, history_q[0:DELAY];
  logic valid_q = 1'b0, first_q = 1'b0, last_q = 1'b0, checks_now_q = 1'b0;
  logic [DELAY+1:0] ended_q = '0;
  int left_q = 0;

  df_max_pool #(.INPUTS(INPUTS), .DELAY(DELAY)) dut (
    .clk_i, .valid_i(valid_q), .first_i(first_q), .levels_i(levels_q), .hold_i(ended_q[DELAY]), .maximum_o(maximum)
  );

  always_ff @(posedge clk_i) begin
    // Windows are apart by more than the delay only sometimes: a hold and the next window overlap.
    valid_q <= $urandom % 4 != 0;
    if (valid_q) begin
      left_q <= left_q == 0 ? int'($urandom % 9) : left_q - 1;
      first_q <= left_q == 0;
      last_q <= left_q == 1;
    end
    levels_q <= $urandom & (($urandom & 1) != 0 ? 32'hffffffff : 32'h55555555);
    for (int i = 0; i < INPUTS; i++) begin
      if (valid_q) highest_q[2*i+:2] <= first_q || levels_q[2*i+:2] > highest_q[2*i+:2] ? levels_q[2*i+:2] : highest_q[2*i+:2];
    end
    history_q[0] <= highest_q;
    for (int i = 1; i <= DELAY; i++) history_q[i] <= history_q[i-1];
    ended_q <= {ended_q[DELAY:0], valid_q && last_q};
    checks_now_q <= ended_q[DELAY];
    if (checks_now_q) begin
      checks_o <= checks_o + 1;
      if (maximum != history_q[DELAY]) failures_o <= failures_o + 1;
    end
  end
endmodule
