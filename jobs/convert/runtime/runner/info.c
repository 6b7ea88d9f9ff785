/* --info: what network this is. */
#include <stdio.h>

#include "runner.h"

int run_info(void) {
    const df_info *info = df_model_info();
    printf("{\"abiVersion\":%u,\"modelDigest\":\"%s\",\"kernels\":\"%s\",", info->abi_version, info->model_digest,
           df_kernels());
    printf("\"input\":{\"height\":%u,\"width\":%u,\"channels\":%u},", info->height, info->width, info->channels);
    printf("\"arenaBytes\":%llu,\"logitScale\":%.17g,\"classes\":[", (unsigned long long)info->arena_bytes,
           info->logit_scale);
    for (uint32_t k = 0; k < info->classes; k++) {
        if (k > 0)
            putchar(',');
        write_json_string(stdout, info->class_names[k]);
    }
    puts("]}");
    return fflush(stdout) == 0 ? RUNNER_OK : fail(RUNNER_IO, "stdout cannot be written");
}
