// The Verilated engine behind a Unix socket, for programs that were built for the board.
#pragma once
#include "axi_lite_bus.h"

// How the engine at the socket differs from one that works.
struct EngineFaults {
    // Its clock stands still once a run has begun.
    bool is_stuck = false;
};

// Listens on the socket and says so on standard output. Serves any number of programs, whose accesses may come in any
// order, as on a bus, until standard input ends or something comes from there. `path`.lock is made for them to lock.
//
// A request is three little-endian words, operation, offset and value: a read (1) is answered with the register; a
// write (2) is not answered; a wait (3) lets cycles pass until the interrupt is raised, but not more than a millisecond
// of them, and is answered with 1 or 0.
void serve_engine(AxiLiteBus &axi, const char *path, const EngineFaults &faults);
