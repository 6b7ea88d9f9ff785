"""Runs the trainers of this instance, one for each GPU, as child processes, so that even one which the kernel kills leaves a
readable failure.

The supervisor imports no torch: it stays small, the kernel's out-of-memory killer takes a child, and the cause gets written.
It passes the children's output through line by line, keeps the last lines, and turns SIGTERM into an orderly stop.
"""

import json
import os
import signal
import subprocess
import sys
import threading
from collections import deque
from pathlib import Path

from .cluster import count_gpus
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
    trainers = _Trainers(max(1, count_gpus()))
    trainers.wait()
    code = trainers.first_failure
    if code is None:
        return 0
    cause = _written_cause(paths.failure)
    if cause is None:
        failure = _explain_death(code, trainers.tail, _kernel_memory_kills() > kills_before, trainers.stop_asked)
        print(f"failure {failure.to_json()}", flush=True)
        write_failure(paths.failure, failure, list(trainers.tail))
        cause = failure.cause
    else:
        _append_tail(paths.failure, trainers.tail)
    return EXIT_KILLED if cause == "killed" else EXIT_FAILED


class _Trainers:
    """The children. SIGTERM or SIGINT here becomes SIGTERM there, and SIGKILL when they have used up their time.

    One that fails takes its fellows along, since they would wait for it.
    """

    def __init__(self, count: int) -> None:
        self.tail: deque[str] = deque(maxlen=TAIL_LINES)
        self.first_failure: int | None = None
        self.stop_asked = False
        self._timer = threading.Timer(STOP_SECONDS, self._kill)
        self._timer.daemon = True
        self._children: list[subprocess.Popen] = []
        signal.signal(signal.SIGTERM, self._on_signal)
        signal.signal(signal.SIGINT, self._on_signal)
        self._children += [_start_child(rank, count) for rank in range(count)]
        if self.stop_asked:  # before there was anybody to pass it on to
            self._terminate()

    def wait(self) -> None:
        """Returns when every child has ended and all that they said is passed on."""
        readers = [threading.Thread(target=self._follow, args=(child,)) for child in self._children]
        for reader in readers:
            reader.start()
        for reader in readers:
            reader.join()
        self._timer.cancel()

    def _on_signal(self, _signal: int, _frame: object) -> None:
        if self.stop_asked:
            return
        self.stop_asked = True
        self._terminate()
        self._timer.start()

    def _follow(self, child: subprocess.Popen) -> None:
        assert child.stdout is not None
        for raw in child.stdout:
            line = raw.decode("utf-8", "replace").rstrip("\n")
            self.tail.append(line)
            _pass_on(line)
        code = child.wait()
        if code != 0 and self.first_failure is None:
            self.first_failure = code
            self._kill()

    def _terminate(self) -> None:
        for child in self._children:
            child.terminate()

    def _kill(self) -> None:
        for child in self._children:
            child.kill()


def _start_child(rank: int, count: int) -> subprocess.Popen:
    environment = dict(os.environ, PYTHONUNBUFFERED="1")
    command = [sys.executable, "-m", "dropforge_train", "work", "--supervisor", str(os.getpid())]
    command += ["--local-rank", str(rank), "--local-size", str(count)]
    return subprocess.Popen(
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )


def _pass_on(line: str) -> None:
    try:
        sys.stdout.write(line + "\n")  # in one piece, since several threads write
        sys.stdout.flush()
    except BrokenPipeError:
        # Nobody listens any more; the training goes on.
        sys.stdout = open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115 - lives until the process ends


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


def _explain_death(code: int, tail: deque[str], kernel_killed: bool, stop_asked: bool) -> TrainingFailure:
    if code == -signal.SIGKILL and kernel_killed:
        return TrainingFailure("out-of-memory", "The kernel killed the trainer because the machine ran out of memory.")
    if any(speaks_of_memory(line) for line in list(tail)[-20:]):
        return TrainingFailure("out-of-memory", f"The trainer ended with code {code} when memory ran out.")
    if stop_asked:
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
