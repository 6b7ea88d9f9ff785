/* Any bytes as an HTTP request. The interface of libFuzzer and its kin. */
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "../runner/http.h"
#include "../runner/runner.h"

/* More would not fit into the sockets' memory, and nobody reads while it is written. */
enum { MOST_BYTES = 32768, MOST_BODY_BYTES = 16384 };

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length);

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t length) {
    int ends[2];
    if (length > MOST_BYTES || socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0)
        return 0;
    if (write_fully(ends[0], bytes, length) != 0)
        abort();
    shutdown(ends[0], SHUT_WR);
    http_request request = {.socket = ends[1], .deadline = seconds_now() + 10};
    http_fault fault = {0, NULL, NULL};
    if (read_request(&request, MOST_BODY_BYTES, &fault) == 0) {
        if (request.body_bytes > MOST_BODY_BYTES || request.path[0] == '\0')
            abort();
        write_response(&request, 200, "text/plain", "ok", 2);
    } else if (fault.code == NULL || fault.status == 408) {
        abort();
    }
    free(request.body);
    close(ends[0]);
    close(ends[1]);
    return 0;
}
