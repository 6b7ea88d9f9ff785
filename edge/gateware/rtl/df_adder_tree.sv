// Sum of COUNT signed values, two at a time, with a register after every level. Three at a time would take fewer levels
// and more logic: an adder of a Cyclone V has two operands.
module df_adder_tree #(
  parameter int unsigned COUNT = 9,
  parameter int unsigned WIDTH = 20,
  localparam int unsigned LEVELS = $clog2(COUNT)
) (
  input  logic                   clk_i,
  input  logic [COUNT*WIDTH-1:0] values_i,
  output logic [WIDTH-1:0]       sum_o      // LEVELS cycles later, modulo 2^WIDTH
);
  // One level after the other: [0] are the values themselves. A level without a partner for its last value passes it on.
  for (genvar level = 0; level <= LEVELS; level++) begin : g_level
    localparam int unsigned LEFT = (COUNT + (1 << level) - 1) >> level;
    logic [LEFT*WIDTH-1:0] values;
    if (level == 0) begin : g_values
      assign values = values_i;
    end else begin : g_sums
      localparam int unsigned BEFORE = (COUNT + (1 << (level - 1)) - 1) >> (level - 1);
      for (genvar i = 0; i < LEFT; i++) begin : g_sum
        wire [WIDTH-1:0] first = g_level[level-1].values[2*i*WIDTH+:WIDTH];
        if (2 * i + 1 < BEFORE) begin : g_pair
          wire [WIDTH-1:0] second = g_level[level-1].values[(2*i+1)*WIDTH+:WIDTH];
          always_ff @(posedge clk_i) values[i*WIDTH+:WIDTH] <= first + second;
        end else begin : g_alone
          always_ff @(posedge clk_i) values[i*WIDTH+:WIDTH] <= first;
        end
      end
    end
  end
  assign sum_o = g_level[LEVELS].values;
endmodule
