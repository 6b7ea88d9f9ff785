// Picks the 32-bit word that the host reads out of a word of levels.
module df_host_levels #(
  parameter int unsigned INPUTS = 64
) (
  input  logic                           clk_i,
  input  logic                           buffer_i,
  input  logic [$clog2(INPUTS/16)-1:0]   word_i,
  input  logic [2*INPUTS-1:0]            levels_0_i,
  input  logic [2*INPUTS-1:0]            levels_1_i,
  output logic [31:0]                    word_o      // next cycle
);
  wire [2*INPUTS-1:0] levels = buffer_i ? levels_1_i : levels_0_i;
  always_ff @(posedge clk_i) word_o <= levels[32*word_i+:32];
endmodule
