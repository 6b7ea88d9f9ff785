// Products of a few signed pixels with int8 weights for one output channel, summed: the first layer. The multipliers
// become DSP blocks.
module df_pixel_product #(
  parameter int unsigned TAPS = 1,
  localparam int unsigned PRODUCTS = 3 * TAPS
) (
  input  logic               clk_i,
  input  logic [24*TAPS-1:0] pixels_i,   // int8, three channels per tap
  input  logic [24*TAPS-1:0] weights_i,  // int8, in the same order
  output logic [19:0]        sum_o       // signed; 1 + $clog2(3 * TAPS) cycles later
);
  logic [20*PRODUCTS-1:0] products;

  for (genvar i = 0; i < PRODUCTS; i++) begin : g_product
    wire signed [7:0] pixel = pixels_i[8*i+:8];
    wire signed [7:0] weight = weights_i[8*i+:8];
    logic signed [15:0] product_q;
    always_ff @(posedge clk_i) product_q <= pixel * weight;
    assign products[20*i+:20] = 20'(product_q);
  end

  df_adder_tree #(.COUNT(PRODUCTS), .WIDTH(20)) adder_tree (.clk_i, .values_i(products), .sum_o);
endmodule
