#include "engine_server.h"

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <stdexcept>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <vector>

#include "df_gateware_registers.h"

namespace {

enum Operation : uint32_t { READ = 1, WRITE, WAIT };

// A millisecond of a clock of 100 MHz.
constexpr int MOST_CYCLES = 100000;

[[noreturn]] void fail(const char *what) { throw std::runtime_error(std::string(what) + ": " + std::strerror(errno)); }

int listen_on(const char *path) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    if (std::strlen(path) >= sizeof address.sun_path) throw std::runtime_error("the path of the socket is too long");
    std::strcpy(address.sun_path, path);
    const int lock = open((std::string(path) + ".lock").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
    if (lock < 0) fail("the lock file");
    close(lock);
    const int listener = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (listener < 0 || bind(listener, reinterpret_cast<sockaddr *>(&address), sizeof address) != 0 ||
        listen(listener, 16) != 0)
        fail(path);
    return listener;
}

// False at the end of the stream.
bool receive(int socket, void *bytes, size_t count) {
    return recv(socket, bytes, count, MSG_WAITALL) == ssize_t(count);
}

uint32_t wait(AxiLiteBus &axi, const EngineFaults &faults) {
    // There is no cycle to wait for.
    if (faults.is_stuck) return 0;
    for (int cycle = 0; cycle < MOST_CYCLES && !axi.interrupt(); cycle++) axi.idle(1);
    return axi.interrupt();
}

// Carries out one request. False when the program is gone.
bool answer(int program, AxiLiteBus &axi, const EngineFaults &faults) {
    uint32_t request[3];
    if (!receive(program, request, sizeof request)) return false;
    const auto [operation, offset, value] = request;
    if (operation == WRITE) {
        axi.write(offset, value);
        if (faults.is_stuck && offset == DF_GATEWARE_REGISTER_CONTROL && value == DF_GATEWARE_CONTROL_START)
            axi.set_pauses(0, 100, 1);
        return true;
    }
    if (operation != READ && operation != WAIT) return false;
    const uint32_t result = operation == READ ? axi.read(offset) : wait(axi, faults);
    return send(program, &result, sizeof result, MSG_NOSIGNAL) == sizeof result;
}

} // namespace

void serve_engine(AxiLiteBus &axi, const char *path, const EngineFaults &faults) {
    std::vector<pollfd> ends = {{STDIN_FILENO, POLLIN, 0}, {listen_on(path), POLLIN, 0}};
    std::printf("listening\n");
    std::fflush(stdout);
    while (true) {
        if (poll(ends.data(), ends.size(), -1) < 0) fail("poll");
        if (ends[0].revents != 0) break;
        for (size_t i = 2; i < ends.size();) {
            if (ends[i].revents == 0 || answer(ends[i].fd, axi, faults)) {
                i++;
                continue;
            }
            close(ends[i].fd);
            ends.erase(ends.begin() + long(i));
        }
        if (ends[1].revents == 0) continue;
        const int program = accept4(ends[1].fd, nullptr, nullptr, SOCK_CLOEXEC);
        if (program >= 0) ends.push_back({program, POLLIN, 0});
    }
    unlink(path);
}
