// Counts the chunks of each window, the windows of each group and the groups of a pass.
module df_chunk_counter (
  input  logic                    clk_i,
  input  logic                    clear_i,
  input  logic                    start_i,
  input  df_gateware_pkg::layer_t layer_i,
  input  logic                    window_i,
  output logic                    valid_o,
  output logic [3:0]              chunk_o,
  output logic                    window_last_o,        // last chunk of a window
  output logic                    pass_last_o,          // last chunk of the pass
  output logic [15:0]             threshold_address_o
);
  logic        busy_q, group_final_q;
  logic [4:0]  chunk_q;
  logic [11:0] column_q, row_q;
  logic [9:0]  group_q;
  logic [15:0] threshold_q, group_threshold_q;

  wire [4:0] chunks_last = group_final_q ? layer_i.final_chunks_last : layer_i.group_chunks_last;
  wire line_last = column_q == '0;
  wire group_last = line_last && row_q == '0;

  assign valid_o = busy_q;
  assign chunk_o = chunk_q[3:0];
  assign window_last_o = busy_q && chunk_q == chunks_last;
  assign pass_last_o = window_last_o && group_last && group_final_q;
  assign threshold_address_o = threshold_q;

  always_ff @(posedge clk_i) begin
    if (busy_q) begin
      chunk_q <= chunk_q + 1'b1;
      threshold_q <= threshold_q + 1'b1;
      if (window_last_o) begin
        busy_q <= 1'b0;
        threshold_q <= group_last ? threshold_q + 1'b1 : group_threshold_q;
        column_q <= line_last ? layer_i.out_columns_last : column_q - 1'b1;
        if (line_last) row_q <= group_last ? layer_i.out_rows_last : row_q - 1'b1;
        if (group_last) begin
          group_threshold_q <= threshold_q + 1'b1;
          group_q <= group_q - 1'b1;
          group_final_q <= group_q == 10'd1;
        end
      end
    end
    if (window_i) begin
      busy_q <= 1'b1;
      chunk_q <= '0;
    end
    if (start_i) begin
      column_q <= layer_i.out_columns_last;
      row_q <= layer_i.out_rows_last;
      group_q <= layer_i.groups_last;
      group_final_q <= layer_i.groups_last == '0;
      threshold_q <= layer_i.threshold_base;
      group_threshold_q <= layer_i.threshold_base;
    end
    if (start_i || clear_i) busy_q <= 1'b0;
  end
endmodule
