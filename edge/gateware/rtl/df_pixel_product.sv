// Products of a few signed pixels with int8 weights for one output channel, summed: the first layer. Three registers, as
// many as the dot product of levels has, so that both feed one accumulator. The multipliers become DSP blocks.
module df_pixel_product #(
  parameter int unsigned TAPS = 1
) (
  input  logic                clk_i,
  input  logic [24*TAPS-1:0]  pixels_i,   // int8, three channels per tap
  input  logic [24*TAPS-1:0]  weights_i,  // int8, in the same order
  output logic signed [19:0]  sum_o
);
  logic signed [15:0] product_q[0:3*TAPS-1];
  logic signed [17:0] tap_q[0:TAPS-1];
  logic signed [19:0] total;

  for (genvar t = 0; t < TAPS; t++) begin : g_tap
    for (genvar c = 0; c < 3; c++) begin : g_channel
      localparam int unsigned LOW = 8 * (3 * t + c);
      wire signed [7:0] pixel = pixels_i[LOW+:8];
      wire signed [7:0] weight = weights_i[LOW+:8];
      always_ff @(posedge clk_i) product_q[3*t+c] <= pixel * weight;
    end
    always_ff @(posedge clk_i) tap_q[t] <= (18'(product_q[3*t]) + 18'(product_q[3*t+1])) + 18'(product_q[3*t+2]);
  end

  always_comb begin
    total = '0;
    for (int t = 0; t < TAPS; t++) total = total + 20'(tap_q[t]);
  end
  always_ff @(posedge clk_i) sum_o <= total;
endmodule
