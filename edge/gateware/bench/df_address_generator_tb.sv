// Random passes with pauses: every tap of the nested loops in the README, with the address of its place in the image.
module df_address_generator_tb (input logic clk_i, output int checks_o, output int failures_o);
  df_gateware_pkg::layer_t layer_q = '0;
  logic start_q = 1'b0, enable_q = 1'b0, running_q = 1'b0;
  logic valid, first, last, last_group;
  logic [15:0] address;
  logic signed [13:0] column, row;
  logic [16:0] weight;
  // Sizes of the pass, and where the walk stands.
  int groups_q, inputs_q, kernel_q, steps_q, tap_step_q, stride_q, padding_q, height_q, width_q, out_rows_q, out_columns_q;
  int group_q, out_row_q, out_column_q, input_q, kernel_row_q, kernel_column_q;
  int idle_q = 0;

  df_address_generator dut (
    .clk_i, .clear_i(!running_q && !start_q), .start_i(start_q), .enable_i(enable_q), .layer_i(layer_q),
    .valid_o(valid), .first_o(first), .last_o(last), .last_group_o(last_group), .address_o(address),
    .column_o(column), .row_o(row), .weight_o(weight)
  );

  int expected_row, expected_column, expected_address, expected_weight;
  logic expected_first, expected_last, over;
  always_comb begin
    expected_row = out_row_q * stride_q - padding_q + kernel_row_q;
    expected_column = out_column_q * stride_q - padding_q + kernel_column_q * tap_step_q;
    expected_address = input_q * height_q * width_q + expected_row * width_q + expected_column;
    expected_weight = 7 + ((group_q * inputs_q + input_q) * kernel_q + kernel_row_q) * steps_q + kernel_column_q;
    expected_first = input_q == 0 && kernel_row_q == 0 && kernel_column_q == 0;
    expected_last = input_q == inputs_q - 1 && kernel_row_q == kernel_q - 1 && kernel_column_q == steps_q - 1;
    over = group_q == groups_q;
  end

  always_ff @(posedge clk_i) begin
    start_q <= 1'b0;
    enable_q <= $urandom % 4 != 0;
    if (running_q && valid) begin
      checks_o <= checks_o + 1;
      if (over || address != 16'(expected_address) || row != 14'(expected_row) || column != 14'(expected_column)
          || int'(weight) != expected_weight || first != expected_first || last != expected_last
          || last_group != (input_q == inputs_q - 1)) failures_o <= failures_o + 1;
      kernel_column_q <= (kernel_column_q + 1) % steps_q;
      if (kernel_column_q == steps_q - 1) begin
        kernel_row_q <= (kernel_row_q + 1) % kernel_q;
        if (kernel_row_q == kernel_q - 1) begin
          input_q <= (input_q + 1) % inputs_q;
          if (input_q == inputs_q - 1) begin
            out_column_q <= (out_column_q + 1) % out_columns_q;
            if (out_column_q == out_columns_q - 1) begin
              out_row_q <= (out_row_q + 1) % out_rows_q;
              if (out_row_q == out_rows_q - 1) group_q <= group_q + 1;
            end
          end
        end
      end
    end
    // Past the end it stands still; that no tap is missing shows here.
    idle_q <= running_q && over ? idle_q + 1 : 0;
    if (idle_q == 60) running_q <= 1'b0;
    if (start_q) running_q <= 1'b1;
    if (!running_q && !start_q) begin
      automatic int kernel = 1 + int'($urandom % 4);
      automatic int tap_step = 1 + int'($urandom % 3);
      automatic int steps = (kernel + tap_step - 1) / tap_step;
      automatic int stride = 1 + int'($urandom % 3);
      automatic int padding = int'($urandom % kernel);
      automatic int height = kernel + int'($urandom % 5);
      automatic int width = kernel + int'($urandom % 5);
      automatic int inputs = tap_step > 1 ? 1 : 1 + int'($urandom % 3);
      automatic int groups = 1 + int'($urandom % 3);
      automatic int out_rows = (height + 2 * padding - kernel) / stride + 1;
      automatic int out_columns = (width + 2 * padding - kernel) / stride + 1;
      {kernel_q, tap_step_q, steps_q, stride_q, padding_q} <= {kernel, tap_step, steps, stride, padding};
      {height_q, width_q, inputs_q, groups_q} <= {height, width, inputs, groups};
      {out_rows_q, out_columns_q} <= {out_rows, out_columns};
      {group_q, out_row_q, out_column_q, input_q, kernel_row_q, kernel_column_q} <= '0;
      layer_q <= '0;
      layer_q.tap_step <= 2'(tap_step);
      layer_q.kernel_rows_last <= 4'(kernel - 1);
      layer_q.kernel_columns_last <= 4'(steps - 1);
      layer_q.padding <= 4'(padding);
      layer_q.stride <= 4'(stride);
      layer_q.height <= 12'(height);
      layer_q.width <= 12'(width);
      layer_q.out_rows_last <= 12'(out_rows - 1);
      layer_q.out_columns_last <= 12'(out_columns - 1);
      layer_q.groups_last <= 10'(groups - 1);
      layer_q.input_groups_last <= 10'(inputs - 1);
      layer_q.group_chunks_last <= 5'($urandom % 9);
      layer_q.final_chunks_last <= 5'($urandom % 4);
      layer_q.weight_base <= 16'd7;
      layer_q.row_step <= 16'(width - (steps - 1) * tap_step);
      layer_q.input_group_step <= 16'(height * width - (kernel - 1) * width - (steps - 1) * tap_step);
      layer_q.line_step <= 16'(stride * width);
      layer_q.start <= 16'(-padding * (width + 1));
      start_q <= 1'b1;
    end
  end
endmodule
