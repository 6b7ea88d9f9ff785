// Chunks written at random into both buffers, words read by the engine and by the host.
module df_levels_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned INPUTS = 32;
  localparam int unsigned CHUNK = 8;
  localparam int unsigned DEPTH = 8;

  logic write_q = 1'b0, buffer_q, host_buffer_q, host_word_q;
  logic [2:0] write_address_q, read_address_q, reads_q[0:1];
  logic [3:0] lane_q;
  logic [15:0] data_q;
  logic [63:0] data_0, data_1, model_0_q[0:DEPTH-1], model_1_q[0:DEPTH-1], expected_0_q[0:1], expected_1_q[0:1];
  logic [31:0] host_word, expected_host_q;
  int cycle_q = 0;

  df_levels #(.INPUTS(INPUTS), .CHUNK(CHUNK), .DEPTH(DEPTH)) dut (
    .clk_i, .write_i(write_q), .write_buffer_i(buffer_q), .write_address_i(write_address_q), .write_lane_i(lane_q),
    .write_data_i(data_q), .read_address_i(read_address_q), .read_data_0_o(data_0), .read_data_1_o(data_1)
  );
  df_host_levels #(.INPUTS(INPUTS)) host_levels (
    .clk_i, .buffer_i(host_buffer_q), .word_i(host_word_q), .levels_0_i(data_0), .levels_1_i(data_1), .word_o(host_word)
  );

  always_ff @(posedge clk_i) begin
    cycle_q <= cycle_q + 1;
    // Every word is written once before the first is read.
    write_q <= cycle_q < 64 || 1'($urandom);
    buffer_q <= cycle_q < 64 ? cycle_q[5] : 1'($urandom);
    write_address_q <= cycle_q < 64 ? cycle_q[4:2] : 3'($urandom);
    lane_q <= 4'b1 << (cycle_q < 64 ? cycle_q[1:0] : 2'($urandom));
    data_q <= 16'($urandom);
    read_address_q <= 3'($urandom);
    for (int i = 0; i < 4; i++) begin
      if (write_q && lane_q[i] && !buffer_q) model_0_q[write_address_q][16*i+:16] <= data_q;
      if (write_q && lane_q[i] && buffer_q) model_1_q[write_address_q][16*i+:16] <= data_q;
    end
    expected_0_q[0] <= model_0_q[read_address_q];
    expected_1_q[0] <= model_1_q[read_address_q];
    {expected_0_q[1], expected_1_q[1]} <= {expected_0_q[0], expected_1_q[0]};
    {host_buffer_q, host_word_q} <= 2'($urandom);
    expected_host_q <= host_buffer_q ? data_1[32*host_word_q+:32] : data_0[32*host_word_q+:32];
    if (cycle_q > 80) begin
      checks_o <= checks_o + 1;
      if (data_0 != expected_0_q[1] || data_1 != expected_1_q[1] || host_word != expected_host_q) begin
        failures_o <= failures_o + 1;
      end
    end
  end
endmodule
