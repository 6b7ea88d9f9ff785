/*
 * --serve: a small HTTP endpoint for programs on the same machine. One thread, one connection at a time, one request
 * each, within ten seconds; nothing of a request names a file.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "classify.h"
#include "http.h"

enum { REQUEST_SECONDS = 10, BACKLOG = 16 };

static volatile sig_atomic_t is_stopped;

static void stop(int signal) {
    (void)signal;
    is_stopped = 1;
}

static int status_of(const char *code) {
    if (strcmp(code, "IMAGE_TOO_LARGE") == 0 || strcmp(code, "FILE_TOO_LARGE") == 0)
        return 413;
    if (strcmp(code, "IMAGE_WRONG_TYPE") == 0)
        return 415;
    return strcmp(code, "OUT_OF_MEMORY") == 0 || strcmp(code, MACHINE_FAILED) == 0 ? 503 : 422;
}

/* A problem document: RFC 9457. */
static void write_problem(FILE *output, int status, const char *code, const char *detail) {
    fprintf(output, "{\"title\":\"%s\",\"status\":%d,\"code\":\"%s\",\"detail\":", code, status, code);
    write_json_string(output, detail);
    fputs("}\n", output);
}

static void write_prediction(FILE *output, const classifier *done, const stage_seconds *spent) {
    const df_info *info = df_model_info();
    const uint32_t best = best_class(done);
    fprintf(output, "{\"modelDigest\":\"%s\",\"class\":", info->model_digest);
    write_json_string(output, info->class_names[best]);
    fprintf(output, ",\"classIndex\":%u,\"logits\":[", best);
    for (uint32_t k = 0; k < info->classes; k++) fprintf(output, k == 0 ? "%d" : ",%d", done->logits[k]);
    fputs("],\"probabilities\":[", output);
    for (uint32_t k = 0; k < info->classes; k++)
        fprintf(output, k == 0 ? "%.9g" : ",%.9g", (double)done->probabilities[k]);
    fprintf(output, "],\"milliseconds\":%.3f}\n", (spent->pre + spent->inference + spent->post) * 1e3);
}

/* Writes the body of the answer and returns its status. */
static int respond(FILE *output, const http_request *request, classifier *self) {
    if (strcmp(request->method, "GET") == 0 && strcmp(request->path, "/health") == 0) {
        fprintf(output, "{\"status\":\"ok\",\"modelDigest\":\"%s\",\"kernels\":\"%s\"}\n",
                df_model_info()->model_digest, df_kernels());
        return 200;
    }
    if (strcmp(request->method, "POST") != 0 || strcmp(request->path, "/predict") != 0) {
        write_problem(output, 404, "NO_SUCH_ROUTE", "Ask GET /health, or POST /predict with a JPEG or PNG file.");
        return 404;
    }
    stage_seconds spent;
    image_fault fault;
    if (classify(self, request->body, request->body_bytes, &spent, &fault) == 0) {
        write_prediction(output, self, &spent);
        return 200;
    }
    const int status = status_of(fault.code);
    char detail[sizeof fault.detail + 40];
    if (strcmp(fault.code, MACHINE_FAILED) == 0)
        snprintf(detail, sizeof detail, "The network cannot run: %s", fault.detail);
    else
        snprintf(detail, sizeof detail, "The image cannot be used: %s.", fault.detail);
    write_problem(output, status, fault.code, detail);
    return status;
}

static void serve_connection(int socket, classifier *self) {
    http_request request = {.socket = socket, .deadline = seconds_now() + REQUEST_SECONDS};
    http_fault fault = {0, "", ""};
    char *body = NULL;
    size_t bytes = 0;
    FILE *output = open_memstream(&body, &bytes);
    if (output == NULL)
        return;
    int status;
    if (read_request(&request, IMAGE_FILE_BYTES, &fault) == 0) {
        status = respond(output, &request, self);
    } else {
        status = fault.status;
        write_problem(output, status, fault.code, fault.detail);
    }
    if (fclose(output) == 0 && status != 0) {
        request.deadline = seconds_now() + 1;
        write_response(&request, status, status == 200 ? "application/json" : "application/problem+json", body, bytes);
    }
    free(body);
    free(request.body);
}

/* A listening socket on 127.0.0.1, or -1 after telling why. */
static int listen_on(uint16_t port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port)};
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    const int yes = 1;
    const int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    if (listener >= 0)
        setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (listener < 0 || bind(listener, (struct sockaddr *)&address, length) != 0 || listen(listener, BACKLOG) != 0 ||
        getsockname(listener, (struct sockaddr *)&address, &length) != 0) {
        fail(RUNNER_IO, "127.0.0.1:%u: %s", port, strerror(errno));
        if (listener >= 0)
            close(listener);
        return -1;
    }
    printf("http://127.0.0.1:%u\n", ntohs(address.sin_port));
    fflush(stdout);
    return listener;
}

int run_serve(uint16_t port) {
    /* Signals arrive only while it waits for a connection, so that none is missed and no answer is cut off. */
    const struct sigaction action = {.sa_handler = stop};
    sigset_t stops, before;
    sigemptyset(&stops);
    sigaddset(&stops, SIGTERM);
    sigaddset(&stops, SIGINT);
    sigprocmask(SIG_BLOCK, &stops, &before);
    sigaction(SIGTERM, &action, NULL);
    sigaction(SIGINT, &action, NULL);
    const int listener = listen_on(port);
    if (listener < 0)
        return RUNNER_IO;
    classifier self = create_classifier();
    while (!is_stopped) {
        struct pollfd waiting = {listener, POLLIN, 0};
        if (ppoll(&waiting, 1, NULL, &before) <= 0)
            continue;
        const int socket = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
        if (socket < 0)
            continue;
        serve_connection(socket, &self);
        close(socket);
    }
    destroy_classifier(&self);
    close(listener);
    return RUNNER_OK;
}
