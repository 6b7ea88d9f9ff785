"""Why a training job failed, in words that a person can act on, and the file that says so."""

import errno
import json
from pathlib import Path

CAUSES = ("data", "out-of-memory", "disk", "diverged", "killed", "bug")

# SageMaker shows the first 1024 characters of output/failure; the JSON line must fit with room to spare.
MESSAGE_CHARACTERS = 480
ACTION_CHARACTERS = 240

_ACTIONS = {
    "out-of-memory": "Use a smaller batchSize or imageSize, or a machine with more memory.",
    "disk": "Free disk space or use a larger volume, then start the job again: it resumes from its last checkpoint.",
    "killed": "Start the job again: it resumes from its last checkpoint.",
    "bug": "Report this with the log below; the last lines show where it happened.",
}

_MEMORY_PHRASES = (
    "can't allocate memory",
    "out of memory",
    "cannot allocate memory",
    "bad_alloc",
    "thread creation failed",
    "failed to map segment",  # of a shared library
)
# What torch's stores and backends say when a process at the other end has gone or never came.
_PEER_PHRASES = ("connection closed by peer", "connection reset by peer", "connection refused", "timed out", "timeout", "nccl")
LOST_PEER = "Another process of this training ended or could not be reached"
_DISK_ERRNOS = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)


class TrainingFailure(Exception):
    """A failure with a cause of `CAUSES`, what happened, and what to do about it."""

    def __init__(self, cause: str, message: str, action: str = "") -> None:
        super().__init__(message)
        assert cause in CAUSES, cause
        self.cause = cause
        self.message = message
        self.action = action or _ACTIONS.get(cause, "Correct the input named in the message and start a new run.")

    def to_json(self) -> str:
        """One line of JSON, at most about 1,000 characters."""
        record = {
            "cause": self.cause,
            "message": _one_line(self.message, MESSAGE_CHARACTERS),
            "action": _one_line(self.action, ACTION_CHARACTERS),
        }
        return json.dumps(record, ensure_ascii=False)


def data_failure(message: str, action: str = "") -> TrainingFailure:
    """The dataset or the configuration cannot be trained on; a repeat will not help."""
    return TrainingFailure("data", message, action)


def classify(error: BaseException) -> TrainingFailure:
    """Names the cause of any exception. torch reports a failed allocation as a plain RuntimeError, so its text decides."""
    if isinstance(error, TrainingFailure):
        return error
    text = f"{type(error).__name__}: {error}"
    if isinstance(error, MemoryError) or speaks_of_memory(str(error)):
        return TrainingFailure("out-of-memory", f"The training job could not get the memory that it asked for ({text}).")
    if isinstance(error, OSError) and error.errno == errno.ENOMEM:
        return TrainingFailure("out-of-memory", f"The system refused more memory ({text}).")
    if isinstance(error, OSError) and error.errno in _DISK_ERRNOS:
        return TrainingFailure("disk", f"A file could not be written because the disk or quota is full ({text}).")
    if isinstance(error, RuntimeError) and any(phrase in text.lower() for phrase in _PEER_PHRASES):
        action = "Look for the first failure in the logs of the other processes; started again, the job resumes."
        return TrainingFailure("killed", f"{LOST_PEER} ({text}).", action)
    return TrainingFailure("bug", f"The training program stopped on an unexpected error ({text}).")


def speaks_of_memory(text: str) -> bool:
    """Whether an error text of torch, libgomp or the C++ runtime means that memory ran out."""
    lowered = text.lower()
    return any(phrase in lowered for phrase in _MEMORY_PHRASES)


def write_failure(path: Path, failure: TrainingFailure, tail: list[str]) -> None:
    """Writes the JSON line, then the log tail, unless another process of this instance failed before and said why.

    A full disk must not hide the cause, so errors here are ignored.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(path, "x", encoding="utf-8") as file:
            file.write(failure.to_json() + "\n")
            file.flush()
            file.writelines(line + "\n" for line in tail)
    except FileExistsError:
        pass
    except OSError as error:
        print(f"failure-file-unwritable path={path} error={error}", flush=True)


def _one_line(text: str, limit: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
