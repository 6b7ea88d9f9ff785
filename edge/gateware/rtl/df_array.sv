// OUTPUTS processing elements on the same operands, and the sum of all levels that they share: with weights of +1 and -1
// the convolution is 2 * (sum where the weight is +1) - (sum of all).
module df_array #(
  parameter int unsigned INPUTS = 64,
  parameter int unsigned OUTPUTS = 64,
  parameter int unsigned TAPS = 1,
  parameter int unsigned PIXEL_OUTPUTS = 32
) (
  input  logic                      clk_i,
  input  logic [7*INPUTS/2-1:0]     pairs_i,
  input  logic [INPUTS*OUTPUTS-1:0] weights_i,
  input  logic [24*TAPS-1:0]        pixels_i,
  input  logic                      pixel_pass_i,
  input  logic                      valid_i,    // with the operands
  input  logic                      first_i,
  input  logic                      last_i,
  output logic                      done_o,     // from the next cycle to the next done_o the sums are those of a window
  output logic [20*OUTPUTS-1:0]     sums_o,
  output logic [15:0]               total_o
);
  // Cycles of the two products. A pass is one or the other, so the flags need only come out at the right place.
  localparam int unsigned LEVELS_CYCLES = 3;
  localparam int unsigned PIXELS_CYCLES = 1 + $clog2(3 * TAPS);

  logic [PIXELS_CYCLES-1:0] valid_q, first_q, last_q;
  logic valid, first, last, end_q;
  always_ff @(posedge clk_i) begin
    valid_q <= {valid_q[PIXELS_CYCLES-2:0], valid_i};
    first_q <= {first_q[PIXELS_CYCLES-2:0], first_i};
    last_q <= {last_q[PIXELS_CYCLES-2:0], last_i && valid_i};
    end_q <= last;
  end
  assign valid = pixel_pass_i ? valid_q[PIXELS_CYCLES-1] : valid_q[LEVELS_CYCLES-1];
  assign first = pixel_pass_i ? first_q[PIXELS_CYCLES-1] : first_q[LEVELS_CYCLES-1];
  assign last = pixel_pass_i ? last_q[PIXELS_CYCLES-1] : last_q[LEVELS_CYCLES-1];
  assign done_o = end_q;

  logic [19:0] total;
  logic        unused;
  assign unused = ^total[19:16];  // 0: the element without multipliers has 16 bits
  df_processing_element #(.INPUTS(INPUTS), .TAPS(TAPS), .HAS_MULTIPLIERS(1'b0)) all_inputs (
    .clk_i, .pairs_i, .weights_i('1), .pixels_i, .pixel_weights_i('0),
    .valid_i(valid), .first_i(first), .sum_o(total)
  );
  always_ff @(posedge clk_i) if (end_q) total_o <= total[15:0];

  for (genvar i = 0; i < OUTPUTS; i++) begin : g_output
    localparam int unsigned BITS = 24 * TAPS;
    localparam bit HAS_MULTIPLIERS = i < PIXEL_OUTPUTS;
    logic [19:0]     sum;
    logic [BITS-1:0] pixel_weights;
    if (HAS_MULTIPLIERS) begin : g_weights
      assign pixel_weights = weights_i[BITS*i+:BITS];
    end else begin : g_none
      assign pixel_weights = '0;
    end
    df_processing_element #(.INPUTS(INPUTS), .TAPS(TAPS), .HAS_MULTIPLIERS(HAS_MULTIPLIERS)) element (
      .clk_i, .pairs_i, .weights_i(weights_i[INPUTS*i+:INPUTS]), .pixels_i, .pixel_weights_i(pixel_weights),
      .valid_i(valid), .first_i(first), .sum_o(sum)
    );
    always_ff @(posedge clk_i) if (end_q) sums_o[20*i+:20] <= sum;
  end
endmodule
