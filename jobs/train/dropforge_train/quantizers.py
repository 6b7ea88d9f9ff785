"""The fake quantizers of training. Integers are carried forward; batch normalization absorbs every scale."""

import torch
from torch import Tensor

INT8_MAX = 127


class _Sign(torch.autograd.Function):
    """Weights to -1 or +1 (zero counts as +1); the gradient passes straight through."""

    @staticmethod
    def forward(ctx, latent: Tensor, dtype: torch.dtype) -> Tensor:
        return torch.where(latent >= 0, 1.0, -1.0).to(dtype)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
        return gradient.float(), None


class _Levels(torch.autograd.Function):
    """Pre-activations in units of the step to 0..top; the gradient passes strictly inside (0, top).

    `round` takes ties to even, the integer model takes them up; a tie has probability zero and only costs exactness here,
    never in the exported thresholds.
    """

    @staticmethod
    def forward(ctx, value: Tensor, top: int) -> Tensor:
        ctx.save_for_backward(value)
        ctx.top = float(top)
        return value.round().clamp_(0, top)

    @staticmethod
    def backward(ctx, gradient: Tensor) -> tuple[Tensor, None]:
        (value,) = ctx.saved_tensors
        # Two passes of threshold_backward cost a third less than masks, and exist for bfloat16 on the CPU in torch 1.13.
        threshold = torch.ops.aten.threshold_backward
        return threshold(threshold(gradient, value, 0.0), ctx.top - value, 0.0), None


def binary_weights(latent: Tensor, dtype: torch.dtype) -> Tensor:
    """-1 or +1 in `dtype`."""
    return _Sign.apply(latent, dtype)


def quantized_levels(value: Tensor, top: int) -> Tensor:
    """Whole levels 0..top of `value`, which is in units of the step."""
    return _Levels.apply(value, top)


def int8_scale(weights: Tensor, per_channel: bool) -> Tensor:
    """Scale of symmetric int8 weights (-127..127), per output channel or for the tensor; never zero."""
    magnitude = weights.detach().abs()
    largest = magnitude.amax(dim=tuple(range(1, weights.dim())), keepdim=True) if per_channel else magnitude.max()
    return (largest / INT8_MAX).clamp_min(torch.finfo(torch.float32).tiny * INT8_MAX)


def int8_integers(weights: Tensor, scale: Tensor) -> Tensor:
    """The integers -127..127 (as float32) that stand for `weights`."""
    return (weights.detach() / scale).round().clamp(-INT8_MAX, INT8_MAX)


def int8_weights(weights: Tensor, per_channel: bool) -> Tensor:
    """Weights rounded to int8 times their scale; the gradient passes straight through."""
    scale = int8_scale(weights, per_channel)
    return weights + (int8_integers(weights, scale) * scale - weights).detach()
