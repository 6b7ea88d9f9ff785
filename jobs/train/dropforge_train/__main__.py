"""`python3 -m dropforge_train train` runs the training job whose root is SAGEMAKER_BASE_DIR (default /opt/ml)."""

import argparse
import ctypes
import os
import signal
import sys

from .job import JobPaths
from .stop import StopRequest
from .supervisor import supervise

_PR_SET_PDEATHSIG = 1  # prctl(2)


def main(arguments: list[str]) -> int:
    """Parses the command line and returns the exit code."""
    parser = argparse.ArgumentParser(prog="dropforge_train", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("train", help="run the training job")
    work = commands.add_parser("work", help="the trainer itself, started by `train`")
    work.add_argument("--supervisor", type=int, required=True, metavar="PID")
    work.add_argument("--local-rank", type=int, required=True, metavar="N", help="which of this instance's trainers")
    work.add_argument("--local-size", type=int, required=True, metavar="N", help="how many of them there are")
    parsed = parser.parse_args(arguments)
    if parsed.command == "train":
        return supervise(JobPaths.from_environment())
    _die_with(parsed.supervisor)
    stop = StopRequest()
    stop.listen()
    from .work import run_job  # torch is imported only here, in the child, and takes a second or more

    code = run_job(JobPaths.from_environment(), stop, parsed.local_rank, parsed.local_size)
    sys.stdout.flush()
    # Not by way of destructors: gloo's wait for each other now and then, and then forever. All files are closed.
    os._exit(code)


def _die_with(supervisor: int) -> None:
    """A trainer whose supervisor was killed must not train on as an orphan beside its own successor."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != supervisor:
        sys.exit("The supervisor is gone.")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
