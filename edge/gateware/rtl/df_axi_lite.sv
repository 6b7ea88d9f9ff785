// AXI4-Lite slave. Takes an address and its data in either order, one write and one read at a time, and holds each answer
// until it is taken. Words only: a write with other strobes changes nothing and is answered with SLVERR.
module df_axi_lite (
  input  logic        clk_i,
  input  logic        reset_i,
  input  logic [20:0] s_axi_awaddr_i,
  input  logic        s_axi_awvalid_i,
  output logic        s_axi_awready_o,
  input  logic [31:0] s_axi_wdata_i,
  input  logic [3:0]  s_axi_wstrb_i,
  input  logic        s_axi_wvalid_i,
  output logic        s_axi_wready_o,
  output logic [1:0]  s_axi_bresp_o,
  output logic        s_axi_bvalid_o,
  input  logic        s_axi_bready_i,
  input  logic [20:0] s_axi_araddr_i,
  input  logic        s_axi_arvalid_i,
  output logic        s_axi_arready_o,
  output logic [31:0] s_axi_rdata_o,
  output logic [1:0]  s_axi_rresp_o,
  output logic        s_axi_rvalid_o,
  input  logic        s_axi_rready_i,
  // Registers
  output logic        write_o,
  output logic [20:2] write_address_o,
  output logic [31:0] write_data_o,
  output logic        read_o,
  output logic [20:2] read_address_o,
  input  logic        read_valid_i,
  input  logic [31:0] read_data_i
);
  localparam logic [1:0] OKAY = 2'b00;
  localparam logic [1:0] SLVERR = 2'b10;

  // ---- write: an address and data wait here for each other
  logic        address_full_q, data_full_q;
  logic [3:0]  strobe_q;
  logic        write;

  assign s_axi_awready_o = !address_full_q;
  assign s_axi_wready_o = !data_full_q;
  assign write = address_full_q && data_full_q && !s_axi_bvalid_o;
  assign write_o = write && strobe_q == 4'hf;

  always_ff @(posedge clk_i) begin
    if (s_axi_awvalid_i && s_axi_awready_o) begin
      address_full_q <= 1'b1;
      write_address_o <= s_axi_awaddr_i[20:2];
    end
    if (s_axi_wvalid_i && s_axi_wready_o) begin
      data_full_q <= 1'b1;
      write_data_o <= s_axi_wdata_i;
      strobe_q <= s_axi_wstrb_i;
    end
    if (s_axi_bready_i) s_axi_bvalid_o <= 1'b0;
    if (write) begin
      {address_full_q, data_full_q} <= '0;
      s_axi_bvalid_o <= 1'b1;
      s_axi_bresp_o <= write_o ? OKAY : SLVERR;
    end
    if (reset_i) {address_full_q, data_full_q, s_axi_bvalid_o} <= '0;
  end

  // ---- read
  logic reading_q;

  assign s_axi_arready_o = !reading_q && !s_axi_rvalid_o;
  assign read_o = s_axi_arvalid_i && s_axi_arready_o;
  assign read_address_o = s_axi_araddr_i[20:2];
  assign s_axi_rresp_o = OKAY;

  always_ff @(posedge clk_i) begin
    if (s_axi_rready_i) s_axi_rvalid_o <= 1'b0;
    if (read_o) reading_q <= 1'b1;
    if (read_valid_i) begin
      reading_q <= 1'b0;
      s_axi_rvalid_o <= 1'b1;
      s_axi_rdata_o <= read_data_i;
    end
    if (reset_i) {reading_q, s_axi_rvalid_o} <= '0;
  end

  // The two lowest address bits select a byte of a word.
  logic unused;
  assign unused = ^{s_axi_awaddr_i[1:0], s_axi_araddr_i[1:0]};
endmodule
