// Random values, summed one after the other.
module df_adder_tree_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned COUNT = 9;
  localparam int unsigned LATENCY = 4;  // $clog2(COUNT)

  logic [20*COUNT-1:0] values_q;
  logic [19:0] sum, expected, expected_q[0:LATENCY-1];
  int cycle_q = 0;

  df_adder_tree #(.COUNT(COUNT), .WIDTH(20)) dut (.clk_i, .values_i(values_q), .sum_o(sum));

  always_comb begin
    expected = '0;
    for (int i = 0; i < COUNT; i++) expected = expected + values_q[20*i+:20];
  end
  always_ff @(posedge clk_i) begin
    cycle_q <= cycle_q + 1;
    for (int i = 0; i < COUNT; i++) values_q[20*i+:20] <= 20'($urandom);
    expected_q[0] <= expected;
    for (int i = 1; i < LATENCY; i++) expected_q[i] <= expected_q[i-1];
    if (cycle_q > LATENCY + 1) begin
      checks_o <= checks_o + 1;
      if (sum != expected_q[LATENCY-1]) failures_o <= failures_o + 1;
    end
  end
endmodule
