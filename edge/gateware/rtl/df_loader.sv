// Reads the image of a network, word by word, and deals its sections out to the memories. `loaded_o` is set only after
// the checksum was right, so that no run ever uses half an image.
module df_loader #(
  parameter logic [31:0] ARRAY_WORD = 32'd0
) (
  input  logic        clk_i,
  input  logic        reset_i,
  input  logic        begin_i,              // the next word is the first of an image
  input  logic        valid_i,
  input  logic [31:0] word_i,
  output logic        rewind_o,
  output logic        program_valid_o,
  output logic        thresholds_valid_o,
  output logic        weights_valid_o,
  output logic [31:0] word_o,
  input  logic        overflow_i,           // combinational answer of the memory that takes the word
  output logic        loaded_o,
  output logic [31:0] checksum_o,
  output logic [31:0] cycle_limit_o,
  output logic        error_o,              // one cycle
  output logic [7:0]  error_code_o
);
  typedef enum logic [2:0] {IDLE, HEAD, SECTION, DATA, CHECKSUM} state_e;

  state_e      state_q;
  logic        valid_q;
  logic [31:0] word_q, crc_q, crc_d;
  logic [1:0]  head_q;
  logic [3:0]  kind_q;
  logic [27:0] left_q;
  logic        last_q, checked_q;

  df_crc32 crc (.crc_i(crc_q), .word_i(word_q), .crc_o(crc_d));

  wire data = valid_q && state_q == DATA;
  assign word_o = word_q;
  assign rewind_o = begin_i;
  assign program_valid_o = data && kind_q == df_gateware_pkg::SECTION_PROGRAM;
  assign thresholds_valid_o = data && kind_q == df_gateware_pkg::SECTION_THRESHOLDS;
  assign weights_valid_o = data && kind_q == df_gateware_pkg::SECTION_WEIGHTS;
  assign checksum_o = ~crc_q;

  logic       wrong;
  logic [7:0] code;
  always_comb begin
    wrong = 1'b0;
    code = df_gateware_pkg::ERROR_LOAD_RANGE;
    unique case (state_q)
      HEAD: begin
        if (head_q == 2'd0) begin
          wrong = word_q != df_gateware_pkg::IDENTITY;
          code = df_gateware_pkg::ERROR_LOAD_IDENTITY;
        end
        if (head_q == 2'd1) begin
          wrong = word_q[31:16] != df_gateware_pkg::VERSION[31:16] || word_q[15:0] > df_gateware_pkg::VERSION[15:0];
          code = df_gateware_pkg::ERROR_LOAD_VERSION;
        end
        if (head_q == 2'd2) begin
          wrong = word_q != ARRAY_WORD;
          code = df_gateware_pkg::ERROR_LOAD_ARRAY;
        end
      end
      SECTION: wrong = word_q[31:28] > df_gateware_pkg::SECTION_WEIGHTS;
      DATA: wrong = overflow_i;
      CHECKSUM: begin
        wrong = word_q != ~crc_q;
        code = df_gateware_pkg::ERROR_LOAD_CHECKSUM;
      end
      default: ;
    endcase
    wrong = wrong && valid_q;
  end

  always_ff @(posedge clk_i) begin
    valid_q <= valid_i && !begin_i;
    word_q <= word_i;
    error_o <= wrong;
    error_code_o <= code;
    if (valid_q) begin
      if (state_q != CHECKSUM && state_q != IDLE) crc_q <= crc_d;
      unique case (state_q)
        HEAD: begin
          head_q <= head_q + 1'b1;
          if (head_q == 2'd3) begin
            cycle_limit_o <= word_q;
            state_q <= SECTION;
          end
        end
        SECTION: begin
          kind_q <= word_q[31:28];
          left_q <= word_q[27:0];
          last_q <= word_q[27:0] == 28'd1;
          if (word_q[31:28] == df_gateware_pkg::SECTION_END) state_q <= CHECKSUM;
          else if (word_q[27:0] != '0) state_q <= DATA;
        end
        DATA: begin
          left_q <= left_q - 1'b1;
          last_q <= left_q == 28'd2;
          if (last_q) state_q <= SECTION;
        end
        CHECKSUM: state_q <= IDLE;
        default: ;
      endcase
    end
    // A cycle later, since a comparison of 32 bits in front of the state would be the longest path of all.
    checked_q <= valid_q && state_q == CHECKSUM;
    if (checked_q) loaded_o <= !error_o;
    if (error_o) state_q <= IDLE;
    if (begin_i || reset_i) begin
      state_q <= reset_i ? IDLE : HEAD;
      head_q <= '0;
      crc_q <= '1;
      {checked_q, loaded_o} <= '0;
      error_o <= 1'b0;
    end
  end
endmodule
