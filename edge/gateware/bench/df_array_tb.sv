// Windows of levels and of pixels in turn: the sums of each window, tap by tap and output by output, and the sum of all levels.
module df_array_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned INPUTS = 32;
  localparam int unsigned OUTPUTS = 4;
  localparam int unsigned PIXEL_OUTPUTS = 2;
  localparam int PHASE = 64;  // cycles of one kind, the last of them without taps, so that the pipeline empties

  logic [2*INPUTS-1:0] levels_q;
  logic [INPUTS*OUTPUTS-1:0] weights_q;
  logic [23:0] pixels_q;
  logic [7*INPUTS/2-1:0] pairs;
  logic valid_q = 1'b0, first_q = 1'b1, last_q = 1'b0, pixel_pass_q = 1'b0;
  logic done, done_before_q = 1'b0;
  logic [20*OUTPUTS-1:0] sums;
  logic [15:0] total;
  int cycle_q = 0;

  df_array #(.INPUTS(INPUTS), .OUTPUTS(OUTPUTS), .TAPS(1), .PIXEL_OUTPUTS(PIXEL_OUTPUTS)) dut (
    .clk_i, .pairs_i(pairs), .weights_i(weights_q), .pixels_i(pixels_q), .pixel_pass_i(pixel_pass_q),
    .valid_i(valid_q), .first_i(first_q), .last_i(last_q), .done_o(done), .sums_o(sums), .total_o(total)
  );

  always_comb begin
    for (int i = 0; i < INPUTS / 2; i++) begin
      pairs[7*i+:7] = {3'(levels_q[4*i+:2]) + 3'(levels_q[4*i+2+:2]), levels_q[4*i+2+:2], levels_q[4*i+:2]};
    end
  end

  // ---- what the window under way sums up to, with this tap
  logic [20*OUTPUTS-1:0] window_q, window;
  logic [15:0] window_total_q, window_total;
  always_comb begin
    window = first_q ? '0 : window_q;
    window_total = first_q ? '0 : window_total_q;
    for (int i = 0; i < INPUTS; i++) begin
      window_total = window_total + 16'(levels_q[2*i+:2]);
      for (int o = 0; o < OUTPUTS; o++) begin
        if (weights_q[INPUTS*o+i]) window[20*o+:20] = window[20*o+:20] + 20'(levels_q[2*i+:2]);
      end
    end
    for (int o = 0; o < PIXEL_OUTPUTS; o++) begin
      for (int c = 0; c < 3; c++) begin
        window[20*o+:20] = window[20*o+:20] + 20'($signed(pixels_q[8*c+:8])) * 20'($signed(weights_q[24*o+8*c+:8]));
      end
    end
  end

  // ---- windows that have ended and not come out yet
  logic [20*OUTPUTS+15:0] ended_q[0:15];
  logic [3:0] put_q = '0, take_q = '0;

  always_ff @(posedge clk_i) begin
    cycle_q <= cycle_q + 1;
    if (cycle_q % PHASE == 0) pixel_pass_q <= !pixel_pass_q;
    valid_q <= cycle_q % PHASE > 1 && cycle_q % PHASE < PHASE - 16 && $urandom % 4 != 0;
    last_q <= $urandom % 3 == 0;
    for (int i = 0; i < 2; i++) levels_q[32*i+:32] <= pixel_pass_q ? '0 : $urandom;
    pixels_q <= pixel_pass_q ? 24'($urandom) : '0;
    for (int i = 0; i < OUTPUTS; i++) weights_q[32*i+:32] <= $urandom;
    if (valid_q) begin
      window_q <= window;
      window_total_q <= window_total;
      first_q <= last_q;
      if (last_q) begin
        ended_q[put_q] <= {window, window_total};
        put_q <= put_q + 1'b1;
      end
    end
    done_before_q <= done && cycle_q > PHASE;
    if (cycle_q == PHASE) take_q <= put_q;  // what comes out in the first phase may be of before the beginning
    else if (done_before_q) begin
      checks_o <= checks_o + 1;
      if (put_q == take_q) failures_o <= failures_o + 1;
      if (sums != ended_q[take_q][16+:20*OUTPUTS]) failures_o <= failures_o + 1;
      if (!pixel_pass_q && total != ended_q[take_q][15:0]) failures_o <= failures_o + 1;
      take_q <= take_q + 1'b1;
    end
  end
endmodule
