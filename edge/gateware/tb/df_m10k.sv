// The block memory of a Cyclone V as Yosys maps to it: the ports of techlibs/intel_alm/common/mem_sim.v, in a form that
// simulators take. A1EN is low to write.
module MISTRAL_M10K #(
  parameter int CFG_ABITS = 10,
  parameter int CFG_DBITS = 10
) (
  input  logic                 CLK1,
  input  logic [CFG_ABITS-1:0] A1ADDR,
  input  logic [CFG_DBITS-1:0] A1DATA,
  input  logic                 A1EN,
  input  logic [CFG_ABITS-1:0] B1ADDR,
  output logic [CFG_DBITS-1:0] B1DATA,
  input  logic                 B1EN
);
  logic [CFG_DBITS-1:0] memory_q[0:(1 << CFG_ABITS)-1];

  always_ff @(posedge CLK1) begin
    if (!A1EN) memory_q[A1ADDR] <= A1DATA;
    if (B1EN) B1DATA <= memory_q[B1ADDR];
  end
endmodule
