import json
import signal
from collections import deque

import pytest

from dropforge_train.failure import TrainingFailure, classify, write_failure
from dropforge_train.supervisor import _explain_death


@pytest.mark.parametrize(
    ("error", "cause"),
    [
        (MemoryError(), "out-of-memory"),
        (RuntimeError("[enforce fail at alloc_cpu.cpp:66] DefaultCPUAllocator: can't allocate memory"), "out-of-memory"),
        (RuntimeError("CUDA out of memory. Tried to allocate 2.00 GiB"), "out-of-memory"),
        (OSError(12, "Cannot allocate memory"), "out-of-memory"),
        (OSError(28, "No space left on device"), "disk"),
        (OSError(27, "File too large"), "disk"),
        (OSError(122, "Disk quota exceeded"), "disk"),
        (PermissionError(13, "Permission denied"), "bug"),
        (RuntimeError("shape mismatch"), "bug"),
        (RuntimeError("[pair.cc:598] Connection closed by peer [10.0.0.2]:4711"), "killed"),
        (TrainingFailure("diverged", "x", "y"), "diverged"),
    ],
)
def test_every_error_has_a_cause(error, cause):
    assert classify(error).cause == cause


def test_the_first_line_fits_sagemakers_failure_reason(tmp_path):
    path = tmp_path / "output/failure"
    write_failure(path, TrainingFailure("bug", "line one\nline two " + "ü" * 5000, "a" * 999), ["log 1", "log 2"])
    first, *tail = path.read_text(encoding="utf-8").splitlines()
    assert len(first) <= 900 and tail == ["log 1", "log 2"]
    record = json.loads(first)
    assert set(record) == {"cause", "message", "action"} and record["message"].startswith("line one line two")


@pytest.mark.parametrize(
    ("code", "tail", "kernel_killed", "asked", "cause"),
    [
        (-signal.SIGKILL, [], True, False, "out-of-memory"),
        (-signal.SIGKILL, [], False, False, "killed"),
        (-signal.SIGKILL, [], False, True, "killed"),
        (1, ["libgomp: Thread creation failed: Resource temporarily unavailable"], False, False, "out-of-memory"),
        (-signal.SIGSEGV, [], False, False, "bug"),
        (3, ["something"], False, False, "bug"),
    ],
)
def test_a_death_without_a_word_is_explained(code, tail, kernel_killed, asked, cause):
    assert _explain_death(code, deque(tail), kernel_killed, asked).cause == cause
