// 50 MHz to the engine's clock by Intel's altera_pll, which Quartus brings with it: no generated component is needed.
module df_pll (
  input  logic clk50_i,
  output logic clk_o,
  output logic locked_o
);
  altera_pll #(
    .fractional_vco_multiplier("false"), .reference_clock_frequency("50.0 MHz"), .operation_mode("direct"),
    .number_of_clocks(1), .output_clock_frequency0("100.0 MHz"), .phase_shift0("0 ps"), .duty_cycle0(50),
    .pll_type("General"), .pll_subtype("General")
  ) pll (.rst(1'b0), .refclk(clk50_i), .fbclk(1'b0), .outclk(clk_o), .locked(locked_o));
endmodule
