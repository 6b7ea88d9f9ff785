// Each read is answered once; no command reaches the engine during a run; the first error stays until a command clears it,
// and the interrupt until the host does.
module df_registers_properties (
  input logic        clk_i,
  input logic        reset_i,
  input logic        write_i,
  input logic [20:2] write_address_i,
  input logic [31:0] write_data_i,
  input logic        read_i,
  input logic        read_valid_o,
  input logic        load_begin_o,
  input logic        load_valid_o,
  input logic        loaded_i,
  input logic        start_o,
  input logic        abort_o,
  input logic        pixel_write_o,
  input logic        busy_i,
  input logic        done_i,
  input logic [7:0]  error_code_i,
  input logic        interrupt_o,
  input logic        done_q,
  input logic        interrupt_q,
  input logic        interrupt_enable_q,
  input logic [7:0]  error_q
);
  localparam logic [2:0] READ_CYCLES = 3'd6;

  wire [20:0] address = {write_address_i, 2'b00};
  wire control = write_i && address == df_gateware_pkg::REGISTER_CONTROL;
  wire command = control && write_data_i[2:0] != '0;
  wire cleared = write_i && address == df_gateware_pkg::REGISTER_INTERRUPT && write_data_i[0];
  wire ended = (done_i || error_code_i != '0) && !abort_o;

  // Nothing is promised before the first reset.
  logic       begun_q = 1'b0;
  logic       was_reset_q, reading_q, was_busy_q, was_loaded_q, was_command_q, was_cleared_q, had_ended_q, had_interrupt_q;
  logic       was_enabled_q, was_stopped_q, started_q;
  logic [2:0] waited_q;  // cycles since the read
  logic [7:0] error_before_q;

  always_ff @(posedge clk_i) begin
    begun_q <= begun_q || reset_i;
    was_reset_q <= reset_i;
    {was_busy_q, was_loaded_q, was_command_q, was_cleared_q} <= {busy_i, loaded_i, command, cleared};
    {had_ended_q, had_interrupt_q, was_enabled_q} <= {ended, interrupt_q, interrupt_enable_q};
    was_stopped_q <= control && write_data_i[df_gateware_pkg::CONTROL_ABORT];
    started_q <= control && write_data_i[df_gateware_pkg::CONTROL_START];
    error_before_q <= error_q;
    waited_q <= read_i ? 3'd1 : waited_q + 3'd1;
    if (read_valid_o) reading_q <= 1'b0;
    if (read_i) reading_q <= 1'b1;
    if (reset_i) reading_q <= 1'b0;

    // The bus asks for one word at a time.
    if (begun_q && reading_q && !read_valid_o) assume (!read_i);

    if (begun_q) begin
      assert (read_valid_o == (reading_q && waited_q == READ_CYCLES));
      if (reading_q) assert (waited_q >= 3'd1 && waited_q <= READ_CYCLES);

      if (start_o) assert (!was_busy_q && was_loaded_q && started_q);
      if (load_begin_o || load_valid_o || pixel_write_o) assert (!was_busy_q);
      if (start_o) assert (!load_begin_o);
      assert (abort_o == (was_reset_q || was_stopped_q));

      if (error_before_q != '0 && !was_command_q && !was_reset_q) assert (error_q == error_before_q);
      if (was_stopped_q || was_reset_q) assert (error_q == '0 && !done_q);
      if (had_ended_q && !was_reset_q) assert (interrupt_q);
      if (had_interrupt_q && !was_cleared_q && !was_reset_q) assert (interrupt_q);
      if (interrupt_q && !had_interrupt_q) assert (had_ended_q);
      if (was_reset_q) assert (!interrupt_q && !interrupt_enable_q);
      assert (interrupt_o == (had_interrupt_q && was_enabled_q));
    end
  end
endmodule

bind df_registers df_registers_properties properties (.*);
