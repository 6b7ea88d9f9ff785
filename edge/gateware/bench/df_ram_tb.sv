// Writes and reads at random. A word that is read in the cycle in which it is written is not compared: on the chip it may be
// the old one or the new one.
module df_ram_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned WIDTH = 12;
  localparam int unsigned DEPTH = 8;

  logic write_q = 1'b0;
  logic [2:0] write_address_q = '0, read_address_q = '0;
  logic [WIDTH-1:0] write_data_q, read_data, words_q[0:DEPTH-1], expected_q[0:1];
  logic [1:0] known_q = '0;
  int cycle_q = 0;

  df_ram #(.WIDTH(WIDTH), .DEPTH(DEPTH)) dut (
    .clk_i, .write_i(write_q), .write_address_i(write_address_q), .write_data_i(write_data_q),
    .read_address_i(read_address_q), .read_data_o(read_data)
  );

  always_ff @(posedge clk_i) begin
    cycle_q <= cycle_q + 1;
    // Every word is written once before the first is read.
    write_q <= cycle_q < DEPTH || 1'($urandom);
    write_address_q <= cycle_q < DEPTH ? 3'(cycle_q) : 3'($urandom);
    write_data_q <= WIDTH'($urandom);
    read_address_q <= 3'($urandom);
    if (write_q) words_q[write_address_q] <= write_data_q;
    expected_q[0] <= words_q[read_address_q];
    expected_q[1] <= expected_q[0];
    known_q <= {known_q[0], cycle_q > DEPTH && !(write_q && write_address_q == read_address_q)};
    if (known_q[1]) begin
      checks_o <= checks_o + 1;
      if (read_data != expected_q[1]) failures_o <= failures_o + 1;
    end
  end
endmodule
