// A wide memory that is filled by a stream of 32-bit words, row after row from address 0. Words gather in a lane of 160
// bits, the width of eight M10K blocks, so that a row of thousands of bits needs no multiplexer in front of it.
module df_stream_ram #(
  parameter int unsigned WIDTH = 1024,
  parameter int unsigned DEPTH = 256
) (
  input  logic                     clk_i,
  input  logic                     rewind_i,      // the next word is the first of row 0
  input  logic                     valid_i,
  input  logic [31:0]              word_i,
  output logic                     overflow_o,    // a word came after the last row
  input  logic [$clog2(DEPTH)-1:0] read_address_i,
  output logic [WIDTH-1:0]         read_data_o    // two cycles after the address
);
  localparam int unsigned LANE_BITS = 32 * df_gateware_pkg::LANE_WORDS;
  localparam int unsigned LANES = (WIDTH + LANE_BITS - 1) / LANE_BITS;
  localparam int unsigned ADDRESS_BITS = $clog2(DEPTH);
  localparam logic [2:0] LAST_WORD = 3'(df_gateware_pkg::LANE_WORDS - 1);

  logic [LANE_BITS-1:0]    lane_q;
  logic [2:0]              word_q;
  logic [LANES-1:0]        select_q, write_q;
  logic [ADDRESS_BITS:0]   row_q;
  logic [ADDRESS_BITS-1:0] write_row_q;
  wire                     lane_full = valid_i && word_q == LAST_WORD;
  wire                     row_full = lane_full && select_q[LANES-1];

  assign overflow_o = valid_i && row_q[ADDRESS_BITS];

  always_ff @(posedge clk_i) begin
    write_q <= lane_full && !row_q[ADDRESS_BITS] ? select_q : '0;
    write_row_q <= row_q[ADDRESS_BITS-1:0];
    if (valid_i) begin
      lane_q <= {word_i, lane_q[LANE_BITS-1:32]};
      word_q <= lane_full ? '0 : word_q + 1'b1;
    end
    if (lane_full) select_q <= row_full ? LANES'(1) : select_q << 1;
    if (row_full && !row_q[ADDRESS_BITS]) row_q <= row_q + 1'b1;
    if (rewind_i) begin
      word_q <= '0;
      select_q <= LANES'(1);
      row_q <= '0;
    end
  end

  for (genvar i = 0; i < LANES; i++) begin : g_lane
    localparam int unsigned LOW = i * LANE_BITS;
    localparam int unsigned BITS = WIDTH - LOW < LANE_BITS ? WIDTH - LOW : LANE_BITS;
    df_ram #(.WIDTH(BITS), .DEPTH(DEPTH)) ram (
      .clk_i, .write_i(write_q[i]), .write_address_i(write_row_q), .write_data_i(lane_q[BITS-1:0]),
      .read_address_i, .read_data_o(read_data_o[LOW+:BITS])
    );
  end
endmodule
