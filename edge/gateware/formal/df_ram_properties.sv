// Any one word of the memory: it holds what was written last, and is read two cycles after its address.
module df_ram_properties #(
  parameter int unsigned WIDTH = 32,
  parameter int unsigned DEPTH = 256
) (
  input logic                     clk_i,
  input logic                     write_i,
  input logic [$clog2(DEPTH)-1:0] write_address_i,
  input logic [WIDTH-1:0]         write_data_i,
  input logic [$clog2(DEPTH)-1:0] read_address_i,
  input logic [WIDTH-1:0]         first_q,
  input logic [WIDTH-1:0]         read_data_o
);
  // A proof takes every address for it; a simulation takes one.
  (* anyconst *) logic [$clog2(DEPTH)-1:0] watched;

  logic             known_q = 1'b0;
  logic [WIDTH-1:0] word_q, expected_q, expected_2_q;
  logic             read_q = 1'b0;
  logic             read_2_q = 1'b0;

  always_ff @(posedge clk_i) begin
    if (write_i && write_address_i == watched) {known_q, word_q} <= {1'b1, write_data_i};
    read_q <= known_q && read_address_i == watched;
    read_2_q <= read_q;
    expected_q <= word_q;
    expected_2_q <= expected_q;
    if (read_q) assert (first_q == expected_q);
    if (read_2_q) assert (read_data_o == expected_2_q);
  end
endmodule

bind df_ram df_ram_properties #(.WIDTH(WIDTH), .DEPTH(DEPTH)) properties (.*);
