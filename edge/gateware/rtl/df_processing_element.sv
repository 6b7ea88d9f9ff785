// One output channel: the dot product of a tap, added up over a window. Only one of the two products is not 0, so an OR
// merges them.
module df_processing_element #(
  parameter int unsigned INPUTS = 64,
  parameter int unsigned TAPS = 1,
  parameter bit          HAS_MULTIPLIERS = 1'b1
) (
  input  logic                  clk_i,
  input  logic [7*INPUTS/2-1:0] pairs_i,
  input  logic [INPUTS-1:0]     weights_i,
  input  logic [24*TAPS-1:0]    pixels_i,
  input  logic [24*TAPS-1:0]    pixel_weights_i,
  input  logic                  valid_i,          // as many cycles after the operands as the product takes
  input  logic                  first_i,
  output logic [19:0]           sum_o
);
  localparam int unsigned SUM_BITS = $clog2(3 * INPUTS) + 1;
  // Sums of levels are bounded by 2^16, sums of pixels by 2^19 and signed.
  localparam int unsigned BITS = HAS_MULTIPLIERS ? 20 : 16;

  logic [SUM_BITS-1:0] levels_sum;
  logic [BITS-1:0]     addend, accumulator_q;

  df_dot_product #(.INPUTS(INPUTS)) dot_product (.clk_i, .pairs_i, .weights_i, .sum_o(levels_sum));

  if (HAS_MULTIPLIERS) begin : g_pixels
    logic [19:0] pixels_sum;
    df_pixel_product #(.TAPS(TAPS)) pixel_product (
      .clk_i, .pixels_i, .weights_i(pixel_weights_i), .sum_o(pixels_sum)
    );
    assign addend = BITS'(levels_sum) | pixels_sum;
  end else begin : g_levels
    logic unused;
    assign unused = ^{pixels_i, pixel_weights_i};
    assign addend = BITS'(levels_sum);
  end

  always_ff @(posedge clk_i) begin
    if (valid_i) accumulator_q <= (first_i ? '0 : accumulator_q) + addend;
  end
  assign sum_o = 20'(accumulator_q);
endmodule
