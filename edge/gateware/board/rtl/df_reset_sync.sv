// A reset for one clock. It begins without a clock, which a PLL may not give yet, and both of its edges are synchronous to
// the clock where it is used. It is on from the first moment: what comes before it would be lost in it.
module df_reset_sync (
  input  logic clk_i,
  input  logic ready_i,   // asynchronous; low: reset
  output logic reset_o
);
  logic [1:0] ready_q = '0;
  logic [1:0] reset_q = '1;

  always_ff @(posedge clk_i or negedge ready_i) begin
    if (!ready_i) ready_q <= '0;
    else ready_q <= {ready_q[0], 1'b1};
  end
  always_ff @(posedge clk_i) reset_q <= {reset_q[0], !ready_q[1]};

  assign reset_o = reset_q[1];
endmodule
