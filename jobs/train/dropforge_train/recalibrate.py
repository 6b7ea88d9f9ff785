"""Batch-norm statistics, recomputed in float32 when training is over.

The running averages lag behind the weights and were taken in bfloat16; the exported thresholds need exact ones.
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn

from .network import LmnetV1

IMAGES = 2000


@torch.no_grad()
def recalibrate(network: LmnetV1, batches: int, batch: Callable[[int], Tensor]) -> None:
    """Replaces the statistics by plain averages over `batches` batches of augmented training images; leaves eval mode."""
    network.set_dtype(torch.float32)
    norms = [module for module in network.modules() if isinstance(module, nn.BatchNorm2d)]
    for norm in norms:
        norm.reset_running_stats()
        norm.momentum = None  # a cumulative average
    network.train()
    for index in range(batches):
        network(batch(index))
    network.eval()
