// From the AXI3 of a hard processor to the AXI4-Lite of the engine: bursts become beats, and ids come back. One read burst
// and one write burst are under way at a time; the processor's own bridge holds the others back.
// AXI3's WID is not looked at: with one burst under way there is nothing to interleave. Locked and exclusive accesses are
// plain accesses here, and the OKAY they get says so (ARM IHI 0022D, A7.2).
module df_axi3_bridge (
  input  logic        clk_i,
  input  logic        reset_i,           // synchronous
  // AXI3 slave
  input  logic [11:0] s_awid_i,
  input  logic [20:0] s_awaddr_i,
  input  logic [3:0]  s_awlen_i,
  input  logic [2:0]  s_awsize_i,
  input  logic [1:0]  s_awburst_i,
  input  logic        s_awvalid_i,
  output logic        s_awready_o,
  input  logic [31:0] s_wdata_i,
  input  logic [3:0]  s_wstrb_i,
  input  logic        s_wlast_i,
  input  logic        s_wvalid_i,
  output logic        s_wready_o,
  output logic [11:0] s_bid_o,
  output logic [1:0]  s_bresp_o,
  output logic        s_bvalid_o,
  input  logic        s_bready_i,
  input  logic [11:0] s_arid_i,
  input  logic [20:0] s_araddr_i,
  input  logic [3:0]  s_arlen_i,
  input  logic [2:0]  s_arsize_i,
  input  logic [1:0]  s_arburst_i,
  input  logic        s_arvalid_i,
  output logic        s_arready_o,
  output logic [11:0] s_rid_o,
  output logic [31:0] s_rdata_o,
  output logic [1:0]  s_rresp_o,
  output logic        s_rlast_o,
  output logic        s_rvalid_o,
  input  logic        s_rready_i,
  // AXI4-Lite master
  output logic [20:0] m_awaddr_o,
  output logic        m_awvalid_o,
  input  logic        m_awready_i,
  output logic [31:0] m_wdata_o,
  output logic [3:0]  m_wstrb_o,
  output logic        m_wvalid_o,
  input  logic        m_wready_i,
  input  logic [1:0]  m_bresp_i,
  input  logic        m_bvalid_i,
  output logic        m_bready_o,
  output logic [20:0] m_araddr_o,
  output logic        m_arvalid_o,
  input  logic        m_arready_i,
  input  logic [31:0] m_rdata_i,
  input  logic [1:0]  m_rresp_i,
  input  logic        m_rvalid_i,
  output logic        m_rready_o
);
  df_axi3_write write (.*);
  df_axi3_read read (.*);
endmodule
