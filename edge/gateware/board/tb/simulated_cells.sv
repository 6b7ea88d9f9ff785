// The vendor's cells that do something, as far as the design needs it: a PLL that locks after a while, a processor that
// comes out of reset, its bridge driven by tb/simulate_board.cpp, and its interrupt. Ports and widths as in Quartus'
// component declarations; ports that the design leaves open are left out here.
module altera_pll #(
  parameter fractional_vco_multiplier = "", parameter reference_clock_frequency = "", parameter operation_mode = "",
  parameter int number_of_clocks = 1, parameter output_clock_frequency0 = "", parameter phase_shift0 = "",
  parameter int duty_cycle0 = 50, parameter pll_type = "", parameter pll_subtype = ""
) (
  input logic rst, input logic refclk, input logic fbclk, output logic [number_of_clocks-1:0] outclk, output logic locked
);
  int cycles_q = 0;
  always_ff @(posedge refclk) cycles_q <= cycles_q + 1;
  assign outclk = {number_of_clocks{refclk}};  // the frequency means nothing to a simulation by cycles
  assign locked = cycles_q > 20;
endmodule

module cyclonev_hps_interface_clocks_resets (
  output logic h2f_rst_n, input logic f2h_cold_rst_req_n, input logic f2h_warm_rst_req_n, input logic f2h_dbg_rst_req_n,
  input logic f2h_pending_rst_ack
);
  assign h2f_rst_n = 1'b1;
endmodule

module cyclonev_hps_interface_interrupts (input logic [63:0] irq);
  import "DPI-C" function void board_interrupts(input longint irq);
  always_comb board_interrupts(irq);
endmodule

module cyclonev_hps_interface_hps2fpga_light_weight (
  input logic clk,
  output logic [11:0] awid, output logic [20:0] awaddr, output logic [3:0] awlen, output logic [2:0] awsize,
  output logic [1:0] awburst, output logic awvalid, input logic awready,
  output logic [31:0] wdata, output logic [3:0] wstrb, output logic wlast, output logic wvalid, input logic wready,
  input logic [11:0] bid, input logic [1:0] bresp, input logic bvalid, output logic bready,
  output logic [11:0] arid, output logic [20:0] araddr, output logic [3:0] arlen, output logic [2:0] arsize,
  output logic [1:0] arburst, output logic arvalid, input logic arready,
  input logic [11:0] rid, input logic [31:0] rdata, input logic [1:0] rresp, input logic rlast, input logic rvalid,
  output logic rready
);
  import "DPI-C" function void board_edge(
    input bit awready, input bit wready, input bit bvalid, input int bid, input int bresp,
    input bit arready, input bit rvalid, input int rid, input int rdata, input int rresp, input bit rlast,
    output bit awvalid, output int awid, output int awaddr, output int awlen, output bit wvalid, output int wdata,
    output bit wlast, output bit bready, output bit arvalid, output int arid, output int araddr, output int arlen,
    output bit rready
  );
  localparam logic [2:0] WORDS = 3'd2;
  localparam logic [1:0] INCR = 2'd1;

  bit next_awvalid, next_wvalid, next_wlast, next_bready, next_arvalid, next_rready;
  int next_awid, next_awaddr, next_awlen, next_wdata, next_arid, next_araddr, next_arlen;

  always_ff @(posedge clk) begin
    board_edge(
      awready, wready, bvalid, {20'd0, bid}, {30'd0, bresp}, arready, rvalid, {20'd0, rid}, rdata, {30'd0, rresp}, rlast,
      next_awvalid, next_awid, next_awaddr, next_awlen, next_wvalid, next_wdata, next_wlast, next_bready,
      next_arvalid, next_arid, next_araddr, next_arlen, next_rready
    );
    {awvalid, wvalid, wlast, bready} <= {next_awvalid, next_wvalid, next_wlast, next_bready};
    {arvalid, rready} <= {next_arvalid, next_rready};
    {awid, awaddr, awlen, wdata} <= {next_awid[11:0], next_awaddr[20:0], next_awlen[3:0], next_wdata};
    {arid, araddr, arlen} <= {next_arid[11:0], next_araddr[20:0], next_arlen[3:0]};
  end
  assign {awsize, awburst, wstrb, arsize, arburst} = {WORDS, INCR, 4'hf, WORDS, INCR};
endmodule
