/* One HTTP/1.1 request over a connected socket, within limits of bytes and time. RFC 9112. */
#ifndef RUNNER_HTTP_H
#define RUNNER_HTTP_H

#include <stddef.h>
#include <stdint.h>

typedef struct http_request {
    int socket;
    /* seconds_now() after which nothing more is waited for. */
    double deadline;
    /* Zero-terminated. */
    char method[8];
    char path[32];
    /* From malloc. */
    uint8_t *body;
    size_t body_bytes;
} http_request;

/* An answer that is no success: its status, a code that never changes, and a sentence. status 0: nobody is there. */
typedef struct http_fault {
    int status;
    const char *code;
    const char *detail;
} http_fault;

/* Reads a request with a body of at most so many bytes. Returns 0, or -1 with the fault. */
int read_request(http_request *request, size_t most_body_bytes, http_fault *fault);
/* Writes status, headers and body, and ends the connection's sending half. */
void write_response(const http_request *request, int status, const char *type, const char *body, size_t bytes);

#endif
