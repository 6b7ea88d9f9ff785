// Every tap has the address of its place: plane, row and column. So a tap inside the image has an address inside the planes
// that an accepted program reads, whatever their size. Each window has one first tap and one last, and takes the weights of
// its group from the first to the last; and what is left only becomes less, so a pass ends.
module df_address_generator_properties (
  input logic                    clk_i,
  input logic                    clear_i,
  input logic                    start_i,
  input df_gateware_pkg::layer_t layer_i,
  input logic                    valid_o,
  input logic                    first_o,
  input logic                    last_o,
  input logic [15:0]             address_o,
  input logic signed [13:0]      column_o,
  input logic signed [13:0]      row_o,
  input logic [16:0]             weight_o,
  input logic                    active_q,
  input logic [3:0]              kernel_column_q,
  input logic [3:0]              kernel_row_q,
  input logic [9:0]              input_group_q,
  input logic [9:0]              group_q,
  input logic [11:0]             column_count_q,
  input logic [11:0]             row_count_q,
  input logic [15:0]             window_q,
  input logic [15:0]             line_q,
  input logic [15:0]             group_start_q,
  input logic [16:0]             group_weight_q,
  input logic signed [13:0]      window_column_q,
  input logic signed [13:0]      window_row_q
);
  // From a start to the last tap of the pass or a clear. The pass stands still as long.
  logic passing_q = 1'b0;
  // Nothing is promised before the first clear.
  logic begun_q = 1'b0;
  df_gateware_pkg::layer_t layer_q;
  logic        started_q, advanced_q, first_comes_q;
  logic [51:0] left_q;
  wire [51:0]  left = {group_q, row_count_q, column_count_q, input_group_q, kernel_row_q, kernel_column_q};

  // ---- what the compiler promises (jobs/convert/src/fpga/encode-pass.ts)
  wire pooling = layer_i.operation == df_gateware_pkg::OPERATION_MAX_POOL;
  wire [15:0] width = 16'(layer_i.width);
  wire [15:0] padding = 16'(layer_i.padding);
`ifdef FORMAL
  // What is proven for any number is proven for the product, and needs no multiplication.
  (* anyconst *) logic [15:0] plane, padding_rows, stride_rows;
`else
  wire [15:0] plane = width * 16'(layer_i.height);
  wire [15:0] padding_rows = padding * width;
  wire [15:0] stride_rows = 16'(layer_i.stride) * width;
`endif
  // Multiples as sums, since of sums the solver knows the next one.
  wire [3:0]   kernel_row = layer_i.kernel_rows_last - kernel_row_q;
  wire [3:0]   kernel_column = layer_i.kernel_columns_last - kernel_column_q;
  logic [15:0] row_multiple, rows, rows_before, columns;
  logic [5:0]  column_multiple, columns_last, columns_before;
  always_comb begin
    {row_multiple, rows, rows_before, column_multiple, columns_last, columns_before} = '0;
    for (int i = 0; i < 16; i++) begin
      if (layer_i.kernel_rows_last == 4'(i)) rows = row_multiple;
      if (kernel_row == 4'(i)) rows_before = row_multiple;
      if (layer_i.kernel_columns_last == 4'(i)) columns_last = column_multiple;
      if (kernel_column == 4'(i)) columns_before = column_multiple;
      row_multiple = row_multiple + width;
      column_multiple = column_multiple + 6'(layer_i.tap_step);
    end
    columns = 16'(columns_last);
  end
  wire accepted = layer_i.row_step == width - columns
    && layer_i.input_group_step == plane - rows - columns
    && layer_i.line_step == stride_rows
    && layer_i.group_step == (pooling ? plane : 16'd0)
    && layer_i.start == -padding_rows - padding;

`ifdef PLACES
  // The proof of places takes a pass from its start to its end, and kernels of at most four rows and columns.
  (* anyconst *) df_gateware_pkg::layer_t any_layer;
`endif

  // ---- where a tap is: the first word of its plane, of its row in the plane, and its column in the row
  logic [15:0] plane_start_q, row_start_q, tap_columns_q, planes_q;
  logic [16:0] taps_q, group_base_q;
  wire columns_end = kernel_column_q == '0;
  wire rows_end = columns_end && kernel_row_q == '0;
  wire window_end = rows_end && input_group_q == '0;
  wire line_end = window_end && column_count_q == '0;
  wire image_end = line_end && row_count_q == '0;
  wire [13:0] tap_columns = tap_columns_q[13:0];
  wire [13:0] line_columns = window_q[13:0] - line_q[13:0];
  wire [13:0] window_columns = window_column_q + padding[13:0];
  wire [15:0] next_window = image_end ? group_start_q + (pooling ? plane : 16'd0)
    : line_end ? line_q + stride_rows : window_q + 16'(layer_i.stride);

  always_ff @(posedge clk_i) begin
    if (valid_o) begin
      tap_columns_q <= columns_end ? '0 : tap_columns_q + 16'(layer_i.tap_step);
      if (columns_end) row_start_q <= window_end ? next_window : rows_end ? plane_start_q + plane : row_start_q + width;
      if (rows_end) plane_start_q <= window_end ? next_window : plane_start_q + plane;
      if (rows_end) planes_q <= window_end ? '0 : planes_q + plane;
      taps_q <= window_end ? '0 : taps_q + 1'b1;
      if (image_end) group_base_q <= group_base_q + taps_q + 1'b1;
    end
    if (start_i) begin
      {tap_columns_q, planes_q} <= '0;
      {plane_start_q, row_start_q} <= {2{-padding_rows - padding}};
      {taps_q, group_base_q} <= {17'd0, 1'b0, layer_i.weight_base};
    end
  end

  always_ff @(posedge clk_i) begin
    layer_q <= layer_i;
    {started_q, advanced_q} <= {start_i, valid_o};
    if (valid_o || start_i) first_comes_q <= start_i || last_o;
    left_q <= left;
    begun_q <= begun_q || clear_i;
    if (start_i && !clear_i) passing_q <= 1'b1;
    else if (clear_i || (valid_o && last_o && left == '0)) passing_q <= 1'b0;

`ifdef PLACES
    assume (layer_i == any_layer && accepted);
    assume (layer_i.kernel_rows_last < 4'd4 && layer_i.kernel_columns_last < 4'd4);
`else
    if (passing_q) assume (layer_i == layer_q);
`endif
    if (begun_q) assert (active_q == passing_q);
    if (begun_q && passing_q) begin
      // ---- it ends
      assert (kernel_column_q <= layer_i.kernel_columns_last && kernel_row_q <= layer_i.kernel_rows_last);
      assert (input_group_q <= layer_i.input_groups_last && group_q <= layer_i.groups_last);
      assert (column_count_q <= layer_i.out_columns_last && row_count_q <= layer_i.out_rows_last);
      if (!started_q && advanced_q) assert (left < left_q);
      if (!started_q && !advanced_q) assert (left == left_q);
      // ---- windows follow each other
      assert (first_o == first_comes_q);
      assert (last_o == (left[17:0] == '0));
    end

`ifndef ENDS
    // ---- the place of every tap
    if (begun_q && passing_q && accepted) begin
      assert (tap_columns_q == 16'(columns_before));
      assert (address_o == row_start_q + tap_columns_q);
      assert (row_start_q == plane_start_q + rows_before);
      assert (plane_start_q == window_q + planes_q);
      assert (column_o - window_column_q == tap_columns);
      assert (window_columns == line_columns);
    end
`endif
    // ---- rows, and weights: one more for each tap, and for each window of a group the same ones
    if (begun_q && passing_q) begin
      assert (row_o == window_row_q + 14'(kernel_row));
      assert (weight_o == group_weight_q + taps_q && group_weight_q == group_base_q);
    end
  end
endmodule

bind df_address_generator df_address_generator_properties properties (.*);
