"""Runs the trainer as a child process, so that even a trainer which the kernel kills leaves a readable failure.

The supervisor imports no torch: it stays small, the kernel's out-of-memory killer takes the child, and the cause gets written.
It passes the child's output through line by line, keeps the last lines, and turns SIGTERM into an orderly stop.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path

from .failure import TrainingFailure, speaks_of_memory, write_failure
from .job import JobPaths

TAIL_LINES = 200
# SageMaker sends SIGKILL 120 s after SIGTERM; the failure file has to be written before that.
STOP_SECONDS = 100.0
EXIT_FAILED = 1
EXIT_KILLED = 128 + signal.SIGTERM


def supervise(paths: JobPaths) -> int:
    """Runs the job to its end; exit code 0 with a model, else `output/failure` and 1, or 143 when killed or stopped."""
    paths.failure.unlink(missing_ok=True)
    kills_before = _kernel_memory_kills()
    child = _start_child()
    stop = _ForwardedStop(child)
    tail = _pass_output_through(child)
    code = child.wait()
    stop.finish()
    if code == 0:
        return 0
    cause = _written_cause(paths.failure)
    if cause is None:
        failure = _explain_death(code, tail, _kernel_memory_kills() > kills_before, stop)
        print(f"failure {failure.to_json()}", flush=True)
        write_failure(paths.failure, failure, list(tail))
        cause = failure.cause
    else:
        _append_tail(paths.failure, tail)
    return EXIT_KILLED if cause == "killed" else EXIT_FAILED


def _start_child() -> subprocess.Popen:
    environment = dict(os.environ, PYTHONUNBUFFERED="1")
    command = [sys.executable, "-m", "dropforge_train", "work", "--supervisor", str(os.getpid())]
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


class _ForwardedStop:
    """SIGTERM or SIGINT here becomes SIGTERM there, and SIGKILL when the child has used up its time."""

    def __init__(self, child: subprocess.Popen) -> None:
        self._child = child
        self._timer: threading.Timer | None = None
        self.asked = False
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)

    def _on_signal(self, _signal: int, _frame: object) -> None:
        if self.asked:
            return
        self.asked = True
        self._child.send_signal(signal.SIGTERM)
        self._timer = threading.Timer(STOP_SECONDS, self._child.kill)
        self._timer.daemon = True
        self._timer.start()

    def finish(self) -> None:
        if self._timer is not None:
            self._timer.cancel()


def _pass_output_through(child: subprocess.Popen) -> deque[str]:
    tail: deque[str] = deque(maxlen=TAIL_LINES)
    reader_is_there = True
    assert child.stdout is not None
    for raw in child.stdout:
        line = raw.decode("utf-8", "replace").rstrip("\n")
        tail.append(line)
        try:
            if reader_is_there:
                print(line, flush=True)
        except BrokenPipeError:
            reader_is_there = False  # nobody listens any more; the training goes on
            sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - lives until the process ends
    return tail


def _written_cause(path: Path) -> str | None:
    """The cause in the child's own failure file, or None when it had no chance to write one."""
    try:
        return json.loads(path.read_text(encoding="utf-8").splitlines()[0])["cause"]
    except (OSError, ValueError, LookupError):
        return None


def _append_tail(path: Path, tail: deque[str]) -> None:
    try:
        with open(path, "a", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in tail)
    except OSError as error:
        print(f"failure-file-unwritable path={path} error={error}", flush=True)


def _explain_death(code: int, tail: deque[str], kernel_killed: bool, stop: _ForwardedStop) -> TrainingFailure:
    if code == -signal.SIGKILL and kernel_killed:
        return TrainingFailure("out-of-memory", "The kernel killed the trainer because the machine ran out of memory.")
    if any(speaks_of_memory(line) for line in list(tail)[-20:]):
        return TrainingFailure("out-of-memory", f"The trainer ended with code {code} when memory ran out.")
    if stop.asked:
        return TrainingFailure("killed", f"The job was asked to stop and did not finish saving within {STOP_SECONDS:.0f} s.")
    if code in (-signal.SIGKILL, -signal.SIGTERM):
        return TrainingFailure("killed", f"Something killed the trainer ({signal.Signals(-code).name}).")
    name = signal.Signals(-code).name if code < 0 else f"exit code {code}"
    return TrainingFailure("bug", f"The trainer ended without saying why ({name}).")


def _kernel_memory_kills() -> int:
    """How many processes the kernel's out-of-memory killer has taken since boot (/proc/vmstat, Linux 4.13 and later)."""
    try:
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    except (OSError, ValueError):
        pass
    return 0
