// Byte by byte, and the published check value: CRC-32 of the letters 12345678.
module df_crc32_tb (input logic clk_i, output int checks_o, output int failures_o);
  logic [31:0] crc_q = '1, word_q = '0, next, expected;
  logic [31:0] letters;
  int cycle_q = 0;

  df_crc32 dut (.crc_i(crc_q), .word_i(word_q), .crc_o(next));

  always_comb begin
    expected = crc_q;
    for (int byte_index = 0; byte_index < 4; byte_index++) begin
      expected = expected ^ 32'(word_q[8*byte_index+:8]);
      for (int i = 0; i < 8; i++) expected = expected[0] ? (expected >> 1) ^ 32'hedb88320 : expected >> 1;
    end
    letters = cycle_q == 0 ? "4321" : "8765";
  end
  always_ff @(posedge clk_i) begin
    cycle_q <= cycle_q + 1;
    checks_o <= checks_o + 1;
    if (next != expected) failures_o <= failures_o + 1;
    // The letters are given in cycles 0 and 1, so they are there in cycles 1 and 2.
    word_q <= cycle_q < 2 ? letters : $urandom;
    crc_q <= cycle_q == 1 ? next : cycle_q == 0 ? '1 : $urandom;
    if (cycle_q == 2 && ~next != 32'h9ae0daaf) failures_o <= failures_o + 1;
  end
endmodule
