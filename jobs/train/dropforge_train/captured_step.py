"""A training step as one CUDA graph: its hundreds of small kernels start with one launch instead of one each.

A small network leaves a large GPU waiting for Python; replaying a recording takes Python out of the step.
Source: "CUDA Graphs", https://docs.pytorch.org/docs/stable/notes/cuda.html#cuda-graphs
"""

from collections.abc import Callable

import torch
from torch import Tensor

# Executed on a side stream before the recording, so that cuDNN has chosen its kernels and the optimizer has its state.
WARM_UP_STEPS = 3

Step = Callable[[Tensor, Tensor], Tensor]


class CapturedStep:
    """Does the first steps by calling `step(pixels, labels) -> loss`, records the next one, and replays it from then on.

    `step` must do the same work on the same memory every time: same shapes, and no decision that reads a tensor.
    """

    def __init__(self, step: Step) -> None:
        self._step = step
        self._warm_ups_left = WARM_UP_STEPS
        self._side = torch.cuda.Stream()
        self._graph: torch.cuda.CUDAGraph | None = None
        self._pixels = self._labels = self._loss = torch.empty(0)

    def __call__(self, pixels: Tensor, labels: Tensor) -> Tensor:
        """The loss, valid until the next call."""
        if self._warm_ups_left > 0:
            self._warm_ups_left -= 1
            return self._warm_up(pixels, labels)
        if self._graph is None:
            self._graph = self._record(pixels, labels)
        self._pixels.copy_(pixels)
        self._labels.copy_(labels)
        self._graph.replay()
        return self._loss

    def _warm_up(self, pixels: Tensor, labels: Tensor) -> Tensor:
        self._side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(self._side):
            loss = self._step(pixels, labels)
        torch.cuda.current_stream().wait_stream(self._side)
        return loss

    def _record(self, pixels: Tensor, labels: Tensor) -> torch.cuda.CUDAGraph:
        """Recording executes nothing: the first replay is this step."""
        graph = torch.cuda.CUDAGraph()
        self._pixels, self._labels = pixels.clone(), labels.clone()
        with torch.cuda.graph(graph):
            self._loss = self._step(self._pixels, self._labels)
        return graph
