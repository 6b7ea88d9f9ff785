// Filled with pauses, one word too many, read back row by row.
module df_stream_ram_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned WIDTH = 360;  // three lanes, the last one not full
  localparam int unsigned DEPTH = 8;
  localparam int unsigned ROW_WORDS = 15;
  localparam int unsigned WORDS = ROW_WORDS * DEPTH;

  logic rewind_q = 1'b0, valid_q = 1'b0;
  logic [31:0] word_q;
  logic overflow;
  logic [2:0] address_q = '0;
  logic [WIDTH-1:0] data;
  logic [32*ROW_WORDS-1:0] rows_q[0:DEPTH-1];
  int count_q = -1, phase_q = 0;

  df_stream_ram #(.WIDTH(WIDTH), .DEPTH(DEPTH)) dut (
    .clk_i, .rewind_i(rewind_q), .valid_i(valid_q), .word_i(word_q), .overflow_o(overflow),
    .read_address_i(address_q), .read_data_o(data)
  );

  always_ff @(posedge clk_i) begin
    rewind_q <= 1'b0;
    valid_q <= 1'b0;
    phase_q <= phase_q + 1;
    if (count_q < 0) begin
      rewind_q <= 1'b1;
      count_q <= 0;
      phase_q <= 0;
    end else if (count_q <= WORDS) begin
      phase_q <= 0;
      if ($urandom % 3 != 0) begin
        automatic logic [31:0] word = $urandom;
        valid_q <= 1'b1;
        word_q <= word;
        if (count_q < WORDS) rows_q[count_q/ROW_WORDS][32*(count_q%ROW_WORDS)+:32] <= word;
        count_q <= count_q + 1;
      end
    end else if (phase_q % 8 == 0) begin
      address_q <= 3'($urandom);
    end else if (phase_q % 8 == 4) begin
      checks_o <= checks_o + 1;
      if (data != rows_q[address_q][WIDTH-1:0]) failures_o <= failures_o + 1;
    end
    if (phase_q == 200) count_q <= -1;
    // Only the word after the last row is one too many.
    if (valid_q && overflow != (count_q > WORDS)) failures_o <= failures_o + 1;
  end
endmodule
