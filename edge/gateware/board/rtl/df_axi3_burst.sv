// The rules of an AXI3 burst, for one beat: where the next beat goes, and whether the burst is one at all.
// ARM IHI 0022D, A3.4.1: address structure.
module df_axi3_burst (
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

  logic [20:0] step, incremented, wrap_mask;
  logic wraps;

  assign step = 21'd1 << size_i;
  // Only the first beat may be unaligned.
  assign incremented = (address_i & ~(step - 21'd1)) + step;
  // A burst that wraps has 2, 4, 8 or 16 beats, so its bytes are a power of two.
  assign wrap_mask = ((21'(length_i) + 21'd1) << size_i) - 21'd1;
  assign wraps = length_i != '0 && (length_i & (length_i + 4'd1)) == '0;

  always_comb begin
    case (burst_i)
      FIXED: next_address_o = address_i;
      WRAP: next_address_o = (address_i & ~wrap_mask) | (incremented & wrap_mask);
      default: next_address_o = incremented;
    endcase
  end

  assign refused_o = size_i > 3'd2 || burst_i == RESERVED || (burst_i == WRAP && !wraps);
endmodule
