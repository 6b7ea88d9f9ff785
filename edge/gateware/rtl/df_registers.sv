// The registers, and the meaning of each address of the window. A write takes one cycle; a read answers after READ_CYCLES,
// the time that the slowest memory takes.
module df_registers #(
  parameter logic [31:0] ARRAY_WORD = 32'd0,
  parameter logic [31:0] MEMORY_WORD = 32'd0,
  parameter int unsigned LEVELS_ADDRESS_BITS = 12,
  parameter int unsigned PIXELS_ADDRESS_BITS = 10,
  parameter int unsigned ACCUMULATORS_ADDRESS_BITS = 11,
  parameter logic [7:0]  LOG2_ACCUMULATORS = 8'd8
) (
  input  logic                           clk_i,
  input  logic                           reset_i,
  // Bus
  input  logic                           write_i,
  input  logic [20:2]                    write_address_i,
  input  logic [31:0]                    write_data_i,
  input  logic                           read_i,
  input  logic [20:2]                    read_address_i,
  output logic                           read_valid_o,
  output logic [31:0]                    read_data_o,
  // Loader
  output logic                           load_begin_o,
  output logic                           load_valid_o,
  output logic [31:0]                    load_word_o,
  input  logic                           loaded_i,
  input  logic [31:0]                    checksum_i,
  input  logic                           load_error_i,
  input  logic [7:0]                     load_error_code_i,
  // Engine
  output logic                           start_o,
  output logic                           abort_o,
  output logic                           pixel_write_o,
  output logic [PIXELS_ADDRESS_BITS-1:0] pixel_address_o,
  output logic [23:0]                    pixel_o,
  output logic                           levels_buffer_o,
  output logic [LEVELS_ADDRESS_BITS-1:0] levels_address_o,
  input  logic [31:0]                    levels_word_i,
  output logic [ACCUMULATORS_ADDRESS_BITS-1:0] accumulator_address_o,
  input  logic [31:0]                    accumulator_i,
  input  logic                           busy_i,
  input  logic                           done_i,
  input  logic [7:0]                     error_code_i,
  input  logic [7:0]                     layer_index_i,
  input  logic [31:0]                    cycles_i,
  output logic                           interrupt_o
);
  localparam int unsigned READ_CYCLES = 6;

  logic       done_q, interrupt_enable_q, interrupt_q;
  logic [7:0] error_q, error_d;
  logic [READ_CYCLES-1:0] reading_q;
  logic [20:2] read_address_q;

  // ---- writes
  wire [20:0] address = {write_address_i, 2'b00};
  wire control = write_i && address == df_gateware_pkg::REGISTER_CONTROL;
  wire load_window = write_i && (address & df_gateware_pkg::WINDOW_LOAD_MASK) == df_gateware_pkg::WINDOW_LOAD;
  wire pixel_window = write_i && (address & df_gateware_pkg::WINDOW_PIXELS_MASK) == df_gateware_pkg::WINDOW_PIXELS;
  wire start = control && write_data_i[df_gateware_pkg::CONTROL_START];
  wire load = control && write_data_i[df_gateware_pkg::CONTROL_LOAD];
  wire abort = control && write_data_i[df_gateware_pkg::CONTROL_ABORT];
  // A run that ends while it is stopped has not ended: the sequencer hears of an abort a cycle after the host wrote it.
  wire done = done_i && !abort_o;
  wire [7:0] run_error = abort_o ? 8'd0 : error_code_i;
  // The end of a run, or its error, stands in the status a cycle after the engine has come to rest: busy until then.
  wire busy = busy_i || done || run_error != 8'd0;
  wire disturbs = busy_i && (start || load || load_window || pixel_window);

  always_comb begin
    error_d = error_q;
    if (start || load) error_d = 8'd0;
    if (error_d == 8'd0) begin
      if (run_error != 8'd0) error_d = run_error;
      else if (load_error_i) error_d = load_error_code_i;
      else if (disturbs) error_d = df_gateware_pkg::ERROR_BUSY;
      else if (start && !loaded_i) error_d = df_gateware_pkg::ERROR_NOT_LOADED;
    end
    if (abort) error_d = 8'd0;
  end

  always_ff @(posedge clk_i) begin
    start_o <= start && loaded_i && !busy_i && !load;
    abort_o <= abort || reset_i;
    load_begin_o <= load && !busy_i;
    load_valid_o <= load_window && !busy_i;
    load_word_o <= write_data_i;
    pixel_write_o <= pixel_window && !busy_i;
    pixel_address_o <= address[2+:PIXELS_ADDRESS_BITS];
    pixel_o <= write_data_i[23:0];
    error_q <= reset_i ? '0 : error_d;
    if (done) done_q <= 1'b1;
    if (start || load || abort || reset_i) done_q <= 1'b0;
    if (write_i && address == df_gateware_pkg::REGISTER_INTERRUPT_ENABLE) interrupt_enable_q <= write_data_i[0];
    if (write_i && address == df_gateware_pkg::REGISTER_INTERRUPT && write_data_i[0]) interrupt_q <= 1'b0;
    if (done || run_error != 8'd0) interrupt_q <= 1'b1;
    if (reset_i) {interrupt_enable_q, interrupt_q} <= '0;
    interrupt_o <= interrupt_q && interrupt_enable_q;
  end

  // ---- reads
  wire [20:0] read_address = {read_address_q, 2'b00};
  wire levels_0 = (read_address & df_gateware_pkg::WINDOW_LEVELS_0_MASK) == df_gateware_pkg::WINDOW_LEVELS_0;
  wire levels_1 = (read_address & df_gateware_pkg::WINDOW_LEVELS_1_MASK) == df_gateware_pkg::WINDOW_LEVELS_1;
  wire accumulators =
    (read_address & df_gateware_pkg::WINDOW_ACCUMULATORS_MASK) == df_gateware_pkg::WINDOW_ACCUMULATORS;
  assign accumulator_address_o = read_address[2+:ACCUMULATORS_ADDRESS_BITS];
  assign levels_buffer_o = levels_1;
  assign levels_address_o = read_address[2+:LEVELS_ADDRESS_BITS];

  logic [31:0] status, register;
  always_comb begin
    status = {16'd0, layer_index_i, 8'd0};
    status[df_gateware_pkg::STATUS_BUSY] = busy;
    status[df_gateware_pkg::STATUS_DONE] = done_q;
    status[df_gateware_pkg::STATUS_LOADED] = loaded_i;
    status[df_gateware_pkg::STATUS_ERROR] = error_q != '0;
  end
  always_comb begin
    unique case (read_address)
      df_gateware_pkg::REGISTER_IDENTITY: register = df_gateware_pkg::IDENTITY;
      df_gateware_pkg::REGISTER_VERSION: register = df_gateware_pkg::VERSION;
      df_gateware_pkg::REGISTER_ARRAY: register = ARRAY_WORD;
      df_gateware_pkg::REGISTER_MEMORY: register = MEMORY_WORD;
      df_gateware_pkg::REGISTER_STATUS: register = status;
      df_gateware_pkg::REGISTER_ERROR: register = {24'd0, error_q};
      df_gateware_pkg::REGISTER_CYCLES: register = cycles_i;
      df_gateware_pkg::REGISTER_INTERRUPT_ENABLE: register = {31'd0, interrupt_enable_q};
      df_gateware_pkg::REGISTER_INTERRUPT: register = {31'd0, interrupt_q};
      df_gateware_pkg::REGISTER_CHECKSUM: register = checksum_i;
      df_gateware_pkg::REGISTER_ACCUMULATORS: register = {24'd0, LOG2_ACCUMULATORS};
      default: register = 32'd0;
    endcase
  end

  assign read_valid_o = reading_q[READ_CYCLES-1];
  always_ff @(posedge clk_i) begin
    reading_q <= reset_i ? '0 : {reading_q[READ_CYCLES-2:0], read_i};
    if (read_i) read_address_q <= read_address_i;
    read_data_o <= levels_0 || levels_1 ? levels_word_i : accumulators ? accumulator_i : register;
  end
endmodule
