// The accelerator on a Terasic DE10-Nano: the hard processor's lightweight bridge, the engine behind it, one clock.
// The parameters are those of df_gateware for one array; quartus/de10_nano.qsf reads them from generated/.
module df_de10_nano #(
  parameter int unsigned IC_PAR = 64,
  parameter int unsigned OC_PAR = 64,
  parameter int unsigned PIXEL_TAPS = 3,
  parameter int unsigned PIXEL_OUTPUTS = 32,
  parameter int unsigned CHUNK = 8,
  parameter int unsigned LEVELS_DEPTH = 1024,
  parameter int unsigned WEIGHTS_DEPTH = 256,
  parameter int unsigned THRESHOLDS_DEPTH = 128,
  parameter int unsigned PIXELS_DEPTH = 1024,
  parameter int unsigned ACCUMULATORS_DEPTH = 256
) (
  input  logic       clk50_i,    // FPGA_CLK1_50
  output logic [2:0] led_o
);
  logic clk, locked, reset_n, reset, interrupt;

  // A clock of the FPGA's own: how fast the processor's user clocks run is up to the preloader of each card.
  df_pll pll (.clk50_i, .clk_o(clk), .locked_o(locked));
  df_reset_sync reset_sync (.clk_i(clk), .ready_i(locked && reset_n), .reset_o(reset));

  logic [11:0] awid, bid, arid, rid;
  logic [20:0] awaddr, araddr, lite_awaddr, lite_araddr;
  logic [3:0]  awlen, arlen, wstrb, lite_wstrb;
  logic [2:0]  awsize, arsize;
  logic [1:0]  awburst, arburst, bresp, rresp, lite_bresp, lite_rresp;
  logic [31:0] wdata, rdata, lite_wdata, lite_rdata;
  logic awvalid, awready, wlast, wvalid, wready, bvalid, bready, arvalid, arready, rlast, rvalid, rready;
  logic lite_awvalid, lite_awready, lite_wvalid, lite_wready, lite_bvalid, lite_bready;
  logic lite_arvalid, lite_arready, lite_rvalid, lite_rready;

  df_hps hps (
    .clk_i(clk), .reset_n_o(reset_n), .interrupt_i(interrupt),
    .m_awid_o(awid), .m_awaddr_o(awaddr), .m_awlen_o(awlen), .m_awsize_o(awsize), .m_awburst_o(awburst),
    .m_awvalid_o(awvalid), .m_awready_i(awready),
    .m_wdata_o(wdata), .m_wstrb_o(wstrb), .m_wlast_o(wlast), .m_wvalid_o(wvalid), .m_wready_i(wready),
    .m_bid_i(bid), .m_bresp_i(bresp), .m_bvalid_i(bvalid), .m_bready_o(bready),
    .m_arid_o(arid), .m_araddr_o(araddr), .m_arlen_o(arlen), .m_arsize_o(arsize), .m_arburst_o(arburst),
    .m_arvalid_o(arvalid), .m_arready_i(arready),
    .m_rid_i(rid), .m_rdata_i(rdata), .m_rresp_i(rresp), .m_rlast_i(rlast), .m_rvalid_i(rvalid), .m_rready_o(rready)
  );

  df_axi3_bridge bridge (
    .clk_i(clk), .reset_i(reset),
    .s_awid_i(awid), .s_awaddr_i(awaddr), .s_awlen_i(awlen), .s_awsize_i(awsize), .s_awburst_i(awburst),
    .s_awvalid_i(awvalid), .s_awready_o(awready),
    .s_wdata_i(wdata), .s_wstrb_i(wstrb), .s_wlast_i(wlast), .s_wvalid_i(wvalid), .s_wready_o(wready),
    .s_bid_o(bid), .s_bresp_o(bresp), .s_bvalid_o(bvalid), .s_bready_i(bready),
    .s_arid_i(arid), .s_araddr_i(araddr), .s_arlen_i(arlen), .s_arsize_i(arsize), .s_arburst_i(arburst),
    .s_arvalid_i(arvalid), .s_arready_o(arready),
    .s_rid_o(rid), .s_rdata_o(rdata), .s_rresp_o(rresp), .s_rlast_o(rlast), .s_rvalid_o(rvalid), .s_rready_i(rready),
    .m_awaddr_o(lite_awaddr), .m_awvalid_o(lite_awvalid), .m_awready_i(lite_awready),
    .m_wdata_o(lite_wdata), .m_wstrb_o(lite_wstrb), .m_wvalid_o(lite_wvalid), .m_wready_i(lite_wready),
    .m_bresp_i(lite_bresp), .m_bvalid_i(lite_bvalid), .m_bready_o(lite_bready),
    .m_araddr_o(lite_araddr), .m_arvalid_o(lite_arvalid), .m_arready_i(lite_arready),
    .m_rdata_i(lite_rdata), .m_rresp_i(lite_rresp), .m_rvalid_i(lite_rvalid), .m_rready_o(lite_rready)
  );

  df_gateware #(
    .IC_PAR(IC_PAR), .OC_PAR(OC_PAR), .PIXEL_TAPS(PIXEL_TAPS), .PIXEL_OUTPUTS(PIXEL_OUTPUTS), .CHUNK(CHUNK),
    .LEVELS_DEPTH(LEVELS_DEPTH), .WEIGHTS_DEPTH(WEIGHTS_DEPTH), .THRESHOLDS_DEPTH(THRESHOLDS_DEPTH),
    .PIXELS_DEPTH(PIXELS_DEPTH),
    .ACCUMULATORS_DEPTH(ACCUMULATORS_DEPTH)
  ) gateware (
    .clk_i(clk), .reset_i(reset), .enable_i(1'b1),
    .s_axi_awaddr_i(lite_awaddr), .s_axi_awvalid_i(lite_awvalid), .s_axi_awready_o(lite_awready),
    .s_axi_wdata_i(lite_wdata), .s_axi_wstrb_i(lite_wstrb), .s_axi_wvalid_i(lite_wvalid), .s_axi_wready_o(lite_wready),
    .s_axi_bresp_o(lite_bresp), .s_axi_bvalid_o(lite_bvalid), .s_axi_bready_i(lite_bready),
    .s_axi_araddr_i(lite_araddr), .s_axi_arvalid_i(lite_arvalid), .s_axi_arready_o(lite_arready),
    .s_axi_rdata_o(lite_rdata), .s_axi_rresp_o(lite_rresp), .s_axi_rvalid_o(lite_rvalid), .s_axi_rready_i(lite_rready),
    .interrupt_o(interrupt)
  );

  // ---- lights: 0 blinks when the clock runs, 1 is on when it is the right one, 2 while an interrupt waits
  localparam int unsigned HEARTBEAT_BITS = 26;  // of 100 MHz: three blinks in two seconds
  logic [HEARTBEAT_BITS-1:0] heartbeat_q;

  always_ff @(posedge clk) begin
    heartbeat_q <= heartbeat_q + 1'b1;
    if (reset) heartbeat_q <= '0;
  end
  assign led_o = {interrupt, locked, heartbeat_q[HEARTBEAT_BITS-1]};
endmodule
