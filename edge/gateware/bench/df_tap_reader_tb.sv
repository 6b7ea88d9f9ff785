// Random taps inside and outside of the image, of levels and of pixels; operands five cycles later.
module df_tap_reader_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned INPUTS = 16;
  localparam int unsigned TAPS = 3;
  localparam int unsigned DEPTH = 16;

  df_gateware_pkg::layer_t layer_q = '0;
  logic valid_q, last_group_q;
  logic [15:0] address_q;
  logic signed [13:0] column_q, row_q;
  logic [3:0] levels_address;
  logic [11:0] pixels_address;
  logic [2*INPUTS-1:0] levels_0, levels_1, levels;
  logic [71:0] image, pixels;
  logic [7*INPUTS/2-1:0] pairs;
  logic levels_range, pixels_range;
  int cycle_q = 0;

  df_tap_reader #(.INPUTS(INPUTS), .TAPS(TAPS), .LEVELS_DEPTH(DEPTH), .PIXELS_DEPTH(DEPTH)) dut (
    .clk_i, .layer_i(layer_q), .valid_i(valid_q), .last_group_i(last_group_q), .address_i(address_q),
    .column_i(column_q), .row_i(row_q), .levels_address_o(levels_address), .levels_0_i(levels_0),
    .levels_1_i(levels_1), .pixels_address_o(pixels_address), .pixels_i(image), .levels_o(levels), .pairs_o(pairs),
    .pixels_o(pixels), .levels_range_o(levels_range), .pixels_range_o(pixels_range)
  );

  // ---- memories whose words follow from their address; data two cycles later
  function automatic logic [31:0] level_word(int buffer_index, logic [3:0] at);
    return 32'h9e3779b9 * (32'(at) + 32'd17 * 32'(buffer_index) + 32'd1);
  endfunction
  function automatic logic [23:0] pixel_word(logic [3:0] at);
    return 24'(32'h85ebca6b * (32'(at) + 32'd3));
  endfunction
  logic [31:0] first_0_q, first_1_q;
  logic [71:0] first_image_q;
  always_ff @(posedge clk_i) begin
    {levels_0, levels_1, image} <= {first_0_q, first_1_q, first_image_q};
    first_0_q <= level_word(0, levels_address);
    first_1_q <= level_word(1, levels_address);
    for (int t = 0; t < TAPS; t++) first_image_q[24*t+:24] <= pixel_word(pixels_address[4*t+:4]);
  end

  // ---- what the tap means
  logic pixel_pass;
  logic [2*INPUTS-1:0] expected_levels, levels_q[0:4];
  logic [71:0] expected_pixels, pixels_q[0:4];
  logic expected_levels_range, expected_pixels_range;
  logic [1:0] levels_range_q, pixels_range_q;
  always_comb begin
    pixel_pass = layer_q.operation == df_gateware_pkg::OPERATION_PIXEL_CONVOLUTION;
    expected_levels = level_word(int'(layer_q.source), address_q[3:0]);
    if (row_q < 0 || row_q >= int'(layer_q.height) || column_q < 0 || column_q >= int'(layer_q.width)) begin
      expected_levels = {INPUTS{layer_q.pad_level}};
      expected_levels_range = 1'b0;
    end else expected_levels_range = valid_q && !pixel_pass && address_q >= 16'(DEPTH);
    for (int i = 0; i < INPUTS; i++) begin
      if (pixel_pass || (last_group_q && i > int'(layer_q.final_channels_last))) expected_levels[2*i+:2] = 2'd0;
    end
    expected_pixels = '0;
    expected_pixels_range = 1'b0;
    for (int t = 0; t < TAPS; t++) begin
      automatic int at = int'(column_q) + t;
      if (pixel_pass && row_q >= 0 && row_q < int'(layer_q.height) && at >= 0 && at < int'(layer_q.width)) begin
        automatic logic [15:0] address = address_q + 16'(t);
        expected_pixels[24*t+:24] = pixel_word(address[3:0]) ^ 24'h808080;
        expected_pixels_range = expected_pixels_range || (valid_q && address >= 16'(DEPTH));
      end
    end
  end

  always_ff @(posedge clk_i) begin
    cycle_q <= cycle_q + 1;
    // A pass stands still long enough for what is under way to leave.
    if (cycle_q % 64 == 0) begin
      layer_q.operation <= 2'($urandom % 3);
      layer_q.source <= 1'($urandom);
      layer_q.pad_level <= 2'($urandom);
      layer_q.height <= 12'(1 + $urandom % 6);
      layer_q.width <= 12'(1 + $urandom % 6);
      layer_q.final_channels_last <= 7'($urandom % INPUTS);
    end
    valid_q <= 1'($urandom);
    last_group_q <= 1'($urandom);
    address_q <= $urandom % 8 == 0 ? 16'($urandom) : 16'($urandom % DEPTH);
    column_q <= 14'(int'($urandom % 12) - 4);
    row_q <= 14'(int'($urandom % 12) - 4);
    levels_q[0] <= expected_levels;
    pixels_q[0] <= expected_pixels;
    for (int i = 1; i < 5; i++) {levels_q[i], pixels_q[i]} <= {levels_q[i-1], pixels_q[i-1]};
    levels_range_q <= {levels_range_q[0], expected_levels_range};
    pixels_range_q <= {pixels_range_q[0], expected_pixels_range};
    if (cycle_q % 64 > 12) begin
      checks_o <= checks_o + 1;
      if (levels != levels_q[3] || pixels != pixels_q[4] || levels_range != levels_range_q[1]
          || pixels_range != pixels_range_q[1]) failures_o <= failures_o + 1;
      for (int i = 0; i < INPUTS / 2; i++) begin
        automatic logic [1:0] a = levels_q[4][4*i+:2];
        automatic logic [1:0] b = levels_q[4][4*i+2+:2];
        if (pairs[7*i+:7] != {3'(a) + 3'(b), b, a}) failures_o <= failures_o + 1;
      end
    end
  end
endmodule
