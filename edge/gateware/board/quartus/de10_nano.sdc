# Terasic's DE10-Nano has three oscillators of 50 MHz on the FPGA's side; this is the first.
create_clock -name clk50 -period 20.000 [get_ports clk50_i]
derive_pll_clocks
derive_clock_uncertainty

# The reset comes from the PLL and the processor at any time; df_reset_sync brings it to the clock.
set_false_path -to [get_registers {*reset_sync|ready_q[*]}]

# Lights.
set_false_path -to [get_ports {led_o[*]}]
