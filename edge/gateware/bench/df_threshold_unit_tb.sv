// The number of thresholds that a value reaches, counted one by one; values lie on thresholds and beside them.
module df_threshold_unit_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned CHUNK = 8;

  logic [20*CHUNK-1:0] values_q;
  logic [60*CHUNK-1:0] thresholds_q;
  logic [2*CHUNK-1:0] levels, expected, expected_q;
  int cycle_q = 0;

  df_threshold_unit #(.CHUNK(CHUNK)) dut (.clk_i, .values_i(values_q), .thresholds_i(thresholds_q), .levels_o(levels));

  always_comb begin
    for (int i = 0; i < CHUNK; i++) begin
      expected[2*i+:2] = '0;
      for (int k = 0; k < 3; k++) begin
        if ($signed(values_q[20*i+:20]) >= $signed(thresholds_q[60*i+20*k+:20])) expected[2*i+:2] = expected[2*i+:2] + 1'b1;
      end
    end
  end
  always_ff @(posedge clk_i) begin
    cycle_q <= cycle_q + 1;
    for (int i = 0; i < CHUNK; i++) begin
      automatic int first = int'($urandom % 1000) - 500;
      automatic int second = first + int'($urandom % 3);
      automatic int third = second + int'($urandom % 3);
      values_q[20*i+:20] <= $urandom % 8 == 0 ? 20'($urandom) : 20'(first + int'($urandom % 7) - 2);
      thresholds_q[60*i+:60] <= {20'(third), 20'(second), 20'(first)};
    end
    expected_q <= expected;
    if (cycle_q > 3) begin
      checks_o <= checks_o + 1;
      if (levels != expected_q) failures_o <= failures_o + 1;
    end
  end
endmodule
