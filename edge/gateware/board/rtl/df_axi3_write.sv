// Write half of the bridge: one burst at a time, beat by beat; one response for all, the worst of them.
// A refused burst is swallowed to its end and answered with SLVERR: a master that gets no answer stops its processor.
module df_axi3_write (
  input  logic        clk_i,
  input  logic        reset_i,           // synchronous
  // AXI3 slave
  input  logic [11:0] s_awid_i,
  input  logic [20:0] s_awaddr_i,
  input  logic [3:0]  s_awlen_i,
  input  logic [2:0]  s_awsize_i,
  input  logic [1:0]  s_awburst_i,
  input  logic        s_awvalid_i,
  output logic        s_awready_o,
  input  logic [31:0] s_wdata_i,
  input  logic [3:0]  s_wstrb_i,
  input  logic        s_wlast_i,
  input  logic        s_wvalid_i,
  output logic        s_wready_o,
  output logic [11:0] s_bid_o,
  output logic [1:0]  s_bresp_o,
  output logic        s_bvalid_o,
  input  logic        s_bready_i,
  // AXI4-Lite master
  output logic [20:0] m_awaddr_o,
  output logic        m_awvalid_o,
  input  logic        m_awready_i,
  output logic [31:0] m_wdata_o,
  output logic [3:0]  m_wstrb_o,
  output logic        m_wvalid_o,
  input  logic        m_wready_i,
  input  logic [1:0]  m_bresp_i,
  input  logic        m_bvalid_i,
  output logic        m_bready_o
);
  localparam logic [1:0] OKAY = 2'b00;
  localparam logic [1:0] SLVERR = 2'b10;

  typedef enum logic [1:0] {IDLE, DATA, BEAT, RESPOND} state_t;

  state_t      state_q;
  logic [20:0] next_address;
  logic [3:0]  length_q, beats_left_q;
  logic [2:0]  size_q;
  logic [1:0]  burst_q;
  logic        refused, last;

  df_axi3_burst burst (
    .clk_i, .address_i(m_awaddr_o), .length_i(length_q), .size_i(size_q), .burst_i(burst_q),
    .next_address_o(next_address), .refused_o(refused)
  );

  // Nothing is taken during a reset, which would forget it: the processor would wait for its answer for ever.
  assign s_awready_o = state_q == IDLE && !reset_i;
  assign s_wready_o = state_q == DATA;
  assign m_bready_o = state_q == BEAT;
  assign s_bvalid_o = state_q == RESPOND;
  assign last = beats_left_q == '0;

  always_ff @(posedge clk_i) begin
    if (m_awready_i) m_awvalid_o <= 1'b0;
    if (m_wready_i) m_wvalid_o <= 1'b0;
    case (state_q)
      IDLE: if (s_awvalid_i) begin
        s_bid_o <= s_awid_i;
        m_awaddr_o <= s_awaddr_i;
        {length_q, size_q, burst_q} <= {s_awlen_i, s_awsize_i, s_awburst_i};
        beats_left_q <= s_awlen_i;
        s_bresp_o <= OKAY;
        state_q <= DATA;
      end
      DATA: if (s_wvalid_i) begin
        {m_wdata_o, m_wstrb_o} <= {s_wdata_i, s_wstrb_i};
        // The length counts. A master whose WLAST says otherwise is told so.
        if (refused || s_wlast_i != last) s_bresp_o <= SLVERR;
        if (!refused) begin
          {m_awvalid_o, m_wvalid_o} <= '1;
          state_q <= BEAT;
        end else if (last) state_q <= RESPOND;
        else beats_left_q <= beats_left_q - 4'd1;
      end
      BEAT: if (m_bvalid_i) begin
        s_bresp_o <= s_bresp_o | m_bresp_i;  // OKAY 0, SLVERR 2, DECERR 3
        m_awaddr_o <= next_address;
        beats_left_q <= beats_left_q - 4'd1;
        state_q <= last ? RESPOND : DATA;
      end
      RESPOND: if (s_bready_i) state_q <= IDLE;
    endcase
    if (reset_i) begin
      state_q <= IDLE;
      {m_awvalid_o, m_wvalid_o} <= '0;
    end
  end
endmodule
