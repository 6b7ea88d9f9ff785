// The vendor's cells that the design only switches off, as empty modules for tools that do not have them. Ports and widths
// as in Quartus' component declarations; ports that the design leaves open are left out here.
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
