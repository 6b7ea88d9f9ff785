// What AMBA AXI4-Lite (ARM IHI 0022) demands of a slave, and that each request is carried out and answered exactly once.
module df_axi_lite_properties (
  input logic        clk_i,
  input logic        reset_i,
  input logic [20:0] s_axi_awaddr_i,
  input logic        s_axi_awvalid_i,
  input logic        s_axi_awready_o,
  input logic [31:0] s_axi_wdata_i,
  input logic [3:0]  s_axi_wstrb_i,
  input logic        s_axi_wvalid_i,
  input logic        s_axi_wready_o,
  input logic [1:0]  s_axi_bresp_o,
  input logic        s_axi_bvalid_o,
  input logic        s_axi_bready_i,
  input logic [20:0] s_axi_araddr_i,
  input logic        s_axi_arvalid_i,
  input logic        s_axi_arready_o,
  input logic [31:0] s_axi_rdata_o,
  input logic [1:0]  s_axi_rresp_o,
  input logic        s_axi_rvalid_o,
  input logic        s_axi_rready_i,
  input logic        write_o,
  input logic [20:2] write_address_o,
  input logic [31:0] write_data_o,
  input logic        read_o,
  input logic [20:2] read_address_o,
  input logic        read_valid_i,
  input logic [31:0] read_data_i,
  input logic        address_full_q,
  input logic        data_full_q,
  input logic        reading_q,
  input logic [3:0]  strobe_q
);
  wire address_taken = s_axi_awvalid_i && s_axi_awready_o;
  wire data_taken = s_axi_wvalid_i && s_axi_wready_o;
  wire write_answered = s_axi_bvalid_o && s_axi_bready_i;
  wire read_taken = s_axi_arvalid_i && s_axi_arready_o;
  wire read_answered = s_axi_rvalid_o && s_axi_rready_i;

  // Nothing is promised before the first reset.
  logic        begun_q = 1'b0;

  // ---- the cycle before
  logic        quiet_q = 1'b0;  // no reset in it
  logic        address_waited_q, data_waited_q, read_waited_q, write_answer_waited_q, read_answer_waited_q;
  logic [20:0] awaddr_q, araddr_q;
  logic [31:0] wdata_q, rdata_q, read_data_q;
  logic [3:0]  wstrb_q;
  logic [1:0]  bresp_q, rresp_q;
  logic        wrote_q, read_valid_q, both_full_q;

  // ---- requests that are not answered yet, and what was asked
  logic [1:0]  addresses_q, datas_q, reads_q;
  logic [18:0] asked_address_q;
  logic [31:0] asked_data_q;
  logic [3:0]  asked_strobe_q;

  always_ff @(posedge clk_i) begin
    begun_q <= begun_q || reset_i;
    quiet_q <= !reset_i;
    address_waited_q <= s_axi_awvalid_i && !s_axi_awready_o;
    data_waited_q <= s_axi_wvalid_i && !s_axi_wready_o;
    read_waited_q <= s_axi_arvalid_i && !s_axi_arready_o;
    write_answer_waited_q <= s_axi_bvalid_o && !s_axi_bready_i;
    read_answer_waited_q <= s_axi_rvalid_o && !s_axi_rready_i;
    {awaddr_q, araddr_q} <= {s_axi_awaddr_i, s_axi_araddr_i};
    {wdata_q, wstrb_q} <= {s_axi_wdata_i, s_axi_wstrb_i};
    {bresp_q, rresp_q, rdata_q} <= {s_axi_bresp_o, s_axi_rresp_o, s_axi_rdata_o};
    {wrote_q, read_valid_q, read_data_q} <= {write_o, read_valid_i, read_data_i};
    both_full_q <= address_full_q && data_full_q && !s_axi_bvalid_o;

    addresses_q <= reset_i ? '0 : addresses_q + 2'(address_taken) - 2'(write_answered);
    datas_q <= reset_i ? '0 : datas_q + 2'(data_taken) - 2'(write_answered);
    reads_q <= reset_i ? '0 : reads_q + 2'(read_taken) - 2'(read_answered);
    if (address_taken) asked_address_q <= s_axi_awaddr_i[20:2];
    if (data_taken) {asked_data_q, asked_strobe_q} <= {s_axi_wdata_i, s_axi_wstrb_i};

    // ---- the host keeps to the protocol, and the registers answer only what was asked
    if (begun_q && quiet_q && !reset_i) begin
      if (address_waited_q) assume (s_axi_awvalid_i && s_axi_awaddr_i == awaddr_q);
      if (data_waited_q) assume (s_axi_wvalid_i && s_axi_wdata_i == wdata_q && s_axi_wstrb_i == wstrb_q);
      if (read_waited_q) assume (s_axi_arvalid_i && s_axi_araddr_i == araddr_q);
    end
    if (begun_q && read_valid_i) assume (reading_q);

    if (begun_q && quiet_q) begin
      // ---- an answer stays as it is until it is taken
      if (write_answer_waited_q) assert (s_axi_bvalid_o && s_axi_bresp_o == bresp_q);
      if (read_answer_waited_q) assert (s_axi_rvalid_o && s_axi_rresp_o == rresp_q && s_axi_rdata_o == rdata_q);

      // ---- one answer for each request, and none without: what is not answered is waiting, at work or on its way back
      assert (addresses_q == 2'(address_full_q) + 2'(s_axi_bvalid_o));
      assert (datas_q == 2'(data_full_q) + 2'(s_axi_bvalid_o));
      assert (reads_q == 2'(reading_q) + 2'(s_axi_rvalid_o));
      if (s_axi_bvalid_o) assert (addresses_q != 0 && datas_q != 0);
      if (s_axi_rvalid_o) assert (reads_q == 2'd1);

      // ---- the write is the one that was asked for, once
      if (address_full_q) assert (write_address_o == asked_address_q);
      if (data_full_q) assert (write_data_o == asked_data_q && strobe_q == asked_strobe_q);
      if (write_o) assert (address_full_q && data_full_q && asked_strobe_q == 4'hf && !wrote_q);
      if (wrote_q) assert (s_axi_bvalid_o && s_axi_bresp_o == 2'b00);
      if (both_full_q && !wrote_q) assert (s_axi_bvalid_o && s_axi_bresp_o == 2'b10);

      // ---- nobody waits longer than for the other half of the request and for the answer before
      if (both_full_q) assert (s_axi_awready_o && s_axi_wready_o);

      // ---- so is the read
      if (read_o) assert (read_taken && read_address_o == s_axi_araddr_i[20:2]);
      if (read_taken) assert (read_o);
      if (read_valid_q) assert (s_axi_rvalid_o && s_axi_rdata_o == read_data_q && s_axi_rresp_o == 2'b00);
    end
    // ---- valid is low after a reset
    if (begun_q && !quiet_q) assert (!s_axi_bvalid_o && !s_axi_rvalid_o && s_axi_awready_o && s_axi_wready_o);
  end
endmodule

bind df_axi_lite df_axi_lite_properties properties (.*);
