"""The network as integers: batch normalization folded, in float64, into three thresholds per channel.

With t = A*acc + B the pre-activation in steps, a level is the number of k in 1..3 with t >= k - 1/2 (ties up), which is
acc >= ceil((k - 1/2 - B) / A). A negative A negates the channel's weights first. The reported accuracy is measured here,
because no device ever evaluates batch normalization.
"""

from dataclasses import dataclass

import numpy as np
import torch
from torch.nn import functional as F

from .network import TOP_LEVEL, LmnetV1, QuantizedConvolution, network_input, space_to_depth
from .quantizers import int8_integers, int8_scale

PIXEL_LIMIT = 128  # largest |pixel - 128|


@dataclass(frozen=True)
class IntegerConvolution:
    """One layer: `level = #{k : acc >= thresholds[:, k]}`."""

    weights: np.ndarray  # int64 [O, I, K, K]: -1 or +1, or -127..127
    thresholds: np.ndarray  # int64 [O, 3], non-decreasing per channel
    padding: int
    space_to_depth: bool


@dataclass(frozen=True)
class IntegerNetwork:
    """Layers, then the head: `logits = weights @ (sum of levels over pixels) + bias`."""

    convolutions: tuple[IntegerConvolution, ...]
    head_weights: np.ndarray  # int64 [classes, C], -127..127
    head_bias: np.ndarray  # int64 [classes]
    logit_scale: float  # integer logits times this are the real ones

    @torch.no_grad()
    def logits(self, pixels: np.ndarray) -> np.ndarray:
        """uint8 [N, H, W, 3] -> int64 [N, classes]. Float32 sums are exact: every partial sum stays below 2**24."""
        x = network_input(torch.from_numpy(pixels))
        for layer in self.convolutions:
            weights = torch.from_numpy(layer.weights.astype(np.float32)).contiguous(memory_format=torch.channels_last)
            accumulator = F.conv2d(x, weights, padding=layer.padding)
            thresholds = torch.from_numpy(layer.thresholds.astype(np.float32)).view(1, -1, TOP_LEVEL, 1, 1)
            x = sum((accumulator >= thresholds[:, :, k]).float() for k in range(TOP_LEVEL))
            x = space_to_depth(x) if layer.space_to_depth else x
        pooled = x.double().sum((2, 3)).numpy().astype(np.int64)
        return pooled @ self.head_weights.T + self.head_bias


def fold(network: LmnetV1, height: int, width: int) -> IntegerNetwork:
    """Folds a network in eval mode for images of `height` x `width` pixels."""
    convolutions = tuple(_fold_convolution(layer) for layer in network.convolutions)
    halvings = sum(layer.space_to_depth for layer in convolutions)
    pixels = (height >> halvings) * (width >> halvings)
    weights, bias, logit_scale = integer_head(network, pixels)
    return IntegerNetwork(convolutions, weights, bias, logit_scale)


def integer_head(network: LmnetV1, pixels: int) -> tuple[np.ndarray, np.ndarray, float]:
    """Head weights and bias as integers and the scale of the logits; `pixels` are averaged before the head."""
    scale = int8_scale(network.head_weight, per_channel=False)
    weights = int8_integers(network.head_weight, scale).cpu().numpy().astype(np.int64)
    logit_scale = float(scale) / pixels
    bias = np.rint(network.head_bias.detach().cpu().double().numpy() / logit_scale).astype(np.int64)
    return weights, bias, logit_scale


def integer_weights(layer: QuantizedConvolution) -> tuple[np.ndarray, np.ndarray]:
    """Weights as int64 [O, I, K, K], and float32 scales [O] (1 for binary weights)."""
    if layer.binary:
        return np.where(layer.weight.detach().cpu().numpy() >= 0, 1, -1), np.ones(len(layer.weight), np.float32)
    scale = int8_scale(layer.weight, per_channel=True)
    return int8_integers(layer.weight, scale).cpu().numpy().astype(np.int64), scale.cpu().numpy().ravel()


def _fold_convolution(layer: QuantizedConvolution) -> IntegerConvolution:
    weights, scale = integer_weights(layer)
    norm = layer.norm
    gamma, beta, mean, variance = (
        tensor.detach().cpu().double().numpy() for tensor in (norm.weight, norm.bias, norm.running_mean, norm.running_var)
    )
    deviation = np.sqrt(variance + norm.eps)
    slope = gamma * scale.astype(np.float64) / deviation
    offset = beta - gamma * mean / deviation
    weights = np.where(slope < 0, -1, 1)[:, None, None, None] * weights
    largest_input = PIXEL_LIMIT if layer.shape.name == "conv1" else TOP_LEVEL
    limit = largest_input * np.abs(weights).sum((1, 2, 3)) + 1
    thresholds = np.stack([_threshold(k, np.abs(slope), offset, limit) for k in range(1, TOP_LEVEL + 1)], 1)
    return IntegerConvolution(weights, thresholds, layer.shape.kernel // 2, layer.shape.space_to_depth)


def _threshold(k: int, slope: np.ndarray, offset: np.ndarray, limit: np.ndarray) -> np.ndarray:
    """Smallest accumulator that reaches level k, within +-limit; a dead channel (slope 0) always or never does."""
    with np.errstate(divide="ignore", invalid="ignore"):
        smallest = np.ceil((k - 0.5 - offset) / slope)
    smallest = np.where(slope == 0, np.where(offset >= k - 0.5, -np.inf, np.inf), smallest)
    return np.clip(smallest, -limit, limit).astype(np.int64)
