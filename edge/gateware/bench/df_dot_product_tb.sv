// Random levels and weights; the sum of the levels whose weight is 1, one after the other.
module df_dot_product_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned INPUTS = 64;
  localparam int unsigned LATENCY = 3;

  logic [2*INPUTS-1:0] levels_q;
  logic [INPUTS-1:0] weights_q;
  logic [7*INPUTS/2-1:0] pairs;
  logic [7:0] sum, expected, expected_q[0:LATENCY-1];
  int cycle_q = 0;

  df_dot_product #(.INPUTS(INPUTS)) dut (.clk_i, .pairs_i(pairs), .weights_i(weights_q), .sum_o(sum));

  always_comb begin
    expected = '0;
    for (int i = 0; i < INPUTS; i++) if (weights_q[i]) expected = expected + 8'(levels_q[2*i+:2]);
    for (int i = 0; i < INPUTS / 2; i++) begin
      pairs[7*i+:7] = {3'(levels_q[4*i+:2]) + 3'(levels_q[4*i+2+:2]), levels_q[4*i+2+:2], levels_q[4*i+:2]};
    end
  end
  always_ff @(posedge clk_i) begin
    cycle_q <= cycle_q + 1;
    for (int i = 0; i < INPUTS / 16; i++) levels_q[32*i+:32] <= cycle_q % 16 == 0 ? '1 : $urandom;
    for (int i = 0; i < INPUTS / 32; i++) weights_q[32*i+:32] <= cycle_q % 16 == 0 ? '1 : $urandom;
    expected_q[0] <= expected;
    for (int i = 1; i < LATENCY; i++) expected_q[i] <= expected_q[i-1];
    if (cycle_q > LATENCY + 1) begin
      checks_o <= checks_o + 1;
      if (sum != expected_q[LATENCY-1]) failures_o <= failures_o + 1;
    end
  end
endmodule
