// Random signed pixels and weights, the extremes among them.
module df_pixel_product_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned TAPS = 3;
  localparam int unsigned PRODUCTS = 3 * TAPS;
  localparam int unsigned LATENCY = 5;  // 1 + $clog2(PRODUCTS)

  logic [8*PRODUCTS-1:0] pixels_q, weights_q;
  logic signed [19:0] sum, expected, expected_q[0:LATENCY-1];
  int cycle_q = 0;

  df_pixel_product #(.TAPS(TAPS)) dut (.clk_i, .pixels_i(pixels_q), .weights_i(weights_q), .sum_o(sum));

  always_comb begin
    expected = '0;
    for (int i = 0; i < PRODUCTS; i++) expected += 20'($signed(pixels_q[8*i+:8])) * 20'($signed(weights_q[8*i+:8]));
  end
  always_ff @(posedge clk_i) begin
    cycle_q <= cycle_q + 1;
    for (int i = 0; i < PRODUCTS; i++) begin
      pixels_q[8*i+:8] <= cycle_q % 8 == 0 ? 8'h80 : 8'($urandom);
      weights_q[8*i+:8] <= cycle_q % 16 == 0 ? 8'h80 : 8'($urandom);
    end
    expected_q[0] <= expected;
    for (int i = 1; i < LATENCY; i++) expected_q[i] <= expected_q[i-1];
    if (cycle_q > LATENCY + 1) begin
      checks_o <= checks_o + 1;
      if (sum != expected_q[LATENCY-1]) failures_o <= failures_o + 1;
    end
  end
endmodule
