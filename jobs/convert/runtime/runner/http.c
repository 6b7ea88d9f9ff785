#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "http.h"
#include "runner.h"

enum { HEADER_BYTES = 8192 };

static int give_up(http_fault *fault, int status, const char *code, const char *detail) {
    *fault = (http_fault){status, code, detail};
    return -1;
}

/* Waits for the socket, not longer than the deadline. Returns whether it is ready. */
static int wait_for(const http_request *request, short events) {
    for (;;) {
        const double left = request->deadline - seconds_now();
        struct pollfd wanted = {request->socket, events, 0};
        const int count = left <= 0 ? 0 : poll(&wanted, 1, (int)(left * 1000) + 1);
        if (count >= 0 || errno != EINTR)
            return count > 0;
    }
}

/* Bytes received, at most so many; 0: the other side has ended; -1 with the fault. */
static long receive(const http_request *request, void *buffer, size_t bytes, http_fault *fault) {
    if (!wait_for(request, POLLIN))
        return give_up(fault, 408, "REQUEST_TIMEOUT", "The request did not arrive in time.");
    const ssize_t count = recv(request->socket, buffer, bytes, 0);
    return count >= 0 ? (long)count : give_up(fault, 0, "CONNECTION_LOST", "");
}

static void send_all(const http_request *request, const char *bytes, size_t count) {
    while (count > 0 && wait_for(request, POLLOUT)) {
        const ssize_t sent = send(request->socket, bytes, count, MSG_NOSIGNAL);
        if (sent < 0 && errno != EINTR)
            return;
        if (sent > 0)
            bytes += sent, count -= (size_t)sent;
    }
}

/* The value of a header, without spaces around it, or NULL. Ends at the line's end, which is a zero byte. */
static const char *header(const char *lines, const char *name) {
    const size_t length = strlen(name);
    for (const char *line = lines; *line != '\0'; line += strlen(line) + 1) {
        if (strncasecmp(line, name, length) == 0 && line[length] == ':')
            return line + length + 1 + strspn(line + length + 1, " \t");
    }
    return NULL;
}

/* Decimal digits alone, at most 9 of them; -1 for anything else. */
static long parse_length(const char *text) {
    const size_t digits = strspn(text, "0123456789");
    return digits == 0 || digits > 9 || text[digits + strspn(text + digits, " \t")] != '\0' ? -1 : atol(text);
}

/* A page of another site may send a request here; its browser then names that site. */
static int is_local(const char *host) {
    static const char *const names[] = {"127.0.0.1", "localhost", "[::1]"};
    for (size_t i = 0; host != NULL && i < sizeof names / sizeof *names; i++) {
        const size_t length = strlen(names[i]);
        if (strncasecmp(host, names[i], length) == 0 && (host[length] == '\0' || host[length] == ':'))
            return 1;
    }
    return 0;
}

/* Receives until the empty line. head: zero-terminated. Returns the bytes received; head_bytes: up to the body. */
static long receive_head(const http_request *request, char *head, size_t *head_bytes, http_fault *fault) {
    size_t filled = 0;
    for (;;) {
        if (filled == HEADER_BYTES)
            return give_up(fault, 431, "HEADERS_TOO_LARGE", "The request's headers have more than 8192 bytes.");
        const long count = receive(request, head + filled, HEADER_BYTES - filled, fault);
        if (count < 0)
            return -1;
        if (count == 0)
            return give_up(fault, filled == 0 ? 0 : 400, "REQUEST_INVALID", "The request ends within its headers.");
        filled += (size_t)count;
        head[filled] = '\0';
        const char *end = strstr(head, "\r\n\r\n");
        if (end != NULL) {
            *head_bytes = (size_t)(end - head) + 4;
            return (long)filled;
        }
        if (strlen(head) != filled)
            return give_up(fault, 400, "REQUEST_INVALID", "The request's headers hold a zero byte.");
    }
}

/* Turns "a\r\nb\r\n\r\n" into "a\0b\0\0" and reads the first line. Returns the header lines, or NULL. */
static const char *split_head(char *head, size_t head_bytes, http_request *request) {
    size_t length = 0;
    for (size_t i = 0; i < head_bytes - 2; i++) {
        if (head[i] == '\r' && head[i + 1] == '\n')
            i++, head[length++] = '\0';
        else
            head[length++] = head[i];
    }
    head[length] = '\0';
    char version;
    if (sscanf(head, "%7[A-Z] %31[!-~] HTTP/1.%c", request->method, request->path, &version) != 3)
        return NULL;
    return head + strlen(head) + 1;
}

static int receive_body(http_request *request, const char *lines, const char *early, size_t early_bytes,
                        size_t most_body_bytes, http_fault *fault) {
    const char *length_text = header(lines, "Content-Length");
    if (header(lines, "Transfer-Encoding") != NULL)
        return give_up(fault, 411, "LENGTH_REQUIRED", "Send the image with a Content-Length.");
    const long length = length_text == NULL ? 0 : parse_length(length_text);
    if (length < 0)
        return give_up(fault, 400, "REQUEST_INVALID", "The Content-Length is no number of up to 9 digits.");
    if ((size_t)length > most_body_bytes)
        return give_up(fault, 413, "FILE_TOO_LARGE", "The body is larger than any image that is taken: 32 MiB.");
    const char *expected = header(lines, "Expect");
    if (expected != NULL && strcasecmp(expected, "100-continue") == 0)
        send_all(request, "HTTP/1.1 100 Continue\r\n\r\n", 25);
    request->body_bytes = (size_t)length;
    request->body = malloc(request->body_bytes + 1);
    if (request->body == NULL)
        return give_up(fault, 503, "OUT_OF_MEMORY", "There is no memory for the image.");
    size_t filled = early_bytes < request->body_bytes ? early_bytes : request->body_bytes;
    memcpy(request->body, early, filled);
    while (filled < request->body_bytes) {
        const long count = receive(request, request->body + filled, request->body_bytes - filled, fault);
        if (count < 0)
            return -1;
        if (count == 0)
            return give_up(fault, 400, "REQUEST_INVALID", "The body is shorter than its Content-Length.");
        filled += (size_t)count;
    }
    return 0;
}

int read_request(http_request *request, size_t most_body_bytes, http_fault *fault) {
    char head[HEADER_BYTES + 1];
    size_t head_bytes;
    const long filled = receive_head(request, head, &head_bytes, fault);
    if (filled < 0)
        return -1;
    const char *early = head + head_bytes;
    const char *lines = split_head(head, head_bytes, request);
    if (lines == NULL)
        return give_up(fault, 400, "REQUEST_INVALID", "The first line is not that of an HTTP/1.1 request.");
    if (!is_local(header(lines, "Host")))
        return give_up(fault, 403, "HOST_REFUSED", "The request is meant for another host than this machine.");
    return receive_body(request, lines, early, (size_t)filled - head_bytes, most_body_bytes, fault);
}

void write_response(const http_request *request, int status, const char *type, const char *body, size_t bytes) {
    char head[256];
    const int length = snprintf(head, sizeof head,
                                "HTTP/1.1 %d %s\r\nContent-Type: %s\r\nContent-Length: %zu\r\nConnection: close\r\n"
                                "Cache-Control: no-store\r\nX-Content-Type-Options: nosniff\r\n\r\n",
                                status, status < 300 ? "OK" : "Refused", type, bytes);
    send_all(request, head, (size_t)length);
    send_all(request, body, bytes);
    shutdown(request->socket, SHUT_WR);
    /* What was not read would make the system reset the connection, and the answer would be lost: read some of it. */
    char rest[4096];
    for (int i = 0; i < 256 && wait_for(request, POLLIN); i++) {
        if (recv(request->socket, rest, sizeof rest, 0) <= 0)
            break;
    }
}
