// Random windows of a plain pass: every chunk's levels, counted threshold by threshold from the sums, or the sums, in order.
module df_result_writer_tb (input logic clk_i, output int checks_o, output int failures_o);
  localparam int unsigned INPUTS = 32;
  localparam int unsigned OUTPUTS = 32;
  localparam int unsigned CHUNK = 8;
  localparam int LANES = INPUTS / CHUNK;

  df_gateware_pkg::layer_t layer_q = '0;
  logic start_q = 1'b0, window_q = 1'b0, clear_q = 1'b1;
  // The results of a window stand from the cycle after it is told.
  logic [20*OUTPUTS-1:0] sums_q, next_sums_q;
  logic [15:0] total_q, next_total_q;
  logic [2*INPUTS-1:0] maximum_q, next_maximum_q;
  logic [15:0] threshold_address, write_address;
  logic [60*CHUNK-1:0] thresholds, first_q;
  logic used, write, sums_write, done;
  logic [15:0] sums_address;
  logic [20*CHUNK-1:0] sums;
  logic [LANES-1:0] lane;
  logic [2*CHUNK-1:0] data;

  df_result_writer #(.INPUTS(INPUTS), .OUTPUTS(OUTPUTS), .CHUNK(CHUNK)) dut (
    .clk_i, .clear_i(clear_q), .start_i(start_q), .layer_i(layer_q), .window_i(window_q), .sums_i(sums_q),
    .total_i(total_q), .maximum_i(maximum_q), .threshold_address_o(threshold_address), .thresholds_i(thresholds),
    .threshold_used_o(used), .write_o(write), .write_address_o(write_address), .write_lane_o(lane), .write_data_o(data),
    .sums_write_o(sums_write), .sums_address_o(sums_address), .sums_o(sums), .done_o(done)
  );

  // ---- thresholds that follow from their address, close to the values
  function automatic int threshold(int address, int channel, int k);
    return ((address * 37 + channel * 11) % 64) - 32 + 8 * k;
  endfunction
  always_ff @(posedge clk_i) begin
    for (int i = 0; i < CHUNK; i++) begin
      for (int k = 0; k < 3; k++) first_q[60*i+20*k+:20] <= 20'(threshold(int'(threshold_address), i, k));
    end
    thresholds <= first_q;
  end

  // ---- a pass of one group: windows in a line, and what their chunks must be
  int windows_q = 0, window_index_q = 0, chunks_q = 1, wait_q = 0, written_q = 0, base_q = 0;
  logic [2*CHUNK-1:0] expected_q[0:63];
  logic [20*CHUNK-1:0] expected_sums_q[0:63];
  logic running_q = 1'b0;
  wire pooling = layer_q.operation == df_gateware_pkg::OPERATION_MAX_POOL;
  wire pixel_pass = layer_q.operation == df_gateware_pkg::OPERATION_PIXEL_CONVOLUTION;

  function automatic logic [1:0] level(int value, int address, int channel);
    level = 2'd0;
    for (int k = 0; k < 3; k++) if (value >= threshold(address, channel, k)) level = level + 1'b1;
  endfunction

  always_ff @(posedge clk_i) begin
    start_q <= 1'b0;
    window_q <= 1'b0;
    clear_q <= 1'b0;
    {sums_q, total_q, maximum_q} <= {next_sums_q, next_total_q, next_maximum_q};
    if (running_q && layer_q.accumulators) begin
      if (sums_write) begin
        checks_o <= checks_o + 1;
        if (sums != expected_sums_q[written_q] || int'(sums_address) != written_q) failures_o <= failures_o + 1;
        written_q <= written_q + 1;
      end
      if (done && written_q != windows_q * chunks_q) failures_o <= failures_o + 1;
      if (done) running_q <= 1'b0;
      if (write || used) failures_o <= failures_o + 1;
    end else if (running_q && sums_write) failures_o <= failures_o + 1;
    else if (write && running_q) begin
      checks_o <= checks_o + 1;
      if (data != expected_q[written_q] || lane != LANES'(1) << (written_q % chunks_q)
          || int'(write_address) != written_q / chunks_q || done != (written_q == windows_q * chunks_q - 1)) begin
        failures_o <= failures_o + 1;
      end
      written_q <= written_q + 1;
      if (written_q == windows_q * chunks_q - 1) running_q <= 1'b0;
    end else if (done && running_q) failures_o <= failures_o + 1;
    if (wait_q > 0) wait_q <= wait_q - 1;
    else if (running_q && window_index_q < windows_q) begin
      automatic logic [15:0] total = 16'($urandom % 64);
      window_q <= 1'b1;
      window_index_q <= window_index_q + 1;
      wait_q <= chunks_q - 1 + int'($urandom % 3);
      next_total_q <= total;
      for (int i = 0; i < OUTPUTS; i++) begin
        automatic int sum = pixel_pass ? int'($urandom % 128) - 64 : int'($urandom % 64);
        automatic int value = pixel_pass ? sum : 2 * sum - int'(total);
        automatic logic [1:0] highest = 2'($urandom);
        next_sums_q[20*i+:20] <= 20'(sum);
        next_maximum_q[2*i+:2] <= highest;
        if (i < CHUNK * chunks_q) begin
          expected_q[window_index_q*chunks_q+i/CHUNK][2*(i%CHUNK)+:2] <=
            pooling ? highest : level(value, base_q + i / CHUNK, i % CHUNK);
          expected_sums_q[window_index_q*chunks_q+i/CHUNK][20*(i%CHUNK)+:20] <= 20'(value);
        end
      end
    end else if (!running_q) begin
      automatic int windows = 1 + int'($urandom % 12);
      automatic int chunks = 1 + int'($urandom % LANES);
      automatic int base = int'($urandom % 100);
      {windows_q, chunks_q, base_q} <= {windows, chunks, base};
      {window_index_q, written_q} <= '0;
      // Levels of all three operations, sums of the two that have them.
      {layer_q.operation, layer_q.accumulators} <= 3'($urandom % 5);
      layer_q.out_columns_last <= 12'(windows - 1);
      layer_q.group_chunks_last <= 5'(chunks - 1);
      layer_q.final_chunks_last <= 5'(chunks - 1);
      layer_q.write_plane <= 16'(windows);
      layer_q.write_width <= 16'(windows);
      layer_q.threshold_base <= 16'(base);
      start_q <= 1'b1;
      running_q <= 1'b1;
      wait_q <= 4;
    end
  end
endmodule
