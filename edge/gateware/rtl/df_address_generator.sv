// Walks over the taps of one pass, at most one per cycle:
//
//   for each group of output channels, window row, window column: for each input group, kernel row, kernel column
//
// All addresses move by steps that the compiler computed. Each candidate for the next address is added up in parallel
// with the test which of them it will be, since one after the other would not fit into a cycle.
module df_address_generator (
  input  logic                    clk_i,
  input  logic                    clear_i,
  input  logic                    start_i,        // layer_i is valid from here to the end of the pass
  input  logic                    enable_i,       // low: stand still for this cycle
  input  df_gateware_pkg::layer_t layer_i,
  output logic                    valid_o,        // a tap in this cycle
  output logic                    first_o,        // of a window
  output logic                    last_o,         // of a window
  output logic                    last_group_o,   // in the last group of input channels
  output logic [15:0]             address_o,
  output logic signed [13:0]      column_o,       // of the tap in the image; outside is padding
  output logic signed [13:0]      row_o,
  output logic [16:0]             weight_o        // one bit more than any memory has, so that it cannot wrap
);
  logic        active_q, first_q, paced_q;
  logic [3:0]  kernel_column_q, kernel_row_q;                // count down to 0
  logic [9:0]  input_group_q, group_q;
  logic [11:0] column_count_q, row_count_q;
  logic [15:0] address_q, window_q, line_q, group_start_q;
  logic [16:0] weight_q, group_weight_q;
  logic signed [13:0] column_q, window_column_q, row_q, window_row_q;
  logic [4:0]  pace_q;

  wire columns_end = kernel_column_q == '0;
  wire rows_end = columns_end && kernel_row_q == '0;
  wire window_end = rows_end && input_group_q == '0;
  wire line_end = column_count_q == '0;
  wire image_end = line_end && row_count_q == '0;
  // A window may end only when its predecessor has left through the threshold unit, chunk by chunk.
  wire advance = active_q && enable_i && (!window_end || paced_q);
  wire [4:0] chunks_last = group_q == '0 ? layer_i.final_chunks_last : layer_i.group_chunks_last;

  wire [15:0] next_column = address_q + 16'(layer_i.tap_step);
  wire [15:0] next_row = address_q + layer_i.row_step;
  wire [15:0] next_input_group = address_q + layer_i.input_group_step;
  wire [15:0] next_window = window_q + 16'(layer_i.stride);
  wire [15:0] next_line = line_q + layer_i.line_step;
  wire [15:0] next_group = group_start_q + layer_i.group_step;
  wire [16:0] next_weight = weight_q + 1'b1;
  wire signed [13:0] left = -(14'(layer_i.padding));
  wire signed [13:0] tap_column = column_q + 14'(layer_i.tap_step);
  wire signed [13:0] next_window_column = window_column_q + 14'(layer_i.stride);
  wire signed [13:0] next_window_row = window_row_q + 14'(layer_i.stride);
  wire [15:0] window_start = !line_end ? next_window : !image_end ? next_line : next_group;
  wire signed [13:0] start_column = line_end ? left : next_window_column;
  wire signed [13:0] start_row = !line_end ? window_row_q : !image_end ? next_window_row : left;

  assign valid_o = advance;
  assign first_o = first_q;
  assign last_o = window_end;
  assign last_group_o = input_group_q == '0;
  assign address_o = address_q;
  assign column_o = column_q;
  assign row_o = row_q;
  assign weight_o = weight_q;

  always_ff @(posedge clk_i) begin
    if (pace_q != '0) pace_q <= pace_q - 1'b1;
    paced_q <= pace_q <= 5'd1;
    if (advance) begin
      first_q <= window_end;
      kernel_column_q <= columns_end ? layer_i.kernel_columns_last : kernel_column_q - 1'b1;
      if (columns_end) kernel_row_q <= rows_end ? layer_i.kernel_rows_last : kernel_row_q - 1'b1;
      if (rows_end) input_group_q <= window_end ? layer_i.input_groups_last : input_group_q - 1'b1;
      weight_q <= !window_end || image_end ? next_weight : group_weight_q;
      address_q <= !columns_end ? next_column : !rows_end ? next_row : !window_end ? next_input_group : window_start;
      column_q <= !columns_end ? tap_column : !window_end ? window_column_q : start_column;
      if (columns_end) row_q <= !rows_end ? row_q + 1'b1 : !window_end ? window_row_q : start_row;
      if (window_end) begin
        pace_q <= chunks_last;
        paced_q <= chunks_last == '0;
        window_q <= window_start;
        window_column_q <= start_column;
        window_row_q <= start_row;
        column_count_q <= line_end ? layer_i.out_columns_last : column_count_q - 1'b1;
        if (line_end) begin
          line_q <= window_start;
          row_count_q <= image_end ? layer_i.out_rows_last : row_count_q - 1'b1;
        end
        if (image_end) begin
          group_start_q <= next_group;
          group_weight_q <= next_weight;
          group_q <= group_q - 1'b1;
          if (group_q == '0) active_q <= 1'b0;
        end
      end
    end
    if (start_i) begin
      active_q <= 1'b1;
      first_q <= 1'b1;
      pace_q <= '0;
      paced_q <= 1'b1;
      kernel_column_q <= layer_i.kernel_columns_last;
      kernel_row_q <= layer_i.kernel_rows_last;
      input_group_q <= layer_i.input_groups_last;
      column_count_q <= layer_i.out_columns_last;
      row_count_q <= layer_i.out_rows_last;
      group_q <= layer_i.groups_last;
      {address_q, window_q, line_q, group_start_q} <= {4{layer_i.start}};
      {column_q, window_column_q, row_q, window_row_q} <= {4{left}};
      {weight_q, group_weight_q} <= {2{1'b0, layer_i.weight_base}};
    end
    if (clear_i) active_q <= 1'b0;
  end
endmodule
