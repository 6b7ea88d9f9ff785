"""LmnetV1 for classification: six convolutions with 1-bit weights and 2-bit activations, an int8 head.

Source of the topology: Blueoil, `blueoil/networks/classification/lmnet_v1.py`. Its seventh 1x1 convolution and global
average pooling commute, so here the pool comes first and the head is a matrix product.
"""

from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from .quantizers import binary_weights, int8_weights, quantized_levels

TOP_LEVEL = 3  # 2-bit activations: 0, 1, 2, 3
ZERO_POINT = 128  # the network reads pixel - 128, so that zero padding means mid grey


class LayerShape(NamedTuple):
    """One convolution of the network, before the width multiplier."""

    name: str
    kernel: int
    channels: int
    space_to_depth: bool


LMNET_V1 = (
    LayerShape("conv1", 3, 32, False),
    LayerShape("conv2", 3, 64, True),
    LayerShape("conv3", 3, 128, False),
    LayerShape("conv4", 3, 64, True),
    LayerShape("conv5", 3, 128, True),
    LayerShape("conv6", 1, 64, False),
)


def scaled_channels(channels: int, width: float) -> int:
    """Channels times the width multiplier, rounded to a multiple of 8, at least 8."""
    return max(8, int(channels * width / 8 + 0.5) * 8)


class QuantizedConvolution(nn.Module):
    """Convolution, batch normalization in units of the activation step, 2-bit levels."""

    def __init__(self, shape: LayerShape, inputs: int, outputs: int, binary: bool) -> None:
        super().__init__()
        self.shape = shape
        self.binary = binary
        self.dtype = torch.float32
        taps = inputs * shape.kernel * shape.kernel
        weight = torch.randn(outputs, inputs, shape.kernel, shape.kernel) * (2 / taps) ** 0.5
        self.weight = nn.Parameter(weight.contiguous(memory_format=torch.channels_last))
        self.norm = nn.BatchNorm2d(outputs, eps=1e-3 if binary else 1e-5, momentum=0.05)
        # One and a half steps per standard deviation: levels 0 to 3 are all used from the start.
        nn.init.constant_(self.norm.weight, TOP_LEVEL / 2)

    def forward(self, x: Tensor) -> Tensor:
        """[N, C, H, W] channels-last -> levels [N, C', H, W] (or [N, 4C', H/2, W/2])."""
        weight = binary_weights(self.weight, self.dtype) if self.binary else int8_weights(self.weight, True).to(self.dtype)
        accumulator = F.conv2d(x.to(self.dtype), weight, padding=self.shape.kernel // 2)
        levels = quantized_levels(self.norm(accumulator), TOP_LEVEL)
        return space_to_depth(levels) if self.shape.space_to_depth else levels


class LmnetV1(nn.Module):
    """The whole network: raw pixels in, logits out."""

    def __init__(self, classes: int, width: float, first_layer: str) -> None:
        super().__init__()
        inputs = 3
        layers = []
        for shape in LMNET_V1:
            outputs = scaled_channels(shape.channels, width)
            layers.append(QuantizedConvolution(shape, inputs, outputs, binary=bool(layers) or first_layer == "binary"))
            inputs = outputs * 4 if shape.space_to_depth else outputs
        self.convolutions = nn.ModuleList(layers)
        self.head_weight = nn.Parameter(torch.randn(classes, inputs) * 0.05)
        self.head_bias = nn.Parameter(torch.zeros(classes))

    def set_dtype(self, dtype: torch.dtype) -> None:
        """Type of the convolutions; parameters stay float32."""
        for layer in self.convolutions:
            layer.dtype = dtype

    def latents(self) -> list[nn.Parameter]:
        """Real weights behind the binary ones."""
        return [layer.weight for layer in self.convolutions if layer.binary]

    def int8_parameters(self) -> list[nn.Parameter]:
        """Weights that are scaled, not binarized: the only ones for which weight decay means something."""
        return [layer.weight for layer in self.convolutions if not layer.binary] + [self.head_weight]

    def forward(self, pixels: Tensor) -> Tensor:
        """Pixels [N, H, W, 3], whole numbers 0..255 of any type -> logits [N, classes] float32."""
        x = network_input(pixels)
        for layer in self.convolutions:
            x = layer(x)
        pooled = x.float().mean((2, 3))
        return F.linear(pooled, int8_weights(self.head_weight, False), self.head_bias)


def network_input(pixels: Tensor) -> Tensor:
    """Pixels [N, H, W, 3] -> [N, 3, H, W] float32 in channels-last memory, centred on grey."""
    return (pixels.float() - ZERO_POINT).permute(0, 3, 1, 2)


def space_to_depth(x: Tensor) -> Tensor:
    """[N, C, H, W] -> [N, 4C, H/2, W/2], channel (dy*2 + dx)*C + c as ONNX SpaceToDepth has it; stays channels-last."""
    n, c, h, w = x.shape
    blocks = x.permute(0, 2, 3, 1).reshape(n, h // 2, 2, w // 2, 2, c).permute(0, 1, 3, 2, 4, 5)
    return blocks.reshape(n, h // 2, w // 2, 4 * c).permute(0, 3, 1, 2)
