// From sums to levels, a chunk of channels per cycle: level = number of thresholds that the sum reaches. Thresholds do not
// decrease within a channel.
module df_threshold_unit #(
  parameter int unsigned CHUNK = 8
) (
  input  logic                clk_i,
  input  logic [20*CHUNK-1:0] values_i,      // signed
  input  logic [60*CHUNK-1:0] thresholds_i,  // three per channel, signed, lowest first
  output logic [2*CHUNK-1:0]  levels_o       // next cycle
);
  for (genvar i = 0; i < CHUNK; i++) begin : g_channel
    wire signed [19:0] value = values_i[20*i+:20];
    wire signed [19:0] first = thresholds_i[60*i+:20];
    wire signed [19:0] second = thresholds_i[60*i+20+:20];
    wire signed [19:0] third = thresholds_i[60*i+40+:20];
    wire reaches_second = value >= second;
    always_ff @(posedge clk_i) levels_o[2*i+:2] <= {reaches_second, reaches_second ? value >= third : value >= first};
  end
endmodule
