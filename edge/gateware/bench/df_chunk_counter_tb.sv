// Random passes, some of them cleared half-way: every chunk of every window in its order, with the address of its thresholds.
module df_chunk_counter_tb (input logic clk_i, output int checks_o, output int failures_o);
  df_gateware_pkg::layer_t layer_q = '0;
  logic start_q = 1'b0, clear_q = 1'b1, window_q = 1'b0, running_q = 1'b0;
  logic valid, window_last, pass_last;
  logic [3:0] chunk;
  logic [15:0] address;
  // Sizes of the pass; windows that were told; and the chunk that comes next.
  int windows_q = 1, groups_q = 1, group_chunks_q = 1, final_chunks_q = 1;
  int told_q = 0, index_q = 0, chunk_q = 0;
  int left_q = 0, wait_q = 0;  // chunks of the window that is out; cycles to the next one

  df_chunk_counter dut (
    .clk_i, .clear_i(clear_q), .start_i(start_q), .layer_i(layer_q), .window_i(window_q), .valid_o(valid), .chunk_o(chunk),
    .window_last_o(window_last), .pass_last_o(pass_last), .threshold_address_o(address)
  );

  function automatic int chunks_of(int window);
    return window / windows_q == groups_q - 1 ? final_chunks_q : group_chunks_q;
  endfunction

  int expected_address;
  logic expected_last, expected_end;
  always_comb begin
    expected_address = int'(layer_q.threshold_base) + index_q / windows_q * group_chunks_q + chunk_q;
    expected_last = chunk_q == chunks_of(index_q) - 1;
    expected_end = expected_last && index_q == windows_q * groups_q - 1;
  end

  always_ff @(posedge clk_i) begin
    {start_q, clear_q, window_q} <= '0;
    if (valid != (left_q > 0)) failures_o <= failures_o + 1;
    if (valid) begin
      checks_o <= checks_o + 1;
      if (int'(chunk) != chunk_q || address != 16'(expected_address) || window_last != expected_last
          || pass_last != expected_end) failures_o <= failures_o + 1;
      chunk_q <= expected_last ? 0 : chunk_q + 1;
      if (expected_last) index_q <= index_q + 1;
      if (expected_end) running_q <= 1'b0;
    end else if (window_last || pass_last) failures_o <= failures_o + 1;
    if (left_q > 0) left_q <= left_q - 1;
    if (window_q) left_q <= chunks_of(told_q - 1);
    // A window may come in the cycle in which its predecessor's last chunk leaves, or later.
    if (wait_q > 0) wait_q <= wait_q - 1;
    else if (running_q && told_q < windows_q * groups_q) begin
      window_q <= 1'b1;
      told_q <= told_q + 1;
      wait_q <= chunks_of(told_q) - 1 + int'($urandom % 3);
    end
    if (running_q && $urandom % 256 == 0) clear_q <= 1'b1;
    if (clear_q) begin
      {running_q, left_q, window_q} <= '0;
      // What came out in that cycle does not count.
      {checks_o, failures_o} <= {checks_o, failures_o};
    end
    if (!running_q && !start_q && !clear_q && left_q == 0) begin
      automatic int rows = 1 + int'($urandom % 3);
      automatic int columns = 1 + int'($urandom % 4);
      automatic int groups = 1 + int'($urandom % 3);
      automatic int group_chunks = 1 + int'($urandom % 16);
      automatic int final_chunks = 1 + int'($urandom % group_chunks);
      {windows_q, groups_q, group_chunks_q, final_chunks_q} <= {rows * columns, groups, group_chunks, final_chunks};
      {told_q, index_q, chunk_q} <= '0;
      layer_q.out_rows_last <= 12'(rows - 1);
      layer_q.out_columns_last <= 12'(columns - 1);
      layer_q.groups_last <= 10'(groups - 1);
      layer_q.group_chunks_last <= 5'(group_chunks - 1);
      layer_q.final_chunks_last <= 5'(final_chunks - 1);
      layer_q.threshold_base <= 16'($urandom % 256);
      start_q <= 1'b1;
      running_q <= 1'b1;
      wait_q <= 2;
    end
  end
endmodule
