// Memory with one write port and one read port. Data come two cycles after their address: the second register is the
// output register of an M10K block, without which its clock-to-output time alone would take a third of a cycle.
module df_ram #(
  parameter int unsigned WIDTH = 32,
  parameter int unsigned DEPTH = 256
) (
  input  logic                     clk_i,
  input  logic                     write_i,
  input  logic [$clog2(DEPTH)-1:0] write_address_i,
  input  logic [WIDTH-1:0]         write_data_i,
  input  logic [$clog2(DEPTH)-1:0] read_address_i,
  output logic [WIDTH-1:0]         read_data_o
);
  (* ramstyle = "M10K, no_rw_check" *) logic [WIDTH-1:0] memory_q[0:DEPTH-1];
  logic [WIDTH-1:0] first_q;

  always_ff @(posedge clk_i) begin
    if (write_i) memory_q[write_address_i] <= write_data_i;
    first_q <= memory_q[read_address_i];
    read_data_o <= first_q;
  end
endmodule
