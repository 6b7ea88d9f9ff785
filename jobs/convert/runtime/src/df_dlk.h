/* Blueoil's C interface; see df_dlk.c. */
#ifndef DF_DLK_H
#define DF_DLK_H

#include <stdbool.h>

#include "df_operators.h"

typedef struct Network Network;

DF_API Network *network_create(void);
DF_API bool network_init(Network *network);
DF_API void network_delete(Network *network);
DF_API int network_get_input_rank(const Network *network);
DF_API int network_get_output_rank(const Network *network);
DF_API void network_get_input_shape(const Network *network, int32_t *shape);
DF_API void network_get_output_shape(const Network *network, int32_t *shape);
DF_API void network_run(Network *network, const void *input, void *output);

/* Generated for each network: one image, and its logits. */
extern uint8_t df_generated_pixels[];
extern int32_t df_generated_logits[];

#endif
