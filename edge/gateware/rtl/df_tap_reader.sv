// Turns the position of a tap into operands: five cycles later the levels, in pairs with their sums, or the pixels.
//
//   1 address and padding · 2, 3 memory · 4 padding and unused channels applied · 5 pairs added
module df_tap_reader #(
  parameter int unsigned INPUTS = 64,
  parameter int unsigned TAPS = 1,
  parameter int unsigned LEVELS_DEPTH = 1024,
  parameter int unsigned PIXELS_DEPTH = 1024
) (
  input  logic                                 clk_i,
  input  df_gateware_pkg::layer_t              layer_i,
  input  logic                                 valid_i,
  input  logic                                 last_group_i,
  input  logic [15:0]                          address_i,
  input  logic signed [13:0]                   column_i,
  input  logic signed [13:0]                   row_i,
  output logic [$clog2(LEVELS_DEPTH)-1:0]      levels_address_o,
  input  logic [2*INPUTS-1:0]                  levels_0_i,
  input  logic [2*INPUTS-1:0]                  levels_1_i,
  output logic [TAPS*$clog2(PIXELS_DEPTH)-1:0] pixels_address_o,
  input  logic [24*TAPS-1:0]                   pixels_i,
  output logic [2*INPUTS-1:0]                  levels_o,        // stage 4, for the maximum
  output logic [7*INPUTS/2-1:0]                pairs_o,         // stage 5; all 0 in a convolution of pixels
  output logic [24*TAPS-1:0]                   pixels_o,        // stage 5, pixel - 128; all 0 in any other pass
  output logic                                 levels_range_o,  // a tap inside the image lies outside the memory
  output logic                                 pixels_range_o
);
  localparam int unsigned LEVELS_BITS = $clog2(LEVELS_DEPTH);
  localparam int unsigned PIXELS_BITS = $clog2(PIXELS_DEPTH);

  wire pixel_pass = layer_i.operation == df_gateware_pkg::OPERATION_PIXEL_CONVOLUTION;
  wire row_inside = row_i >= 0 && row_i < 14'(layer_i.height);

  // Stages 1 to 3: whether each tap is inside travels beside the memory. Index 0 is stage 1.
  logic [TAPS-1:0]   inside_q[0:2];
  logic [1:0]        last_group_q;
  logic [INPUTS-1:0] used_q, blank_q;
  logic              valid_q;
  logic [15:0]       address_q[0:TAPS-1];

  for (genvar t = 0; t < TAPS; t++) begin : g_position
    // The bounds of this tap's column are those of the first one's, moved; and they stand still for the whole pass.
    localparam logic signed [13:0] LEFT = 14'sd0 - 14'(t);
    logic signed [13:0] right_q;
    always_ff @(posedge clk_i) begin
      right_q <= 14'(layer_i.width) - 14'(t);
      inside_q[0][t] <= row_inside && column_i >= LEFT && column_i < right_q;
      address_q[t] <= address_i + 16'(t);
    end
    assign pixels_address_o[PIXELS_BITS*t+:PIXELS_BITS] = address_q[t][PIXELS_BITS-1:0];
  end
  assign levels_address_o = address_q[0][LEVELS_BITS-1:0];

  logic [TAPS-1:0] pixel_beyond;
  for (genvar t = 0; t < TAPS; t++) begin : g_range
    assign pixel_beyond[t] = inside_q[0][t] && address_q[t][15:PIXELS_BITS] != '0;
  end

  always_ff @(posedge clk_i) begin
    valid_q <= valid_i;
    levels_range_o <= valid_q && !pixel_pass && inside_q[0][0] && address_q[0][15:LEVELS_BITS] != '0;
    pixels_range_o <= valid_q && pixel_pass && pixel_beyond != '0;
    inside_q[1] <= inside_q[0];
    inside_q[2] <= inside_q[1];
    last_group_q <= {last_group_q[0], last_group_i};
    for (int i = 0; i < INPUTS; i++) begin
      used_q[i] <= 7'(i) <= layer_i.final_channels_last;
      blank_q[i] <= pixel_pass || (last_group_q[1] && !used_q[i]);
    end
  end

  // Stage 4 and 5 of levels.
  logic [2*INPUTS-1:0] levels_q;
  for (genvar i = 0; i < INPUTS; i++) begin : g_level
    wire [1:0] stored = layer_i.source ? levels_1_i[2*i+:2] : levels_0_i[2*i+:2];
    always_ff @(posedge clk_i) levels_q[2*i+:2] <= blank_q[i] ? 2'd0 : inside_q[2][0] ? stored : layer_i.pad_level;
  end
  for (genvar i = 0; i < INPUTS / 2; i++) begin : g_pair
    wire [1:0] a = levels_q[4*i+:2];
    wire [1:0] b = levels_q[4*i+2+:2];
    always_ff @(posedge clk_i) pairs_o[7*i+:7] <= {{1'b0, a} + {1'b0, b}, b, a};
  end
  assign levels_o = levels_q;

  // Stage 4 and 5 of pixels. Subtracting 128 from a byte is turning its highest bit.
  logic [24*TAPS-1:0] pixels_q;
  for (genvar b = 0; b < 3 * TAPS; b++) begin : g_byte
    always_ff @(posedge clk_i) begin
      pixels_q[8*b+:8] <= pixel_pass && inside_q[2][b/3] ? {~pixels_i[8*b+7], pixels_i[8*b+:7]} : 8'd0;
    end
  end
  always_ff @(posedge clk_i) pixels_o <= pixels_q;
endmodule
