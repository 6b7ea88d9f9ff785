/* A network on the engine: everything but the head, which the processor computes. */
#ifndef DF_ENGINE_H
#define DF_ENGINE_H

#include "df_operators.h"

/* Generated for each network. */
typedef struct df_engine_network {
    /* Words for the LOAD window; the last one is the CRC-32 by which the engine knows the network again. */
    const uint32_t *image;
    uint32_t image_words;
    /* Value of the ARRAY register for which the image is packed. */
    uint32_t array;
    df_shape input;
    /* What the last pass leaves in which of the two buffers. */
    df_shape output;
    uint32_t buffer;
} df_engine_network;

/*
 * Runs one image. levels: height x width x channels of the output. words: room for a word for each pixel of the input,
 * and for the output as the engine keeps it. Returns DF_OK or one of the codes DF_ERROR_ENGINE_*; then levels are of no
 * use.
 */
int32_t df_run_engine(const df_engine_network *network, const uint8_t *pixels, uint8_t *levels, uint32_t *words);

/* Opens the engine and loads the network, as a run would. Returns what df_run_engine does. */
int32_t df_prepare_engine(const df_engine_network *network);

#endif
