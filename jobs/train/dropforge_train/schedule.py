"""The learning rate as a function of the fraction of the budget, so that every budget ends annealed.

Blueoil's step schedules divide by ten at epoch boundaries and once more for the last epoch; on a fraction, the last
twentieth stands for the last epoch. Its warm-up of one epoch at a thousandth becomes a linear climb from a thousandth.
"""

import math

DROPS = {"2-step": (1 / 2, 0.95), "3-step": (1 / 3, 2 / 3, 0.95), "3-step-with-warmup": (1 / 3, 2 / 3, 0.95)}
WARMUP_START = 1e-3


def learning_rate(name: str, base: float, warmup: float, fraction: float) -> float:
    """Learning rate at `fraction` (0..1) of the budget; `warmup` is the share of the budget spent climbing to `base`."""
    fraction = min(max(fraction, 0.0), 1.0)
    if fraction < warmup:
        return base * (WARMUP_START + (1 - WARMUP_START) * fraction / warmup)
    if name == "cosine":
        return base * 0.5 * (1 + math.cos(math.pi * (fraction - warmup) / (1 - warmup)))
    return base * 0.1 ** sum(fraction >= drop for drop in DROPS.get(name, ()))
