// Where each chunk of the output goes. Space to depth happens here: a pixel's place in its 2x2 block selects one of four
// starting points among the channels, and only every second pixel and line moves the address.
module df_write_address #(
  parameter int unsigned LANE_BITS = 3
) (
  input  logic                    clk_i,
  input  logic                    start_i,
  input  df_gateware_pkg::layer_t layer_i,
  input  logic                    valid_i,
  input  logic                    window_last_i,
  output logic [15:0]             address_o,     // valid in the same cycle as valid_i
  output logic [LANE_BITS-1:0]    lane_o
);
  // Starting point for each place in a block, {row, column} of the pixel modulo 2: of the group at work and of the next.
  logic [15:0]          start_plane_q[0:3], next_plane_q[0:3];
  logic [LANE_BITS-1:0] start_lane_q[0:3], next_lane_q[0:3];
  logic                 started_q;
  logic [15:0]          plane_q, offset_q, line_q;
  logic [LANE_BITS-1:0] lane_q;
  logic [11:0]          column_q, row_q;     // windows that are left in the line and the group
  logic                 odd_column_q, odd_row_q;

  wire lane_wraps = lane_q == '1;
  wire line_last = column_q == '0;
  wire group_last = line_last && row_q == '0;
  wire blocks = layer_i.space_to_depth;
  wire next_odd_column = line_last ? 1'b0 : !odd_column_q && blocks;
  wire next_odd_row = group_last ? 1'b0 : line_last ? !odd_row_q && blocks : odd_row_q;
  wire [1:0] place = {next_odd_row, next_odd_column};
  wire [15:0] next_line = blocks && !odd_row_q ? line_q : line_q + layer_i.write_width;

  // The groups advance by whole chunks, at most a word of them.
  logic [15:0]        moved_plane[0:3];
  logic [LANE_BITS:0] moved_lane[0:3];
  always_comb begin
    for (int i = 0; i < 4; i++) begin
      moved_lane[i] = {1'b0, next_lane_q[i]} + (LANE_BITS + 1)'(layer_i.group_chunks_last) + 1'b1;
      moved_plane[i] = next_plane_q[i] + (moved_lane[i][LANE_BITS] ? layer_i.write_plane : 16'd0);
    end
  end

  assign address_o = plane_q + offset_q;
  assign lane_o = lane_q;

  always_ff @(posedge clk_i) begin
    started_q <= start_i;
    if (valid_i) begin
      lane_q <= lane_q + 1'b1;
      if (lane_wraps) plane_q <= plane_q + layer_i.write_plane;
      if (window_last_i) begin
        plane_q <= group_last ? next_plane_q[0] : start_plane_q[place];
        lane_q <= group_last ? next_lane_q[0] : start_lane_q[place];
        odd_column_q <= next_odd_column;
        odd_row_q <= next_odd_row;
        column_q <= line_last ? layer_i.out_columns_last : column_q - 1'b1;
        if (!line_last) begin
          if (!blocks || odd_column_q) offset_q <= offset_q + 1'b1;
        end else if (group_last) begin
          row_q <= layer_i.out_rows_last;
          {offset_q, line_q} <= '0;
        end else begin
          row_q <= row_q - 1'b1;
          {offset_q, line_q} <= {2{next_line}};
        end
      end
    end
    // The first group becomes the one at work a cycle after the start, long before its first chunk.
    if (started_q || (valid_i && window_last_i && group_last)) begin
      for (int i = 0; i < 4; i++) begin
        start_plane_q[i] <= next_plane_q[i];
        start_lane_q[i] <= next_lane_q[i];
        next_plane_q[i] <= moved_plane[i];
        next_lane_q[i] <= moved_lane[i][LANE_BITS-1:0];
      end
    end
    if (start_i) begin
      {plane_q, offset_q, line_q} <= '0;
      lane_q <= '0;
      column_q <= layer_i.out_columns_last;
      row_q <= layer_i.out_rows_last;
      {odd_column_q, odd_row_q} <= '0;
      next_plane_q[0] <= '0;
      next_plane_q[1] <= layer_i.plane_1;
      next_plane_q[2] <= layer_i.plane_2;
      next_plane_q[3] <= layer_i.plane_3;
      next_lane_q[0] <= '0;
      next_lane_q[1] <= layer_i.lane_1[LANE_BITS-1:0];
      next_lane_q[2] <= layer_i.lane_2[LANE_BITS-1:0];
      next_lane_q[3] <= layer_i.lane_3[LANE_BITS-1:0];
    end
  end
endmodule
