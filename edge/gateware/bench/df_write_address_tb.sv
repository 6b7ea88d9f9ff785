// Random outputs, plain and in blocks: each chunk of channels has the place that its index among all chunks gives it.
module df_write_address_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned LANE_BITS = 2;
  localparam int LANES = 1 << LANE_BITS;

  df_gateware_pkg::layer_t layer_q;
  logic start_q = 1'b0, valid_q = 1'b0;
  logic [15:0] address, expected;
  logic [LANE_BITS-1:0] lane;
  // The output: sizes, and where the walk stands.
  int groups_q, group_chunks_q, final_chunks_q, rows_q, columns_q;
  int group_q, row_q, column_q, chunk_q, wait_q = 0;
  logic blocks_q, running_q = 1'b0;

  int chunks, all_chunks, index, pixel, plane, place;
  logic window_last;
  df_write_address #(.LANE_BITS(LANE_BITS)) dut (
    .clk_i, .start_i(start_q), .layer_i(layer_q), .valid_i(valid_q && running_q), .window_last_i(window_last),
    .address_o(address), .lane_o(lane)
  );

  always_comb begin
    chunks = group_q == groups_q - 1 ? final_chunks_q : group_chunks_q;
    all_chunks = (groups_q - 1) * group_chunks_q + final_chunks_q;
    window_last = chunk_q == chunks - 1;
    index = group_q * group_chunks_q + chunk_q;
    place = 0;
    if (blocks_q) begin
      place = 2 * (row_q % 2) + column_q % 2;
      pixel = (row_q / 2) * (columns_q / 2) + column_q / 2;
      plane = rows_q * columns_q / 4;
    end else begin
      pixel = row_q * columns_q + column_q;
      plane = rows_q * columns_q;
    end
    index = index + place * all_chunks;
    expected = 16'((index / LANES) * plane + pixel);
  end

  always_ff @(posedge clk_i) begin
    start_q <= 1'b0;
    valid_q <= $urandom % 4 != 0;
    if (!running_q) begin
      if (start_q) wait_q <= 3;
      else if (wait_q > 0) begin
        wait_q <= wait_q - 1;
        running_q <= wait_q == 1;
      end else begin
        automatic int new_groups = 1 + int'($urandom % 3);
        automatic int new_group_chunks = new_groups == 1 ? LANES : 1 << ($urandom % (LANE_BITS + 1));
        automatic int new_final = 1 + int'($urandom % new_group_chunks);
        automatic int new_chunks = (new_groups - 1) * new_group_chunks + new_final;
        automatic logic new_blocks = 1'($urandom);
        automatic int new_rows = new_blocks ? 2 + 2 * int'($urandom % 3) : 1 + int'($urandom % 5);
        automatic int new_columns = new_blocks ? 2 + 2 * int'($urandom % 3) : 1 + int'($urandom % 5);
        automatic int new_plane = new_blocks ? new_rows * new_columns / 4 : new_rows * new_columns;
        {groups_q, group_chunks_q, final_chunks_q} <= {new_groups, new_group_chunks, new_final};
        {rows_q, columns_q, blocks_q} <= {new_rows, new_columns, new_blocks};
        {group_q, row_q, column_q, chunk_q} <= '0;
        layer_q <= '0;
        layer_q.space_to_depth <= new_blocks;
        layer_q.out_rows_last <= 12'(new_rows - 1);
        layer_q.out_columns_last <= 12'(new_columns - 1);
        layer_q.group_chunks_last <= 5'(new_group_chunks - 1);
        layer_q.final_chunks_last <= 5'(new_final - 1);
        layer_q.write_plane <= 16'(new_plane);
        layer_q.write_width <= 16'(new_blocks ? new_columns / 2 : new_columns);
        layer_q.lane_1 <= 4'(new_chunks % LANES);
        layer_q.lane_2 <= 4'(2 * new_chunks % LANES);
        layer_q.lane_3 <= 4'(3 * new_chunks % LANES);
        layer_q.plane_1 <= 16'(new_chunks / LANES * new_plane);
        layer_q.plane_2 <= 16'(2 * new_chunks / LANES * new_plane);
        layer_q.plane_3 <= 16'(3 * new_chunks / LANES * new_plane);
        start_q <= 1'b1;
      end
    end else if (valid_q) begin
      checks_o <= checks_o + 1;
      if (address != expected || int'(lane) != index % LANES) failures_o <= failures_o + 1;
      chunk_q <= window_last ? 0 : chunk_q + 1;
      if (window_last) begin
        column_q <= column_q == columns_q - 1 ? 0 : column_q + 1;
        if (column_q == columns_q - 1) begin
          row_q <= row_q == rows_q - 1 ? 0 : row_q + 1;
          if (row_q == rows_q - 1) begin
            group_q <= group_q + 1;
            if (group_q == groups_q - 1) running_q <= 1'b0;
          end
        end
      end
    end
  end
endmodule
