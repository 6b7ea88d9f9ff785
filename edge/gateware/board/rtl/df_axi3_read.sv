// Read half of the bridge: one burst at a time, beat by beat. Each beat of a refused burst is answered with SLVERR.
module df_axi3_read (
  input  logic        clk_i,
  input  logic        reset_i,           // synchronous
  // AXI3 slave
  input  logic [11:0] s_arid_i,
  input  logic [20:0] s_araddr_i,
  input  logic [3:0]  s_arlen_i,
  input  logic [2:0]  s_arsize_i,
  input  logic [1:0]  s_arburst_i,
  input  logic        s_arvalid_i,
  output logic        s_arready_o,
  output logic [11:0] s_rid_o,
  output logic [31:0] s_rdata_o,
  output logic [1:0]  s_rresp_o,
  output logic        s_rlast_o,
  output logic        s_rvalid_o,
  input  logic        s_rready_i,
  // AXI4-Lite master
  output logic [20:0] m_araddr_o,
  output logic        m_arvalid_o,
  input  logic        m_arready_i,
  input  logic [31:0] m_rdata_i,
  input  logic [1:0]  m_rresp_i,
  input  logic        m_rvalid_i,
  output logic        m_rready_o
);
  localparam logic [1:0] SLVERR = 2'b10;

  typedef enum logic [1:0] {IDLE, ASK, WAIT, GIVE} state_t;

  state_t      state_q;
  logic [20:0] next_address;
  logic [3:0]  length_q, beats_left_q;
  logic [2:0]  size_q;
  logic [1:0]  burst_q;
  logic        refused;

  df_axi3_burst burst (
    .clk_i, .address_i(m_araddr_o), .length_i(length_q), .size_i(size_q), .burst_i(burst_q),
    .next_address_o(next_address), .refused_o(refused)
  );

  // Nothing is taken during a reset, which would forget it: the processor would wait for its answer for ever.
  assign s_arready_o = state_q == IDLE && !reset_i;
  assign m_arvalid_o = state_q == ASK && !refused;
  assign m_rready_o = state_q == WAIT;
  assign s_rvalid_o = state_q == GIVE;
  assign s_rlast_o = beats_left_q == '0;

  always_ff @(posedge clk_i) begin
    case (state_q)
      IDLE: if (s_arvalid_i) begin
        s_rid_o <= s_arid_i;
        m_araddr_o <= s_araddr_i;
        {length_q, size_q, burst_q} <= {s_arlen_i, s_arsize_i, s_arburst_i};
        beats_left_q <= s_arlen_i;
        state_q <= ASK;
      end
      ASK: if (refused) begin
        {s_rdata_o, s_rresp_o} <= {32'd0, SLVERR};
        state_q <= GIVE;
      end else if (m_arready_i) state_q <= WAIT;
      WAIT: if (m_rvalid_i) begin
        {s_rdata_o, s_rresp_o} <= {m_rdata_i, m_rresp_i};
        state_q <= GIVE;
      end
      GIVE: if (s_rready_i) begin
        m_araddr_o <= next_address;
        beats_left_q <= beats_left_q - 4'd1;
        state_q <= s_rlast_o ? IDLE : ASK;
      end
    endcase
    if (reset_i) state_q <= IDLE;
  end
endmodule
