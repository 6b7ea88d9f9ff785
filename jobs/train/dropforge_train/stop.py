"""The request to stop: SIGTERM comes at any moment, and the loop looks at it between steps."""

import signal
import time


class StopRequest:
    """Remembers that a stop was asked for and how long is left to save the work."""

    def __init__(self, grace_seconds: float = 90.0) -> None:
        self._grace_seconds = grace_seconds
        self._deadline: float | None = None

    def listen(self) -> None:
        """SIGTERM asks for a stop. A terminal sends SIGINT to both processes; the supervisor turns it into SIGTERM."""
        signal.signal(signal.SIGTERM, lambda _signal, _frame: self.ask())
        signal.signal(signal.SIGINT, signal.SIG_IGN)

    def ask(self) -> None:
        if self._deadline is None:
            self._deadline = time.monotonic() + self._grace_seconds

    @property
    def asked(self) -> bool:
        return self._deadline is not None

    def seconds_left(self) -> float:
        """Seconds until the grace period ends; infinite while nobody asked."""
        return float("inf") if self._deadline is None else self._deadline - time.monotonic()
