// Sum of the levels whose weight bit is 1, for one output channel. Three registers from operands to result.
//
// Levels come in pairs (a, b) with their sum, which all output channels share: each then only selects 0, a, b or a + b
// by its two weight bits, one small LUT per bit, instead of adding a pair of its own.
module df_dot_product #(
  parameter int unsigned INPUTS = 64
) (
  input  logic                        clk_i,
  input  logic [7*INPUTS/2-1:0]       pairs_i,    // per pair {a + b [2:0], b [1:0], a [1:0]}
  input  logic [INPUTS-1:0]           weights_i,
  output logic [$clog2(3*INPUTS):0]   sum_o       // 0 .. 3 * INPUTS, three cycles later
);
  localparam int unsigned SUM_BITS = $clog2(3 * INPUTS) + 1;
  localparam int unsigned FOURS = INPUTS / 4;
  localparam int unsigned SIXTEENS = INPUTS / 16;

  logic [3*INPUTS/2-1:0] selected;
  logic [4*FOURS-1:0]    four_q;
  logic [6*SIXTEENS-1:0] sixteen_q;

  for (genvar i = 0; i < INPUTS / 2; i++) begin : g_pair
    wire [1:0] a = pairs_i[7*i+:2];
    wire [1:0] b = pairs_i[7*i+2+:2];
    wire [2:0] both = pairs_i[7*i+4+:3];
    always_comb begin
      unique case (weights_i[2*i+:2])
        2'b00: selected[3*i+:3] = 3'd0;
        2'b01: selected[3*i+:3] = {1'b0, a};
        2'b10: selected[3*i+:3] = {1'b0, b};
        default: selected[3*i+:3] = both;
      endcase
    end
  end

  for (genvar i = 0; i < FOURS; i++) begin : g_four
    always_ff @(posedge clk_i) four_q[4*i+:4] <= {1'b0, selected[6*i+:3]} + {1'b0, selected[6*i+3+:3]};
  end

  for (genvar i = 0; i < SIXTEENS; i++) begin : g_sixteen
    wire [4:0] low = {1'b0, four_q[16*i+:4]} + {1'b0, four_q[16*i+4+:4]};
    wire [4:0] high = {1'b0, four_q[16*i+8+:4]} + {1'b0, four_q[16*i+12+:4]};
    always_ff @(posedge clk_i) sixteen_q[6*i+:6] <= {1'b0, low} + {1'b0, high};
  end

  logic [SUM_BITS-1:0] total;
  always_comb begin
    total = '0;
    for (int i = 0; i < SIXTEENS; i++) total = total + SUM_BITS'(sixteen_q[6*i+:6]);
  end
  always_ff @(posedge clk_i) sum_o <= total;
endmodule
