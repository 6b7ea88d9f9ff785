// The fields of a pass. Generated from jobs/convert/src/fpga by `npm run gateware -- generate`. Do not edit.
module df_layer_decoder (
  input  logic [383:0]            words_i,
  output df_gateware_pkg::layer_t layer_o
);
  assign layer_o.operation = words_i[0+:2];
  assign layer_o.is_last = words_i[2+:1];
  assign layer_o.source = words_i[3+:1];
  assign layer_o.space_to_depth = words_i[4+:1];
  assign layer_o.pad_level = words_i[5+:2];
  assign layer_o.tap_step = words_i[7+:2];
  assign layer_o.accumulators = words_i[9+:1];
  assign layer_o.kernel_rows_last = words_i[12+:4];
  assign layer_o.kernel_columns_last = words_i[16+:4];
  assign layer_o.padding = words_i[20+:4];
  assign layer_o.stride = words_i[24+:4];
  assign layer_o.height = words_i[32+:12];
  assign layer_o.width = words_i[48+:12];
  assign layer_o.out_rows_last = words_i[64+:12];
  assign layer_o.out_columns_last = words_i[80+:12];
  assign layer_o.groups_last = words_i[96+:10];
  assign layer_o.input_groups_last = words_i[106+:10];
  assign layer_o.group_chunks_last = words_i[128+:5];
  assign layer_o.final_chunks_last = words_i[136+:5];
  assign layer_o.final_channels_last = words_i[144+:7];
  assign layer_o.weight_base = words_i[160+:16];
  assign layer_o.threshold_base = words_i[176+:16];
  assign layer_o.row_step = words_i[192+:16];
  assign layer_o.input_group_step = words_i[208+:16];
  assign layer_o.line_step = words_i[224+:16];
  assign layer_o.group_step = words_i[240+:16];
  assign layer_o.start = words_i[256+:16];
  assign layer_o.write_plane = words_i[272+:16];
  assign layer_o.write_width = words_i[288+:16];
  assign layer_o.lane_1 = words_i[304+:4];
  assign layer_o.lane_2 = words_i[308+:4];
  assign layer_o.lane_3 = words_i[312+:4];
  assign layer_o.plane_1 = words_i[320+:16];
  assign layer_o.plane_2 = words_i[336+:16];
  assign layer_o.plane_3 = words_i[352+:16];

  // Bits of no field.
  logic unused;
  assign unused = ^{words_i[11:10], words_i[31:28], words_i[47:44], words_i[63:60], words_i[79:76], words_i[95:92], words_i[127:116], words_i[135:133], words_i[143:141], words_i[159:151], words_i[319:316], words_i[383:368]};
endmodule
