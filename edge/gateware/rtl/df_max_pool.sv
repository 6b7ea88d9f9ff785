// Maximum of the levels of each window, all input lanes at once. The result is delayed so that it leaves in the same
// cycle as the accumulators of a convolution would.
module df_max_pool #(
  parameter int unsigned INPUTS = 64,
  parameter int unsigned DELAY = 4
) (
  input  logic                clk_i,
  input  logic                valid_i,
  input  logic                first_i,
  input  logic [2*INPUTS-1:0] levels_i,
  input  logic                hold_i,     // DELAY + 1 cycles after the last level of a window
  output logic [2*INPUTS-1:0] maximum_o
);
  logic [2*INPUTS-1:0] maximum_q;
  logic [2*INPUTS-1:0] delay_q[0:DELAY-1];

  for (genvar i = 0; i < INPUTS; i++) begin : g_input
    wire [1:0] level = levels_i[2*i+:2];
    wire [1:0] highest = maximum_q[2*i+:2];
    always_ff @(posedge clk_i) if (valid_i) maximum_q[2*i+:2] <= first_i || level > highest ? level : highest;
  end

  always_ff @(posedge clk_i) begin
    delay_q[0] <= maximum_q;
    for (int i = 1; i < DELAY; i++) delay_q[i] <= delay_q[i-1];
    if (hold_i) maximum_o <= delay_q[DELAY-1];
  end
endmodule
