// The rules of an AXI3 burst, for one beat: where the next beat goes, and whether the burst is one at all.
// ARM IHI 0022D, A3.4.1: address structure. The next address is there two cycles after the inputs, which no beat is
// shorter than.
module df_axi3_burst (
  input  logic        clk_i,
  input  logic [20:0] address_i,        // of this beat
  input  logic [3:0]  length_i,         // beats of the burst, less one
  input  logic [2:0]  size_i,           // log2 of the bytes of a beat
  input  logic [1:0]  burst_i,          // 0 FIXED, 1 INCR, 2 WRAP
  output logic [20:0] next_address_o,
  output logic        refused_o         // wider than the bus, a reserved burst, or a wrap of a length that cannot wrap
);
  localparam logic [1:0] FIXED = 2'b00;
  localparam logic [1:0] WRAP = 2'b10;
  localparam logic [1:0] RESERVED = 2'b11;

  logic [20:0] incremented_q;
  logic [5:0]  wrap_mask_q;
  logic [1:0]  byte_mask;  // the address bits inside a beat
  logic        wraps;

  assign byte_mask = {size_i[1], |size_i[1:0]};

  always_ff @(posedge clk_i) begin
    // From the last byte of this beat: only the first beat may be unaligned.
    incremented_q <= (address_i | 21'(byte_mask)) + 21'd1;
    // A burst that wraps has 2, 4, 8 or 16 beats, so its length is all ones, and so are the bits of its bytes.
    wrap_mask_q <= (6'(length_i) << size_i[1:0]) | 6'(byte_mask);
  end

  always_comb begin
    case (burst_i)
      FIXED: next_address_o = address_i;
      WRAP: next_address_o = {address_i[20:6], (address_i[5:0] & ~wrap_mask_q) | (incremented_q[5:0] & wrap_mask_q)};
      default: next_address_o = incremented_q;
    endcase
  end

  assign wraps = length_i != '0 && (length_i & (length_i + 4'd1)) == '0;
  assign refused_o = size_i > 3'd2 || burst_i == RESERVED || (burst_i == WRAP && !wraps);
endmodule
