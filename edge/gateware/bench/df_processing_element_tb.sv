// Windows of random length, of levels and of pixels in turn, added up tap by tap.
module df_processing_element_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned INPUTS = 32;
  localparam int unsigned LEVELS_CYCLES = 3;
  localparam int unsigned PIXELS_CYCLES = 3;  // 1 + $clog2(3): the same, so that one delay serves both

  logic [2*INPUTS-1:0] levels_q;
  logic [INPUTS-1:0] weights_q;
  logic [23:0] pixels_q, pixel_weights_q;
  logic [7*INPUTS/2-1:0] pairs;
  logic [LEVELS_CYCLES:0] valid_q = '0, first_q = '0;
  logic [19:0] sum, tap, tap_q[0:PIXELS_CYCLES-1], accumulated_q;
  logic pixels_turn_q;
  int left_q = 0, cycle_q = 0;

  df_processing_element #(.INPUTS(INPUTS), .TAPS(1)) dut (
    .clk_i, .pairs_i(pairs), .weights_i(weights_q), .pixels_i(pixels_q), .pixel_weights_i(pixel_weights_q),
    .valid_i(valid_q[LEVELS_CYCLES-1]), .first_i(first_q[LEVELS_CYCLES-1]), .sum_o(sum)
  );

  always_comb begin
    tap = '0;
    for (int i = 0; i < INPUTS; i++) if (weights_q[i]) tap = tap + 20'(levels_q[2*i+:2]);
    for (int i = 0; i < 3; i++) tap = tap + 20'($signed(pixels_q[8*i+:8])) * 20'($signed(pixel_weights_q[8*i+:8]));
    for (int i = 0; i < INPUTS / 2; i++) begin
      pairs[7*i+:7] = {3'(levels_q[4*i+:2]) + 3'(levels_q[4*i+2+:2]), levels_q[4*i+2+:2], levels_q[4*i+:2]};
    end
  end
  logic fresh_q = 1'b0, first_tap_q = 1'b0;
  always_ff @(posedge clk_i) begin
    cycle_q <= cycle_q + 1;
    // A new window, of the other kind, when the last tap of the one before is given.
    left_q <= left_q == 0 ? int'($urandom % 12) : left_q - 1;
    first_tap_q <= left_q == 0;
    fresh_q <= $urandom % 4 != 0;  // a tap in this cycle
    if (left_q == 0) pixels_turn_q <= !pixels_turn_q;
    for (int i = 0; i < 2; i++) levels_q[32*i+:32] <= (left_q == 0 ? !pixels_turn_q : pixels_turn_q) ? '0 : $urandom;
    pixels_q <= (left_q == 0 ? !pixels_turn_q : pixels_turn_q) ? 24'($urandom) : '0;
    weights_q <= $urandom;
    pixel_weights_q <= 24'($urandom);
    valid_q <= {valid_q[LEVELS_CYCLES-1:0], fresh_q || first_tap_q};
    first_q <= {first_q[LEVELS_CYCLES-1:0], first_tap_q};
    tap_q[0] <= tap;
    for (int i = 1; i < PIXELS_CYCLES; i++) tap_q[i] <= tap_q[i-1];
    if (valid_q[LEVELS_CYCLES-1]) begin
      accumulated_q <= (first_q[LEVELS_CYCLES-1] ? '0 : accumulated_q) + tap_q[PIXELS_CYCLES-1];
    end
    if (cycle_q > 40) begin
      checks_o <= checks_o + 1;
      if (sum != accumulated_q) failures_o <= failures_o + 1;
    end
  end
endmodule
