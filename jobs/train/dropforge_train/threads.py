"""Chooses the number of threads by timing real training steps, and looks again, because the machine's load changes.

On quiet cores two threads nearly halve a step; with another process on one of them, two threads can take four times as
long as one. Only a clock can tell.
"""

from collections.abc import Callable
from statistics import median

TIMED_STEPS = 3  # per candidate, after one step that only starts the threads
HOPELESS = 1.5  # a first timed step this many times slower than the best candidate ends its trial
LOOK_AGAIN_SECONDS = 20.0
DISTURBED = 1.3  # recent steps this many times slower than when chosen: look again at once
RECENT_STEPS = 8
# A trial costs time too: after a disturbance, at least this long until the next one.
SHORTEST_SECONDS_BETWEEN = 5.0


class ThreadChooser:
    """`record` every step's seconds; the chooser calls `set_threads` when it wants another count tried or kept."""

    def __init__(self, cores: int, set_threads: Callable[[int], None]) -> None:
        self._cores = cores
        self._set_threads = set_threads
        self._trials: list[int] = []
        self._medians: dict[int, float] = {}
        self._steps: list[float] = []
        self._since_choice = 0.0
        self.threads = cores
        self._begin(sorted({2**power for power in range(cores.bit_length())} | {cores}, reverse=True))

    def record(self, seconds: float) -> None:
        """Takes the time of the step that just ran."""
        self._steps.append(seconds)
        if self._trials:
            self._record_trial()
            return
        self._since_choice += seconds
        recent = self._steps[-RECENT_STEPS:]
        disturbed = len(recent) == RECENT_STEPS and median(recent) > DISTURBED * self._medians[self.threads]
        if self._since_choice > LOOK_AGAIN_SECONDS or (disturbed and self._since_choice > SHORTEST_SECONDS_BETWEEN):
            near = {self.threads, self.threads // 2, self.threads * 2, 1}
            self._begin(sorted((count for count in near if 1 <= count <= self._cores), key=lambda c: c != self.threads))
        elif len(self._steps) > 4 * RECENT_STEPS:
            del self._steps[:-RECENT_STEPS]

    def _begin(self, candidates: list[int]) -> None:
        self._trials, self._medians = candidates, {}
        self._try_next()

    def _try_next(self) -> None:
        self._steps = []
        if self._trials and self._cores > 1:
            self._set_threads(self._trials[0])
            return
        self._trials = []
        self._medians = self._medians or {1: float("inf")}
        self.threads = min(self._medians, key=lambda count: self._medians[count])
        self._set_threads(self.threads)
        self._since_choice = 0.0

    def _record_trial(self) -> None:
        timed = self._steps[1:]
        best = min(self._medians.values(), default=float("inf"))
        if len(timed) < TIMED_STEPS and not (timed and timed[0] > HOPELESS * best):
            return
        self._medians[self._trials.pop(0)] = median(timed)
        self._try_next()
