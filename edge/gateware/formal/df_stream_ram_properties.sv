// No word is lost, doubled or moved: word n since the rewind becomes word n modulo LANE_WORDS of lane n / LANE_WORDS, lanes are
// written in order, each once, and none after the last row.
module df_stream_ram_properties #(
  parameter int unsigned WIDTH = 1024,
  parameter int unsigned DEPTH = 256,
  localparam int unsigned LANE_WORDS = df_gateware_pkg::LANE_WORDS,
  localparam int unsigned LANE_BITS = 32 * LANE_WORDS,
  localparam int unsigned LANES = (WIDTH + LANE_BITS - 1) / LANE_BITS
) (
  input logic                     clk_i,
  input logic                     rewind_i,
  input logic                     valid_i,
  input logic [31:0]              word_i,
  input logic                     overflow_o,
  input logic [LANE_BITS-1:0]     lane_q,
  input logic [2:0]               word_q,
  input logic [LANES-1:0]         select_q,
  input logic [LANES-1:0]         write_q,
  input logic [$clog2(DEPTH):0]   row_q,
  input logic [$clog2(DEPTH)-1:0] write_row_q
);
  localparam int unsigned ADDRESS_BITS = $clog2(DEPTH);

  // Nothing is promised before the first rewind.
  logic        begun_q = 1'b0;
  logic        told_begun_q = 1'b0;
  // Words of the lane that gathers, kept in places of their own and not shifted.
  logic [31:0] gathered_q[0:LANE_WORDS-1];
  logic [2:0]  words_q;
  // Lanes that were full since the rewind: column and row of the next.
  logic [7:0]  column_q;
  logic [ADDRESS_BITS:0] full_rows_q;
  // What the memory must be told in this cycle.
  logic        told_q;
  logic [7:0]  told_column_q;
  logic [ADDRESS_BITS-1:0] told_row_q;
  logic [LANE_BITS-1:0] told_data_q;

  wire ends_lane = valid_i && words_q == 3'(LANE_WORDS - 1);
  wire ends_row = ends_lane && column_q == 8'(LANES - 1);
  wire beyond = full_rows_q == (ADDRESS_BITS + 1)'(DEPTH);

  always_ff @(posedge clk_i) begin
    begun_q <= begun_q || rewind_i;
    told_begun_q <= begun_q;
    if (valid_i) begin
      for (int i = 0; i < LANE_WORDS; i++) if (words_q == 3'(i)) gathered_q[i] <= word_i;
      words_q <= ends_lane ? '0 : words_q + 1'b1;
    end
    if (ends_lane) column_q <= ends_row ? '0 : column_q + 1'b1;
    if (ends_row && !beyond) full_rows_q <= full_rows_q + 1'b1;
    told_q <= ends_lane && !beyond;
    told_column_q <= column_q;
    told_row_q <= full_rows_q[ADDRESS_BITS-1:0];
    told_data_q <= {word_i, gathered_q[3], gathered_q[2], gathered_q[1], gathered_q[0]};
    if (rewind_i) {words_q, column_q, full_rows_q} <= '0;

    if (begun_q) begin
      assert (word_q == words_q && words_q < 3'(LANE_WORDS));
      assert (column_q < 8'(LANES) && select_q == LANES'(1) << column_q);
      assert (row_q == full_rows_q && row_q <= (ADDRESS_BITS + 1)'(DEPTH));
      for (int words = 1; words < LANE_WORDS; words++) begin
        for (int i = 0; i < words; i++) begin
          if (words_q == 3'(words)) assert (lane_q[32*(LANE_WORDS-words+i)+:32] == gathered_q[i]);
        end
      end
      assert (overflow_o == (valid_i && beyond));
    end
    if (told_begun_q && (told_q || write_q != '0)) begin
      assert (told_q && write_q == LANES'(1) << told_column_q);
      assert (write_row_q == told_row_q && lane_q == told_data_q);
    end
  end
endmodule

bind df_stream_ram df_stream_ram_properties #(.WIDTH(WIDTH), .DEPTH(DEPTH)) properties (.*);
