// One step of the CRC-32 of IEEE 802.3 over a little-endian word, bit 0 first, in the reflected form that zlib computes.
module df_crc32 (
  input  logic [31:0] crc_i,
  input  logic [31:0] word_i,
  output logic [31:0] crc_o
);
  localparam logic [31:0] POLYNOMIAL = 32'hedb88320;

  always_comb begin
    crc_o = crc_i ^ word_i;
    for (int i = 0; i < 32; i++) crc_o = (crc_o >> 1) ^ (crc_o[0] ? POLYNOMIAL : 32'd0);
  end
endmodule
