/* Runs the fuzz target on the files that are named, without libFuzzer: the corpus as a test. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int main(int count, char **paths) {
    for (int i = 1; i < count; i++) {
        FILE *file = fopen(paths[i], "rb");
        if (file == NULL || fseek(file, 0, SEEK_END) != 0)
            return 1;
        const long length = ftell(file);
        rewind(file);
        /* Exactly so long, so that a sanitizer sees the first byte beyond. */
        uint8_t *bytes = malloc((size_t)length);
        if (fread(bytes, 1, (size_t)length, file) != (size_t)length)
            return 1;
        fclose(file);
        LLVMFuzzerTestOneInput(bytes, (size_t)length);
        free(bytes);
    }
    printf("%d inputs\n", count - 1);
    return 0;
}
