/* Pieces of JSON. Names come from people and file systems: whatever their bytes are, what is written is UTF-8. */
#include <string.h>

#include "runner.h"

/* Bytes of the well-formed character at text, 1 to 4, or 0: Unicode 15, table 3-7. The text ends in a zero byte. */
static int character_bytes(const unsigned char *text) {
    const unsigned first = text[0];
    if (first < 0x80)
        return 1;
    const int count = first >= 0xc2 && first <= 0xdf   ? 2
                      : first >= 0xe0 && first <= 0xef ? 3
                      : first >= 0xf0 && first <= 0xf4 ? 4
                                                       : 0;
    const unsigned lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    for (int i = 1; i < count; i++) {
        if (text[i] < (i == 1 ? lowest : 0x80) || text[i] > (i == 1 ? highest : 0xbf))
            return 0;
    }
    return count;
}

void write_json_string(FILE *output, const char *text) {
    fputc('"', output);
    for (const unsigned char *at = (const unsigned char *)text; *at != '\0';) {
        const int count = character_bytes(at);
        if (count == 0) {
            fputs("\xef\xbf\xbd", output); /* U+FFFD, the replacement character */
            at++;
            continue;
        }
        if (*at == '"' || *at == '\\')
            fputc('\\', output);
        if (*at < 0x20) {
            fprintf(output, "\\u%04x", *at);
        } else {
            fwrite(at, 1, (size_t)count, output);
        }
        at += count;
    }
    fputc('"', output);
}
