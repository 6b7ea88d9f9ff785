// A host that offers addresses, data and room for answers when it likes, and registers that take their time: each request is
// carried out once, in order, and answered once.
module df_axi_lite_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam logic [1:0] OKAY = 2'b00;
  localparam logic [1:0] SLVERR = 2'b10;

  // Requests have numbers, from which everything about them follows.
  int address_q = 0, data_q = 0, answer_q = 0, read_q = 0, read_answer_q = 0;
  logic reset_q = 1'b1, address_valid_q = 1'b0, data_valid_q = 1'b0, read_request_q = 1'b0;
  logic answer_room_q = 1'b0, read_room_q = 1'b0;
  logic address_ready, data_ready, answer_valid, read_ready, read_answer_valid, write, read;
  logic [1:0] answer, read_answer;
  logic [31:0] read_data, write_data;
  logic [20:2] write_address, read_address;
  // Registers
  logic registers_valid_q = 1'b0;
  logic [31:0] registers_data_q;
  logic [20:2] asked_q;
  int delay_q = 0;
  // What stood in the last cycle
  logic wrote_q = 1'b0, answer_held_q = 1'b0, read_held_q = 1'b0;
  logic [31:0] held_data_q;

  function automatic logic [31:0] mixed(int number, int salt);
    logic [31:0] word;
    word = 32'(number) * 32'h9e3779b1 + 32'(salt) * 32'h85ebca77;
    word = (word ^ word >> 15) * 32'hc2b2ae3d;
    return word ^ word >> 13;
  endfunction
  function automatic logic [20:0] place(int number);
    return 21'(mixed(number, 1));
  endfunction
  // Every fourth request is less than a word.
  function automatic logic [3:0] strobes(int number);
    return number % 4 == 0 ? 4'(mixed(number, 3)) : 4'hf;
  endfunction

  df_axi_lite dut (
    .clk_i, .reset_i(reset_q),
    .s_axi_awaddr_i(place(address_q)), .s_axi_awvalid_i(address_valid_q), .s_axi_awready_o(address_ready),
    .s_axi_wdata_i(mixed(data_q, 2)), .s_axi_wstrb_i(strobes(data_q)), .s_axi_wvalid_i(data_valid_q),
    .s_axi_wready_o(data_ready), .s_axi_bresp_o(answer), .s_axi_bvalid_o(answer_valid), .s_axi_bready_i(answer_room_q),
    .s_axi_araddr_i(place(read_q)), .s_axi_arvalid_i(read_request_q), .s_axi_arready_o(read_ready),
    .s_axi_rdata_o(read_data), .s_axi_rresp_o(read_answer), .s_axi_rvalid_o(read_answer_valid),
    .s_axi_rready_i(read_room_q), .write_o(write), .write_address_o(write_address), .write_data_o(write_data),
    .read_o(read), .read_address_o(read_address), .read_valid_i(registers_valid_q), .read_data_i(registers_data_q)
  );

  logic whole, wrong_answer, wrong_read;
  always_comb begin
    whole = strobes(answer_q) == 4'hf;
    wrong_answer = answer != (whole ? OKAY : SLVERR) || wrote_q != whole;
    wrong_read = read_answer != OKAY || read_data != mixed(int'(place(read_answer_q) >> 2), 4);
  end

  always_ff @(posedge clk_i) begin
    // What is offered stays until it is taken.
    if (!address_valid_q || address_ready) address_valid_q <= 1'($urandom);
    if (!data_valid_q || data_ready) data_valid_q <= 1'($urandom);
    if (!read_request_q || read_ready) read_request_q <= 1'($urandom);
    answer_room_q <= 1'($urandom);
    read_room_q <= 1'($urandom);
    if (address_valid_q && address_ready) address_q <= address_q + 1;
    if (data_valid_q && data_ready) data_q <= data_q + 1;
    if (read_request_q && read_ready) read_q <= read_q + 1;

    // ---- writes
    if (write) begin
      checks_o <= checks_o + 1;
      wrote_q <= 1'b1;
      if (!whole || wrote_q || write_address != 19'(place(answer_q) >> 2) || write_data != mixed(answer_q, 2)) begin
        failures_o <= failures_o + 1;
      end
    end
    if (answer_valid && answer_room_q) begin
      checks_o <= checks_o + 1;
      answer_q <= answer_q + 1;
      wrote_q <= 1'b0;
      if (wrong_answer || answer_q >= address_q || answer_q >= data_q) failures_o <= failures_o + 1;
    end
    answer_held_q <= answer_valid && !answer_room_q;
    if (answer_held_q && !answer_valid) failures_o <= failures_o + 1;

    // ---- reads
    registers_valid_q <= delay_q == 1;
    registers_data_q <= mixed(int'(asked_q), 4);
    if (delay_q > 0) delay_q <= delay_q - 1;
    if (read) begin
      asked_q <= read_address;
      delay_q <= 1 + int'($urandom % 6);
    end
    if (read_answer_valid && read_room_q) begin
      checks_o <= checks_o + 1;
      read_answer_q <= read_answer_q + 1;
      if (wrong_read || read_answer_q >= read_q) failures_o <= failures_o + 1;
    end
    read_held_q <= read_answer_valid && !read_room_q;
    held_data_q <= read_data;
    if (read_held_q && (!read_answer_valid || read_data != held_data_q)) failures_o <= failures_o + 1;

    // ---- a reset now and then: what was asked is forgotten on both sides
    reset_q <= $urandom % 512 == 0;
    if (reset_q) begin
      {address_valid_q, data_valid_q, read_request_q, registers_valid_q, wrote_q, answer_held_q, read_held_q} <= '0;
      {address_q, data_q, answer_q} <= {3{address_q + 8}};
      {read_q, read_answer_q} <= {2{read_q + 8}};
      delay_q <= 0;
      // Nor does it count what came out in that cycle.
      {checks_o, failures_o} <= {checks_o, failures_o};
    end
  end
endmodule
