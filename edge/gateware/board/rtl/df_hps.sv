// The hard processor's side of the FPGA, by the cells that Platform Designer's component would write out: the lightweight
// bridge, one interrupt, the reset, and the settings of what is not used. Names and widths of the ports are those of
// Quartus' own component declarations (libraries/megafunctions, cyclonev_components).
module df_hps (
  input  logic        clk_i,             // the bridge crosses between this clock and the processor's by itself
  output logic        reset_n_o,         // the processor's, asynchronous
  input  logic        interrupt_i,       // level, until the processor has cleared it
  output logic [11:0] m_awid_o,
  output logic [20:0] m_awaddr_o,
  output logic [3:0]  m_awlen_o,
  output logic [2:0]  m_awsize_o,
  output logic [1:0]  m_awburst_o,
  output logic        m_awvalid_o,
  input  logic        m_awready_i,
  output logic [31:0] m_wdata_o,
  output logic [3:0]  m_wstrb_o,
  output logic        m_wlast_o,
  output logic        m_wvalid_o,
  input  logic        m_wready_i,
  input  logic [11:0] m_bid_i,
  input  logic [1:0]  m_bresp_i,
  input  logic        m_bvalid_i,
  output logic        m_bready_o,
  output logic [11:0] m_arid_o,
  output logic [20:0] m_araddr_o,
  output logic [3:0]  m_arlen_o,
  output logic [2:0]  m_arsize_o,
  output logic [1:0]  m_arburst_o,
  output logic        m_arvalid_o,
  input  logic        m_arready_i,
  input  logic [11:0] m_rid_i,
  input  logic [31:0] m_rdata_i,
  input  logic [1:0]  m_rresp_i,
  input  logic        m_rlast_i,
  input  logic        m_rvalid_i,
  output logic        m_rready_o
);
  localparam logic [1:0] UNUSED_PORT = 2'd3;

  // 2 MB at 0xff200000. Lock, cache, protection and WID mean nothing to the engine and stay open.
  cyclonev_hps_interface_hps2fpga_light_weight lightweight (
    .clk(clk_i),
    .awid(m_awid_o), .awaddr(m_awaddr_o), .awlen(m_awlen_o), .awsize(m_awsize_o), .awburst(m_awburst_o),
    .awvalid(m_awvalid_o), .awready(m_awready_i),
    .wdata(m_wdata_o), .wstrb(m_wstrb_o), .wlast(m_wlast_o), .wvalid(m_wvalid_o), .wready(m_wready_i),
    .bid(m_bid_i), .bresp(m_bresp_i), .bvalid(m_bvalid_i), .bready(m_bready_o),
    .arid(m_arid_o), .araddr(m_araddr_o), .arlen(m_arlen_o), .arsize(m_arsize_o), .arburst(m_arburst_o),
    .arvalid(m_arvalid_o), .arready(m_arready_i),
    .rid(m_rid_i), .rdata(m_rdata_i), .rresp(m_rresp_i), .rlast(m_rlast_i), .rvalid(m_rvalid_i), .rready(m_rready_o)
  );

  // f2h_irq0, the first of 64: interrupt 72 of the processor, 40 among the shared ones.
  cyclonev_hps_interface_interrupts interrupts (.irq({63'd0, interrupt_i}));

  cyclonev_hps_interface_clocks_resets clocks_resets (
    .h2f_rst_n(reset_n_o), .f2h_cold_rst_req_n(1'b1), .f2h_warm_rst_req_n(1'b1), .f2h_dbg_rst_req_n(1'b1),
    .f2h_pending_rst_ack(1'b1)
  );

  // What follows is not used, and the fitter wants to be told so.
  cyclonev_hps_interface_fpga2hps fpga2hps (.port_size_config(UNUSED_PORT));
  cyclonev_hps_interface_hps2fpga hps2fpga (.port_size_config(UNUSED_PORT));
  cyclonev_hps_interface_fpga2sdram fpga2sdram (
    .cfg_axi_mm_select(6'd0), .cfg_cport_rfifo_map(18'd0), .cfg_cport_type(12'd0), .cfg_cport_wfifo_map(18'd0),
    .cfg_port_width(12'd0), .cfg_rfifo_cport_map(16'd0), .cfg_wfifo_cport_map(16'd0)
  );
  cyclonev_hps_interface_dbg_apb dbg_apb (.DBG_APB_DISABLE(1'b0), .P_CLK_EN(1'b0));
  cyclonev_hps_interface_tpiu_trace tpiu_trace (.traceclk_ctl(1'b1));
  cyclonev_hps_interface_boot_from_fpga boot_from_fpga (
    .boot_from_fpga_ready(1'b0), .boot_from_fpga_on_failure(1'b0), .bsel_en(1'b0), .bsel(3'd1), .csel_en(1'b0), .csel(2'd1)
  );
  df_hps_partition partition ();
endmodule
