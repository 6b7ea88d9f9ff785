/* Registers and windows of the engine, in bytes from its base. Generated from jobs/convert/src/fpga by `npm run gateware -- generate`. Do not edit. */
#ifndef DF_GATEWARE_REGISTERS_H
#define DF_GATEWARE_REGISTERS_H

#define DF_GATEWARE_IDENTITY_VALUE 0x57474644u
#define DF_GATEWARE_VERSION_MAJOR 0x1u
#define DF_GATEWARE_WINDOW_BYTES 0x200000u

#define DF_GATEWARE_REGISTER_IDENTITY 0x0u
#define DF_GATEWARE_REGISTER_VERSION 0x4u
#define DF_GATEWARE_VERSION_MINOR_OF(word) (((word) >> 0) & 0xffffu)
#define DF_GATEWARE_VERSION_MAJOR_OF(word) (((word) >> 16) & 0xffffu)
#define DF_GATEWARE_REGISTER_ARRAY 0x8u
#define DF_GATEWARE_ARRAY_LOG2_INPUTS_OF(word) (((word) >> 0) & 0xfu)
#define DF_GATEWARE_ARRAY_LOG2_OUTPUTS_OF(word) (((word) >> 4) & 0xfu)
#define DF_GATEWARE_ARRAY_LOG2_CHUNK_OF(word) (((word) >> 8) & 0xfu)
#define DF_GATEWARE_ARRAY_PIXEL_TAPS_OF(word) (((word) >> 12) & 0xfu)
#define DF_GATEWARE_ARRAY_PIXEL_OUTPUTS_OF(word) (((word) >> 16) & 0xffu)
#define DF_GATEWARE_REGISTER_MEMORY 0xcu
#define DF_GATEWARE_MEMORY_LOG2_LEVELS_OF(word) (((word) >> 0) & 0xffu)
#define DF_GATEWARE_MEMORY_LOG2_WEIGHTS_OF(word) (((word) >> 8) & 0xffu)
#define DF_GATEWARE_MEMORY_LOG2_THRESHOLDS_OF(word) (((word) >> 16) & 0xffu)
#define DF_GATEWARE_MEMORY_LOG2_PIXELS_OF(word) (((word) >> 24) & 0xffu)
#define DF_GATEWARE_REGISTER_CONTROL 0x10u
#define DF_GATEWARE_CONTROL_START 0x1u
#define DF_GATEWARE_CONTROL_LOAD 0x2u
#define DF_GATEWARE_CONTROL_ABORT 0x4u
#define DF_GATEWARE_REGISTER_STATUS 0x14u
#define DF_GATEWARE_STATUS_BUSY 0x1u
#define DF_GATEWARE_STATUS_DONE 0x2u
#define DF_GATEWARE_STATUS_LOADED 0x4u
#define DF_GATEWARE_STATUS_ERROR 0x8u
#define DF_GATEWARE_STATUS_LAYER_OF(word) (((word) >> 8) & 0xffu)
#define DF_GATEWARE_REGISTER_ERROR 0x18u
#define DF_GATEWARE_REGISTER_CYCLES 0x1cu
#define DF_GATEWARE_REGISTER_INTERRUPT_ENABLE 0x20u
#define DF_GATEWARE_REGISTER_INTERRUPT 0x24u
#define DF_GATEWARE_REGISTER_CHECKSUM 0x28u
#define DF_GATEWARE_REGISTER_ACCUMULATORS 0x2cu
#define DF_GATEWARE_ACCUMULATORS_LOG2_CHUNKS_OF(word) (((word) >> 0) & 0xffu)

#define DF_GATEWARE_LOAD 0x1000u
#define DF_GATEWARE_PIXELS 0x10000u
#define DF_GATEWARE_ACCUMULATORS 0x40000u
#define DF_GATEWARE_LEVELS_0 0x80000u
#define DF_GATEWARE_LEVELS_1 0x100000u

#define DF_GATEWARE_ERROR_LOAD_IDENTITY 0x1u /* the image does not begin with the letters DFGW: it is not an image of a network */
#define DF_GATEWARE_ERROR_LOAD_VERSION 0x2u /* the image is for another version of the engine: convert the model again */
#define DF_GATEWARE_ERROR_LOAD_ARRAY 0x3u /* the image is packed for an array of another size: convert the model for this one */
#define DF_GATEWARE_ERROR_LOAD_RANGE 0x4u /* the image has an unknown section or one that is larger than its memory */
#define DF_GATEWARE_ERROR_LOAD_CHECKSUM 0x5u /* the image was damaged on its way: load it again */
#define DF_GATEWARE_ERROR_NOT_LOADED 0x8u /* start without a network: load an image first */
#define DF_GATEWARE_ERROR_BUSY 0x9u /* start, load or pixels while a run goes on; the run is not disturbed */
#define DF_GATEWARE_ERROR_PROGRAM_OPERATION 0x10u /* the program names an operation that does not exist */
#define DF_GATEWARE_ERROR_PROGRAM_END 0x11u /* the program ends before a pass that is marked as the last */
#define DF_GATEWARE_ERROR_LEVELS_RANGE 0x12u /* the program reads or writes beyond an activation buffer */
#define DF_GATEWARE_ERROR_PIXELS_RANGE 0x13u /* the program reads beyond the input image */
#define DF_GATEWARE_ERROR_WEIGHTS_RANGE 0x14u /* the program reads beyond the weights */
#define DF_GATEWARE_ERROR_THRESHOLDS_RANGE 0x15u /* the program reads beyond the thresholds */
#define DF_GATEWARE_ERROR_ACCUMULATORS_RANGE 0x17u /* the program writes beyond the accumulators */
#define DF_GATEWARE_ERROR_CYCLE_LIMIT 0x16u /* the run took more cycles than the image allows, and was stopped */

#endif
