// Constants of the engine. Generated from jobs/convert/src/fpga by `npm run gateware -- generate`. Do not edit.
package df_gateware_pkg;
  localparam logic [31:0] IDENTITY = 32'h57474644;
  localparam logic [31:0] VERSION = 32'h10001;
  localparam logic [20:0] REGISTER_IDENTITY = 21'h0;
  localparam logic [20:0] REGISTER_VERSION = 21'h4;
  localparam logic [20:0] REGISTER_ARRAY = 21'h8;
  localparam logic [20:0] REGISTER_MEMORY = 21'hc;
  localparam logic [20:0] REGISTER_CONTROL = 21'h10;
  localparam int unsigned CONTROL_START = 0;
  localparam int unsigned CONTROL_LOAD = 1;
  localparam int unsigned CONTROL_ABORT = 2;
  localparam logic [20:0] REGISTER_STATUS = 21'h14;
  localparam int unsigned STATUS_BUSY = 0;
  localparam int unsigned STATUS_DONE = 1;
  localparam int unsigned STATUS_LOADED = 2;
  localparam int unsigned STATUS_ERROR = 3;
  localparam logic [20:0] REGISTER_ERROR = 21'h18;
  localparam logic [20:0] REGISTER_CYCLES = 21'h1c;
  localparam logic [20:0] REGISTER_INTERRUPT_ENABLE = 21'h20;
  localparam logic [20:0] REGISTER_INTERRUPT = 21'h24;
  localparam logic [20:0] REGISTER_CHECKSUM = 21'h28;
  localparam logic [20:0] REGISTER_ACCUMULATORS = 21'h2c;

  localparam logic [20:0] WINDOW_LOAD = 21'h1000;
  localparam logic [20:0] WINDOW_LOAD_MASK = 21'h1ff000;
  localparam logic [20:0] WINDOW_PIXELS = 21'h10000;
  localparam logic [20:0] WINDOW_PIXELS_MASK = 21'h1f0000;
  localparam logic [20:0] WINDOW_ACCUMULATORS = 21'h40000;
  localparam logic [20:0] WINDOW_ACCUMULATORS_MASK = 21'h1c0000;
  localparam logic [20:0] WINDOW_LEVELS_0 = 21'h80000;
  localparam logic [20:0] WINDOW_LEVELS_0_MASK = 21'h180000;
  localparam logic [20:0] WINDOW_LEVELS_1 = 21'h100000;
  localparam logic [20:0] WINDOW_LEVELS_1_MASK = 21'h180000;

  localparam logic [7:0] ERROR_LOAD_IDENTITY = 8'h1;
  localparam logic [7:0] ERROR_LOAD_VERSION = 8'h2;
  localparam logic [7:0] ERROR_LOAD_ARRAY = 8'h3;
  localparam logic [7:0] ERROR_LOAD_RANGE = 8'h4;
  localparam logic [7:0] ERROR_LOAD_CHECKSUM = 8'h5;
  localparam logic [7:0] ERROR_NOT_LOADED = 8'h8;
  localparam logic [7:0] ERROR_BUSY = 8'h9;
  localparam logic [7:0] ERROR_PROGRAM_OPERATION = 8'h10;
  localparam logic [7:0] ERROR_PROGRAM_END = 8'h11;
  localparam logic [7:0] ERROR_LEVELS_RANGE = 8'h12;
  localparam logic [7:0] ERROR_PIXELS_RANGE = 8'h13;
  localparam logic [7:0] ERROR_WEIGHTS_RANGE = 8'h14;
  localparam logic [7:0] ERROR_THRESHOLDS_RANGE = 8'h15;
  localparam logic [7:0] ERROR_ACCUMULATORS_RANGE = 8'h17;
  localparam logic [7:0] ERROR_CYCLE_LIMIT = 8'h16;

  localparam logic [3:0] SECTION_END = 4'h0;
  localparam logic [3:0] SECTION_PROGRAM = 4'h1;
  localparam logic [3:0] SECTION_THRESHOLDS = 4'h2;
  localparam logic [3:0] SECTION_WEIGHTS = 4'h3;
  localparam logic [1:0] OPERATION_CONVOLUTION = 2'h0;
  localparam logic [1:0] OPERATION_PIXEL_CONVOLUTION = 2'h1;
  localparam logic [1:0] OPERATION_MAX_POOL = 2'h2;

  localparam int unsigned LANE_WORDS = 5;
  localparam int unsigned LAYER_WORDS = 12;
  localparam int unsigned PROGRAM_LAYERS = 32;
  localparam int unsigned PROGRAM_ADDRESS_BITS = 9;

  typedef struct packed {
    logic [1:0] operation;  // convolution of levels 0, convolution of pixels 1, maximum 2
    logic is_last;  // the run ends after this pass
    logic source;  // the activation buffer that is read; the other one is written
    logic space_to_depth;  // write 2x2 blocks of pixels as channels of one pixel
    logic [1:0] pad_level;  // the level that a tap outside the image reads
    logic [1:0] tap_step;  // kernel columns that one cycle covers
    logic accumulators;  // write the sums themselves, chunk after chunk, and no levels
    logic [3:0] kernel_rows_last;  // kernel rows
    logic [3:0] kernel_columns_last;  // cycles per kernel row
    logic [3:0] padding;  // pixels of padding above and to the left
    logic [3:0] stride;  // pixels between windows
    logic [11:0] height;  // rows that are read
    logic [11:0] width;  // columns that are read
    logic [11:0] out_rows_last;  // windows from top to bottom
    logic [11:0] out_columns_last;  // windows from left to right
    logic [9:0] groups_last;  // groups of output channels
    logic [9:0] input_groups_last;  // groups of IC_PAR input channels
    logic [4:0] group_chunks_last;  // chunks of channels that a group writes
    logic [4:0] final_chunks_last;  // chunks that the last group writes
    logic [6:0] final_channels_last;  // channels of the last input group
    logic [15:0] weight_base;  // first word of the weights
    logic [15:0] threshold_base;  // first word of the thresholds
    logic [15:0] row_step;  // address step from the last tap of a kernel row to the next row
    logic [15:0] input_group_step;  // address step from the last tap of an input group to the next group
    logic [15:0] line_step;  // address step from a line of windows to the next
    logic [15:0] group_step;  // address step from a group of output channels to the next
    logic [15:0] start;  // address of the first tap, which may lie outside the image
    logic [15:0] write_plane;  // words of IC_PAR channels of the output
    logic [15:0] write_width;  // columns of the output
    logic [3:0] lane_1;  // first chunk of block column 1, within its word
    logic [3:0] lane_2;  // first chunk of block row 1
    logic [3:0] lane_3;  // first chunk of block row 1, column 1
    logic [15:0] plane_1;  // address of the first word of block column 1
    logic [15:0] plane_2;  // address of the first word of block row 1
    logic [15:0] plane_3;  // address of the first word of block row 1, column 1
  } layer_t;
endpackage
