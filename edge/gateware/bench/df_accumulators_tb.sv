// Chunks written at random, each sum read as the host reads it, negative ones too.
module df_accumulators_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned CHUNK = 8;
  localparam int unsigned DEPTH = 4;

  logic write_q = 1'b0;
  logic [1:0] write_address_q;
  logic [20*CHUNK-1:0] data_q, chunks_q[0:DEPTH-1];
  logic [4:0] host_address_q = '0;
  logic [31:0] word;
  int cycle_q = 0;

  df_accumulators #(.CHUNK(CHUNK), .DEPTH(DEPTH)) dut (
    .clk_i, .write_i(write_q), .write_address_i(write_address_q), .write_data_i(data_q),
    .host_address_i(host_address_q), .host_word_o(word)
  );

  // Every second turn of 16 cycles writes, the other reads, as a run and its host do.
  always_ff @(posedge clk_i) begin
    cycle_q <= cycle_q + 1;
    write_q <= !cycle_q[4];
    write_address_q <= cycle_q < 4 ? 2'(cycle_q) : 2'($urandom);
    for (int i = 0; i < CHUNK; i++) data_q[20*i+:20] <= 20'($urandom);
    if (write_q) chunks_q[write_address_q] <= data_q;
    if (cycle_q % 16 == 4) host_address_q <= 5'($urandom);
    if (cycle_q[4] && cycle_q % 16 == 8) begin
      checks_o <= checks_o + 1;
      if ($signed(word) != 32'($signed(chunks_q[host_address_q[4:3]][20*host_address_q[2:0]+:20]))) begin
        failures_o <= failures_o + 1;
      end
    end
  end
endmodule
