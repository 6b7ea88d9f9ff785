// The chunks of a window leave in order and without a gap; each window, group and pass ends exactly once; and what is left
// only becomes less, so a pass ends.
module df_chunk_counter_properties (
  input logic                    clk_i,
  input logic                    clear_i,
  input logic                    start_i,
  input df_gateware_pkg::layer_t layer_i,
  input logic                    window_i,
  input logic                    valid_o,
  input logic [3:0]              chunk_o,
  input logic                    window_last_o,
  input logic                    pass_last_o,
  input logic [15:0]             threshold_address_o,
  input logic [4:0]              chunk_q,
  input logic [15:0]             group_threshold_q,
  input logic                    group_final_q,
  input logic [11:0]             column_q,
  input logic [11:0]             row_q,
  input logic [9:0]              group_q
);
  // From a start to the last chunk of the pass or a clear. The pass stands still as long.
  logic        passing_q = 1'b0;
  // Before the first clear anything may come out of the pipeline.
  logic        begun_q = 1'b0;
  logic        valid_q, window_last_q, window_q, started_q;
  logic [3:0]  chunk_before_q;
  logic [33:0] left_q;
  logic [15:0] base_q;
  df_gateware_pkg::layer_t layer_q;
  wire  [33:0] left = {group_q, row_q, column_q};  // windows, as digits
  wire  [4:0]  chunks_last = group_final_q ? layer_i.final_chunks_last : layer_i.group_chunks_last;

  always_ff @(posedge clk_i) begin
    {valid_q, window_last_q, window_q, started_q} <= {valid_o, window_last_o, window_i, start_i};
    begun_q <= begun_q || clear_i;
    layer_q <= layer_i;
    {chunk_before_q, left_q} <= {chunk_o, left};
    if (start_i && begun_q) passing_q <= 1'b1;
    else if (clear_i || pass_last_o) passing_q <= 1'b0;
    // Chunks of the groups before: the thresholds of a group follow those of the group before.
    if (start_i) base_q <= layer_i.threshold_base;
    else if (window_last_o && row_q == '0 && column_q == '0) base_q <= threshold_address_o + 1'b1;

    // A window comes only when its predecessor has left, and none after the last one.
    if (passing_q && valid_o && !window_last_o) assume (!window_i);
    if (passing_q && pass_last_o) assume (!window_i);
    if (begun_q && start_i) assume (!window_i);
    if (begun_q && !passing_q) assume (!window_i || clear_i || start_i);
    if (passing_q) assume (layer_i == layer_q);

    if (passing_q && !started_q) begin
      if (window_q) assert (valid_o && chunk_q == '0);
      if (valid_o && !window_q) assert (valid_q && !window_last_q && chunk_o == chunk_before_q + 4'd1);
      if (valid_q && !window_last_q) assert (valid_o);
      if (window_last_q) begin
        assert (left < left_q);
      end else begin
        assert (left == left_q);
      end
    end
    if (passing_q) begin
      if (valid_o) assert (chunk_q <= chunks_last && window_last_o == (chunk_q == chunks_last));
      if (valid_o) assert (threshold_address_o == base_q + 16'(chunk_q));
      if (!valid_o) assert (threshold_address_o == base_q);
      assert (group_threshold_q == base_q);
      assert (pass_last_o == (window_last_o && left == '0));
      assert (group_final_q == (group_q == '0));
      assert (row_q <= layer_i.out_rows_last && column_q <= layer_i.out_columns_last && group_q <= layer_i.groups_last);
    end
  end
endmodule

bind df_chunk_counter df_chunk_counter_properties properties (.*);
