// The accelerator: engine, loader and registers behind an AXI4-Lite slave of 2 MB.
module df_gateware #(
  parameter int unsigned IC_PAR = 64,
  parameter int unsigned OC_PAR = 64,
  parameter int unsigned PIXEL_TAPS = 1,
  parameter int unsigned PIXEL_OUTPUTS = 32,
  parameter int unsigned CHUNK = 8,
  parameter int unsigned LEVELS_DEPTH = 1024,
  parameter int unsigned WEIGHTS_DEPTH = 256,
  parameter int unsigned THRESHOLDS_DEPTH = 128,
  parameter int unsigned PIXELS_DEPTH = 1024,
  parameter int unsigned ACCUMULATORS_DEPTH = 256
) (
  input  logic        clk_i,
  input  logic        reset_i,           // synchronous
  input  logic        enable_i,          // low: no work is issued in this cycle; tie to 1
  input  logic [20:0] s_axi_awaddr_i,
  input  logic        s_axi_awvalid_i,
  output logic        s_axi_awready_o,
  input  logic [31:0] s_axi_wdata_i,
  input  logic [3:0]  s_axi_wstrb_i,
  input  logic        s_axi_wvalid_i,
  output logic        s_axi_wready_o,
  output logic [1:0]  s_axi_bresp_o,
  output logic        s_axi_bvalid_o,
  input  logic        s_axi_bready_i,
  input  logic [20:0] s_axi_araddr_i,
  input  logic        s_axi_arvalid_i,
  output logic        s_axi_arready_o,
  output logic [31:0] s_axi_rdata_o,
  output logic [1:0]  s_axi_rresp_o,
  output logic        s_axi_rvalid_o,
  input  logic        s_axi_rready_i,
  output logic        interrupt_o
);
  localparam int unsigned LEVELS_ADDRESS_BITS = $clog2(LEVELS_DEPTH) + $clog2(IC_PAR / 16);
  localparam int unsigned PIXELS_ADDRESS_BITS = $clog2(PIXELS_DEPTH);
  localparam int unsigned ACCUMULATORS_ADDRESS_BITS = $clog2(ACCUMULATORS_DEPTH * CHUNK);
  localparam logic [31:0] ARRAY_WORD =
    {8'd0, 8'(PIXEL_OUTPUTS), 4'(PIXEL_TAPS), 4'($clog2(CHUNK)), 4'($clog2(OC_PAR)), 4'($clog2(IC_PAR))};
  localparam logic [31:0] MEMORY_WORD =
    {8'($clog2(PIXELS_DEPTH)), 8'($clog2(THRESHOLDS_DEPTH)), 8'($clog2(WEIGHTS_DEPTH)), 8'($clog2(LEVELS_DEPTH))};

  logic write, read, read_valid;
  logic [20:2] write_address, read_address;
  logic [31:0] write_data, read_data;
  logic load_begin, load_valid, loaded, load_error;
  logic [31:0] load_word, checksum, cycle_limit, word;
  logic [7:0] load_error_code;
  logic rewind, program_valid, thresholds_valid, weights_valid, overflow;
  logic start, abort, pixel_write, levels_buffer, busy, done;
  logic [PIXELS_ADDRESS_BITS-1:0] pixel_address;
  logic [23:0] pixel;
  logic [LEVELS_ADDRESS_BITS-1:0] levels_address;
  logic [ACCUMULATORS_ADDRESS_BITS-1:0] accumulator_address;
  logic [31:0] levels_word, accumulator, cycles;
  logic [7:0] error_code, layer_index;

  df_axi_lite axi_lite (
    .clk_i, .reset_i, .s_axi_awaddr_i, .s_axi_awvalid_i, .s_axi_awready_o, .s_axi_wdata_i, .s_axi_wstrb_i,
    .s_axi_wvalid_i, .s_axi_wready_o, .s_axi_bresp_o, .s_axi_bvalid_o, .s_axi_bready_i, .s_axi_araddr_i,
    .s_axi_arvalid_i, .s_axi_arready_o, .s_axi_rdata_o, .s_axi_rresp_o, .s_axi_rvalid_o, .s_axi_rready_i,
    .write_o(write), .write_address_o(write_address), .write_data_o(write_data),
    .read_o(read), .read_address_o(read_address), .read_valid_i(read_valid), .read_data_i(read_data)
  );
  df_registers #(
    .ARRAY_WORD(ARRAY_WORD), .MEMORY_WORD(MEMORY_WORD),
    .LEVELS_ADDRESS_BITS(LEVELS_ADDRESS_BITS), .PIXELS_ADDRESS_BITS(PIXELS_ADDRESS_BITS),
    .ACCUMULATORS_ADDRESS_BITS(ACCUMULATORS_ADDRESS_BITS), .LOG2_ACCUMULATORS(8'($clog2(ACCUMULATORS_DEPTH)))
  ) registers (
    .clk_i, .reset_i, .write_i(write), .write_address_i(write_address), .write_data_i(write_data),
    .read_i(read), .read_address_i(read_address), .read_valid_o(read_valid), .read_data_o(read_data),
    .load_begin_o(load_begin), .load_valid_o(load_valid), .load_word_o(load_word), .loaded_i(loaded),
    .checksum_i(checksum), .load_error_i(load_error), .load_error_code_i(load_error_code),
    .start_o(start), .abort_o(abort), .pixel_write_o(pixel_write), .pixel_address_o(pixel_address), .pixel_o(pixel),
    .levels_buffer_o(levels_buffer), .levels_address_o(levels_address), .levels_word_i(levels_word),
    .accumulator_address_o(accumulator_address), .accumulator_i(accumulator),
    .busy_i(busy), .done_i(done), .error_code_i(error_code), .layer_index_i(layer_index), .cycles_i(cycles),
    .interrupt_o
  );
  df_loader #(.ARRAY_WORD(ARRAY_WORD)) loader (
    .clk_i, .reset_i, .begin_i(load_begin), .valid_i(load_valid), .word_i(load_word), .rewind_o(rewind),
    .program_valid_o(program_valid), .thresholds_valid_o(thresholds_valid), .weights_valid_o(weights_valid),
    .word_o(word), .overflow_i(overflow), .loaded_o(loaded), .checksum_o(checksum), .cycle_limit_o(cycle_limit),
    .error_o(load_error), .error_code_o(load_error_code)
  );
  df_engine #(
    .IC_PAR(IC_PAR), .OC_PAR(OC_PAR), .PIXEL_TAPS(PIXEL_TAPS), .PIXEL_OUTPUTS(PIXEL_OUTPUTS), .CHUNK(CHUNK),
    .LEVELS_DEPTH(LEVELS_DEPTH), .WEIGHTS_DEPTH(WEIGHTS_DEPTH), .THRESHOLDS_DEPTH(THRESHOLDS_DEPTH),
    .PIXELS_DEPTH(PIXELS_DEPTH), .ACCUMULATORS_DEPTH(ACCUMULATORS_DEPTH)
  ) engine (
    .clk_i, .abort_i(abort), .start_i(start), .enable_i, .rewind_i(rewind), .program_valid_i(program_valid),
    .thresholds_valid_i(thresholds_valid), .weights_valid_i(weights_valid), .word_i(word), .overflow_o(overflow),
    .cycle_limit_i(cycle_limit), .pixel_write_i(pixel_write), .pixel_address_i(pixel_address), .pixel_i(pixel),
    .host_buffer_i(levels_buffer), .host_address_i(levels_address), .host_word_o(levels_word),
    .accumulator_address_i(accumulator_address), .accumulator_o(accumulator),
    .busy_o(busy), .done_o(done), .error_code_o(error_code), .layer_index_o(layer_index), .cycles_o(cycles)
  );
endmodule
