// The vendor's cells as empty modules, for tools that do not have them. Ports and widths as in Quartus' component
// declarations; ports that the design leaves open are left out here.
module altera_pll #(
  parameter fractional_vco_multiplier = "", parameter reference_clock_frequency = "", parameter operation_mode = "",
  parameter int number_of_clocks = 1, parameter output_clock_frequency0 = "", parameter phase_shift0 = "",
  parameter int duty_cycle0 = 50, parameter pll_type = "", parameter pll_subtype = ""
) (
  input rst, input refclk, input fbclk, output [number_of_clocks-1:0] outclk, output locked
);
endmodule

module cyclonev_hps_interface_hps2fpga_light_weight (
  input clk,
  output [11:0] awid, output [20:0] awaddr, output [3:0] awlen, output [2:0] awsize, output [1:0] awburst,
  output awvalid, input awready,
  output [31:0] wdata, output [3:0] wstrb, output wlast, output wvalid, input wready,
  input [11:0] bid, input [1:0] bresp, input bvalid, output bready,
  output [11:0] arid, output [20:0] araddr, output [3:0] arlen, output [2:0] arsize, output [1:0] arburst,
  output arvalid, input arready,
  input [11:0] rid, input [31:0] rdata, input [1:0] rresp, input rlast, input rvalid, output rready
);
endmodule

module cyclonev_hps_interface_interrupts (input [63:0] irq);
endmodule

module cyclonev_hps_interface_clocks_resets (
  output h2f_rst_n, input f2h_cold_rst_req_n, input f2h_warm_rst_req_n, input f2h_dbg_rst_req_n, input f2h_pending_rst_ack
);
endmodule

module cyclonev_hps_interface_fpga2hps (input [1:0] port_size_config);
endmodule

module cyclonev_hps_interface_hps2fpga (input [1:0] port_size_config);
endmodule

module cyclonev_hps_interface_fpga2sdram (
  input [5:0] cfg_axi_mm_select, input [17:0] cfg_cport_rfifo_map, input [11:0] cfg_cport_type,
  input [17:0] cfg_cport_wfifo_map, input [11:0] cfg_port_width, input [15:0] cfg_rfifo_cport_map,
  input [15:0] cfg_wfifo_cport_map
);
endmodule

module cyclonev_hps_interface_dbg_apb (input DBG_APB_DISABLE, input P_CLK_EN);
endmodule

module cyclonev_hps_interface_tpiu_trace (input traceclk_ctl);
endmodule

module cyclonev_hps_interface_boot_from_fpga (
  input boot_from_fpga_ready, input boot_from_fpga_on_failure, input bsel_en, input [2:0] bsel, input csel_en, input [1:0] csel
);
endmodule
