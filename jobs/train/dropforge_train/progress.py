"""One parseable line per interval on standard output."""

import math
from collections.abc import Callable

# Often enough for a progress bar, seldom enough for a log that is paid by the byte.
SHORTEST_SECONDS, LONGEST_SECONDS, LINES_PER_BUDGET = 1.0, 10.0, 100


class Progress:
    """Keeps the running mean of the loss and prints when the interval is over."""

    def __init__(self, steps_per_epoch: int, write: Callable[[str], None] = print) -> None:
        self._steps_per_epoch = steps_per_epoch
        self._write = write
        self._next_seconds = 0.0
        self._loss_sum = 0.0
        self._loss_count = 0
        self.accuracy = math.nan  # last held-out accuracy

    def add_loss(self, loss: float) -> None:
        self._loss_sum += loss
        self._loss_count += 1

    def report(self, step: int, elapsed: float, fraction: float, last: bool = False) -> None:
        """Prints at most once an interval. `elapsed` is training time in seconds, `fraction` the share of the budget."""
        if not last and elapsed < self._next_seconds:
            return
        budget_seconds = elapsed / fraction if fraction > 0 else 0.0
        self._next_seconds = elapsed + min(max(budget_seconds / LINES_PER_BUDGET, SHORTEST_SECONDS), LONGEST_SECONDS)
        of = step if fraction >= 1 else round(step / fraction) if fraction > 0 else 0
        loss = self._loss_sum / self._loss_count if self._loss_count else math.nan
        eta = max(0.0, budget_seconds - elapsed)
        self._write(
            f"progress step={step} of={max(of, step)} epoch={step / self._steps_per_epoch:.2f} loss={loss:.4f} "
            f"accuracy={self.accuracy:.4f} eta_seconds={eta:.0f}"
        )
        self._loss_sum, self._loss_count = 0.0, 0
