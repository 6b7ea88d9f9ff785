// Commands at random moments of runs and loads, then quiet and reads: what reached the engine, and what the host sees of it.
module df_registers_tb (input logic clk_i, output int checks_o, output int failures_o);
  import df_gateware_pkg::*;
  localparam logic [31:0] ARRAY_WORD = 32'h00123456;
  localparam logic [31:0] MEMORY_WORD = 32'h0a0b0c0d;
  localparam logic [7:0] LOG2_ACCUMULATORS = 8'd9;
  localparam int TURN = 64;  // cycles; the second half is quiet
  localparam int READ_CYCLES = 6;

  logic reset_q = 1'b1, write_q = 1'b0, read_q = 1'b0;
  logic [20:2] write_address_q, read_address_q = '0;
  logic [31:0] write_data_q = '0, checksum_q, cycles_q;
  logic loaded_q = 1'b0, load_error_q = 1'b0, busy_q = 1'b0, done_q = 1'b0;
  logic [7:0] load_code_q = 8'd1, run_error_q = '0, layer_q;
  logic read_valid, load_begin, load_valid, start, abort, pixel_write, levels_buffer, interrupt;
  logic [31:0] read_data, load_word;
  logic [9:0] pixel_address;
  logic [23:0] pixel;
  logic [11:0] levels_address;
  logic [10:0] accumulator_address;
  int cycle_q = 0, run_q = 0;

  // Memories answer three cycles after their address, with what follows from it.
  logic [31:0] levels_q[0:2], sums_q[0:2];
  function automatic logic [31:0] level_word(logic buffer, logic [11:0] at);
    return {buffer, 7'h15, 12'(at), ~at};
  endfunction
  function automatic logic [31:0] sum_word(logic [10:0] at);
    return {10'h3a5, at, ~at};
  endfunction

  df_registers #(
    .ARRAY_WORD(ARRAY_WORD), .MEMORY_WORD(MEMORY_WORD), .LOG2_ACCUMULATORS(LOG2_ACCUMULATORS)
  ) dut (
    .clk_i, .reset_i(reset_q), .write_i(write_q), .write_address_i(write_address_q), .write_data_i(write_data_q),
    .read_i(read_q), .read_address_i(read_address_q), .read_valid_o(read_valid), .read_data_o(read_data),
    .load_begin_o(load_begin), .load_valid_o(load_valid), .load_word_o(load_word), .loaded_i(loaded_q),
    .checksum_i(checksum_q), .load_error_i(load_error_q), .load_error_code_i(load_code_q), .start_o(start),
    .abort_o(abort), .pixel_write_o(pixel_write), .pixel_address_o(pixel_address), .pixel_o(pixel),
    .levels_buffer_o(levels_buffer), .levels_address_o(levels_address), .levels_word_i(levels_q[2]),
    .accumulator_address_o(accumulator_address), .accumulator_i(sums_q[2]), .busy_i(busy_q), .done_i(done_q),
    .error_code_i(run_error_q), .layer_index_i(layer_q), .cycles_i(cycles_q), .interrupt_o(interrupt)
  );

  // ---- what the write of this cycle asks for
  wire [20:0] address = {write_address_q, 2'b00};
  wire [2:0] command = write_q && address == REGISTER_CONTROL ? write_data_q[2:0] : 3'd0;
  wire is_start = command[CONTROL_START];
  wire is_load = command[CONTROL_LOAD];
  wire is_abort = command[CONTROL_ABORT];
  wire is_word = write_q && address >= WINDOW_LOAD && address < WINDOW_LOAD + 21'h1000;
  wire is_pixel = write_q && address >= WINDOW_PIXELS && address < WINDOW_PIXELS + 21'h10000;
  // An engine that was stopped tells nothing more.
  wire ends = (done_q || run_error_q != 8'd0) && !abort;

  // ---- the host's view, and what the engine must see in the next cycle
  logic seen_done_q = 1'b0, enabled_q = 1'b0, raised_q = 1'b0, interrupt_expected_q = 1'b0;
  logic [7:0] seen_error_q = '0;
  logic [4:0] expected_q = '0;  // start, abort, beginning of a load, word, pixel
  logic [31:0] written_q;
  logic [9:0] written_pixel_q;

  always_ff @(posedge clk_i) begin
    automatic logic [7:0] error = is_start || is_load ? 8'd0 : seen_error_q;
    if (error == 8'd0 && ends) error = run_error_q;
    if (error == 8'd0 && load_error_q) error = load_code_q;
    if (error == 8'd0 && busy_q && (is_start || is_load || is_word || is_pixel)) error = ERROR_BUSY;
    if (error == 8'd0 && is_start && !loaded_q) error = ERROR_NOT_LOADED;
    seen_error_q <= is_abort || reset_q ? 8'd0 : error;
    seen_done_q <= !(is_start || is_load || is_abort || reset_q) && (seen_done_q || (done_q && !abort));
    if (write_q && address == REGISTER_INTERRUPT_ENABLE) enabled_q <= write_data_q[0];
    if (write_q && address == REGISTER_INTERRUPT && write_data_q[0]) raised_q <= 1'b0;
    if (ends) raised_q <= 1'b1;
    if (reset_q) {enabled_q, raised_q} <= '0;
    expected_q <= {
      is_start && !is_load && loaded_q && !busy_q, is_abort || reset_q, is_load && !busy_q, is_word && !busy_q,
      is_pixel && !busy_q
    };
    written_q <= write_data_q;
    written_pixel_q <= address[11:2];
    if (cycle_q > 0 && ({start, abort, load_begin, load_valid, pixel_write} != expected_q || (load_valid && load_word != written_q)
        || (pixel_write && (pixel != written_q[23:0] || pixel_address != written_pixel_q)))) failures_o <= failures_o + 1;
  end

  // ---- the engine: runs of some cycles that end well or not
  always_ff @(posedge clk_i) begin
    {done_q, run_error_q} <= '0;
    if (start) {busy_q, run_q} <= {1'b1, 2 + int'($urandom % 20)};
    else if (busy_q) begin
      run_q <= run_q - 1;
      if (run_q == 1) begin
        busy_q <= 1'b0;
        if (1'($urandom)) done_q <= 1'b1;
        else run_error_q <= 8'($urandom | 1);
      end
    end
    if (abort) {busy_q, done_q, run_error_q} <= '0;
    levels_q <= '{level_word(levels_buffer, levels_address), levels_q[0], levels_q[1]};
    sums_q <= '{sum_word(accumulator_address), sums_q[0], sums_q[1]};
  end

  // ---- the host: commands, then reads
  wire [5:0] turn = 6'(cycle_q);
  logic [31:0] expected;
  wire [20:0] asked = {read_address_q, 2'b00};
  always_comb begin
    unique case (asked) inside
      REGISTER_IDENTITY: expected = IDENTITY;
      REGISTER_VERSION: expected = VERSION;
      REGISTER_ARRAY: expected = ARRAY_WORD;
      REGISTER_MEMORY: expected = MEMORY_WORD;
      REGISTER_STATUS: expected = {16'd0, layer_q, 4'd0, seen_error_q != '0, loaded_q, seen_done_q, busy_q};
      REGISTER_ERROR: expected = 32'(seen_error_q);
      REGISTER_CYCLES: expected = cycles_q;
      REGISTER_INTERRUPT_ENABLE: expected = 32'(enabled_q);
      REGISTER_INTERRUPT: expected = 32'(raised_q);
      REGISTER_CHECKSUM: expected = checksum_q;
      REGISTER_ACCUMULATORS: expected = 32'(LOG2_ACCUMULATORS);
      [WINDOW_LEVELS_0:WINDOW_LEVELS_0+21'h7ffff]: expected = level_word(1'b0, asked[13:2]);
      [WINDOW_LEVELS_1:WINDOW_LEVELS_1+21'h7ffff]: expected = level_word(1'b1, asked[13:2]);
      [WINDOW_ACCUMULATORS:WINDOW_ACCUMULATORS+21'h3ffff]: expected = sum_word(asked[12:2]);
      default: expected = 32'd0;
    endcase
  end

  always_ff @(posedge clk_i) begin
    cycle_q <= cycle_q + 1;
    reset_q <= cycle_q == 0 || (turn == TURN - 1 && $urandom % 8 == 0);
    {write_q, read_q, load_error_q} <= '0;
    if (turn < TURN / 2) begin
      automatic logic [20:0] places[0:7] = '{
        REGISTER_CONTROL, REGISTER_CONTROL, REGISTER_INTERRUPT, REGISTER_INTERRUPT_ENABLE, WINDOW_LOAD, WINDOW_PIXELS,
        REGISTER_IDENTITY, WINDOW_LEVELS_0
      };
      automatic logic [20:0] place = places[$urandom%8];
      // Windows take any word of theirs.
      if (place[20:12] != '0) place[11:2] = 10'($urandom);
      write_q <= $urandom % 3 == 0;
      write_address_q <= place[20:2];
      write_data_q <= place == REGISTER_CONTROL ? 32'(3'($urandom)) : $urandom;
      load_error_q <= $urandom % 32 == 0;
      if ($urandom % 16 == 0) loaded_q <= 1'($urandom);
      {checksum_q, cycles_q, layer_q} <= {$urandom, $urandom, 8'($urandom)};
    end else if (turn >= TURN - 8 && turn < TURN) begin
      if (turn == TURN - 8) begin
        automatic logic [20:0] window = $urandom % 2 == 0 ? 21'h40000 << $urandom % 3 : 21'd0;
        // A register or what is behind the last one; a word of a window.
        read_q <= 1'b1;
        read_address_q <= window[20:2] | (window == '0 ? 19'($urandom % 14) : 19'(11'($urandom)));
      end
    end
    if (read_valid) begin
      checks_o <= checks_o + 1;
      if (read_data != expected || turn != TURN - 8 + READ_CYCLES + 1) failures_o <= failures_o + 1;
    end else if (turn == TURN - 8 + READ_CYCLES + 1) failures_o <= failures_o + 1;
    if (cycle_q > 4 && interrupt != interrupt_expected_q) failures_o <= failures_o + 1;
    interrupt_expected_q <= raised_q && enabled_q;
  end
endmodule
