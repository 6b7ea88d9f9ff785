# Generated from jobs/convert/src/fpga by `npm run gateware -- generate`. Do not edit.
set_parameter -name IC_PAR 32
set_parameter -name OC_PAR 32
set_parameter -name PIXEL_TAPS 1
set_parameter -name PIXEL_OUTPUTS 32
set_parameter -name CHUNK 8
set_parameter -name THRESHOLDS_DEPTH 128
set_parameter -name PIXELS_DEPTH 1024
set_parameter -name ACCUMULATORS_DEPTH 256
set_parameter -name LEVELS_DEPTH 2048
set_parameter -name WEIGHTS_DEPTH 1024
