// Random images, good ones and ones with one thing wrong: sections reach their memories word by word, and only a good image is
// loaded.
module df_loader_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam logic [31:0] ARRAY_WORD = 32'h12345;
  localparam int MOST_WORDS = 64;

  typedef enum logic [2:0] {GOOD, IDENTITY, VERSION, ARRAY, KIND, CHECKSUM} fault_e;

  logic begin_q = 1'b0, valid_q = 1'b0, loaded, error;
  logic [31:0] word_q, word, checksum, cycle_limit;
  logic [2:0] section_valid;
  logic rewind;
  logic [7:0] code;
  logic [31:0] image_q[0:MOST_WORDS-1];
  logic [1:0] kinds_q[0:MOST_WORDS-1];  // of the section that a word is data of, or 0
  int length_q = 0, sent_q = 0, wait_q = 0, taken_q = 0;
  fault_e fault_q;
  logic [7:0] error_q;

  df_loader #(.ARRAY_WORD(ARRAY_WORD)) dut (
    .clk_i, .reset_i(wait_q == 0 && length_q == 0 && checks_o == 0), .begin_i(begin_q), .valid_i(valid_q), .word_i(word_q),
    .rewind_o(rewind), .program_valid_o(section_valid[0]), .thresholds_valid_o(section_valid[1]),
    .weights_valid_o(section_valid[2]), .word_o(word), .overflow_i(1'b0), .loaded_o(loaded), .checksum_o(checksum),
    .cycle_limit_o(cycle_limit), .error_o(error), .error_code_o(code)
  );

  // One bit at a time, unlike the loader.
  function automatic logic [31:0] step(logic [31:0] crc, logic [31:0] value);
    for (int i = 0; i < 32; i++) crc = (crc >> 1) ^ ((crc[0] ^ value[i]) ? 32'hedb88320 : 32'd0);
    return crc;
  endfunction

  // The words that came out must be those of the sections, in order.
  int next_data;
  always_comb begin
    next_data = taken_q;
    while (next_data < length_q && kinds_q[next_data] == 2'd0) next_data++;
  end

  logic [7:0] expected_code;
  always_comb begin
    unique case (fault_q)
      GOOD: expected_code = 8'd0;
      IDENTITY: expected_code = df_gateware_pkg::ERROR_LOAD_IDENTITY;
      VERSION: expected_code = df_gateware_pkg::ERROR_LOAD_VERSION;
      ARRAY: expected_code = df_gateware_pkg::ERROR_LOAD_ARRAY;
      KIND: expected_code = df_gateware_pkg::ERROR_LOAD_RANGE;
      default: expected_code = df_gateware_pkg::ERROR_LOAD_CHECKSUM;
    endcase
  end

  always_ff @(posedge clk_i) begin
    begin_q <= 1'b0;
    valid_q <= 1'b0;
    if (error && error_q == '0) error_q <= code;
    if (section_valid != '0) begin
      taken_q <= next_data + 1;
      if (next_data >= length_q || word != image_q[next_data] || section_valid != 3'(1 << (kinds_q[next_data] - 1))) begin
        failures_o <= failures_o + 1;
      end
    end
    if (sent_q < length_q) begin
      if ($urandom % 3 != 0) begin
        valid_q <= 1'b1;
        word_q <= image_q[sent_q];
        sent_q <= sent_q + 1;
      end
      wait_q <= 8;
    end else if (wait_q > 0) begin
      wait_q <= wait_q - 1;
      if (wait_q == 1 && length_q > 0) begin
        checks_o <= checks_o + 1;
        if (loaded != (fault_q == GOOD) || error_q != expected_code) failures_o <= failures_o + 1;
        if (fault_q == GOOD && (next_data != length_q || checksum != image_q[length_q-1] || cycle_limit != image_q[3])) begin
          failures_o <= failures_o + 1;
        end
      end
    end else begin
      automatic logic [31:0] crc = '1;
      automatic int at = 4;
      automatic fault_e fault = $urandom % 2 == 0 ? GOOD : fault_e'($urandom % 6);
      for (int i = 0; i < MOST_WORDS; i++) kinds_q[i] = '0;
      image_q[0] = fault == IDENTITY ? 32'h1 : df_gateware_pkg::IDENTITY;
      image_q[1] = fault == VERSION ? df_gateware_pkg::VERSION + 32'h10000 : df_gateware_pkg::VERSION;
      image_q[2] = fault == ARRAY ? ARRAY_WORD + 1 : ARRAY_WORD;
      image_q[3] = 32'd77;
      crc = step(crc, fault == IDENTITY ? 32'h1 : df_gateware_pkg::IDENTITY);
      crc = step(crc, fault == VERSION ? df_gateware_pkg::VERSION + 32'h10000 : df_gateware_pkg::VERSION);
      crc = step(crc, fault == ARRAY ? ARRAY_WORD + 1 : ARRAY_WORD);
      crc = step(crc, 32'd77);
      for (int kind = 1; kind <= 3; kind++) begin
        automatic int words = int'($urandom % 12);
        automatic logic [31:0] head = {fault == KIND && kind == 3 ? 4'd9 : 4'(kind), 28'(words)};
        image_q[at] = head;
        crc = step(crc, head);
        at++;
        for (int i = 0; i < words; i++) begin
          automatic logic [31:0] value = $urandom;
          image_q[at] = value;
          kinds_q[at] = fault == KIND && kind == 3 ? 2'd0 : 2'(kind);
          crc = step(crc, value);
          at++;
        end
      end
      image_q[at] = '0;
      crc = step(crc, '0);
      image_q[at+1] = fault == CHECKSUM ? crc : ~crc;
      length_q <= at + 2;
      {sent_q, taken_q, error_q} <= '0;
      fault_q <= fault;
      begin_q <= 1'b1;
      // The first word comes after the beginning.
      wait_q <= 8;
    end
  end
endmodule
