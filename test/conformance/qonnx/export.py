"""Exports small Brevitas networks with random weights as QONNX, and beside each its images and Brevitas' own logits.

    python export.py DIRECTORY

NAME.onnx; NAME.images (uint8, NHWC), NAME.logits (float32, images x classes).
"""

import sys
import warnings
from pathlib import Path

import torch
from brevitas import nn as qnn
from brevitas.core.restrict_val import RestrictValueType
from brevitas.core.scaling import ScalingImplType
from brevitas.export import export_qonnx
from brevitas.quant import (
    Int8ActPerTensorFixedPoint,
    Int8ActPerTensorFloat,
    Int8WeightPerChannelFloat,
    Int8WeightPerTensorFixedPoint,
    Int32Bias,
    ShiftedUint8ActPerTensorFloat,
    SignedBinaryActPerTensorConst,
    SignedBinaryWeightPerTensorConst,
    SignedTernaryWeightPerTensorConst,
    Uint8ActPerTensorFixedPoint,
    Uint8ActPerTensorFloat,
)
from brevitas_examples.bnn_pynq.models import model_with_cfg
from torch import nn

IMAGES = 8
warnings.filterwarnings("ignore")


class RawPixels(nn.Module):
    """The network that reads pixels from 0 to 255, as the converter expects: what torchvision's ToTensor does is inside."""

    def __init__(self, network: nn.Module) -> None:
        super().__init__()
        self.network = network

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        return self.network(x / 255)


def relu(bits: int) -> nn.Module:
    return qnn.QuantReLU(bit_width=bits, return_quant_tensor=True)


def constant_signed(bits: int) -> nn.Module:
    """Evenly spaced signed levels without the lowest, in steps of a power of two."""
    return qnn.QuantIdentity(
        bit_width=bits,
        narrow_range=True,
        min_val=-1.0,
        max_val=1.0,
        scaling_impl_type=ScalingImplType.CONST,
        restrict_scaling_type=RestrictValueType.POWER_OF_TWO,
        return_quant_tensor=True,
    )


def bipolar() -> nn.Module:
    return qnn.QuantIdentity(act_quant=SignedBinaryActPerTensorConst, min_val=-1.0, max_val=1.0, return_quant_tensor=True)


def block(inputs: int, outputs: int, activation: nn.Module, weights: dict, padding: int = 1, groups: int = 1) -> list:
    convolution = qnn.QuantConv2d(inputs, outputs, 3, padding=padding, groups=groups, bias=False, **weights)
    return [convolution, nn.BatchNorm2d(outputs), activation]


BITS = {bits: {"weight_bit_width": bits} for bits in (3, 4, 8)}
BINARY = {"weight_quant": SignedBinaryWeightPerTensorConst, "weight_scaling_init": 0.1}
TERNARY = {"weight_quant": SignedTernaryWeightPerTensorConst, "weight_threshold": 0.5, "weight_scaling_init": 0.1}
PER_CHANNEL = {"weight_quant": Int8WeightPerChannelFloat}


def head(features: int) -> list:
    return [nn.Flatten(), qnn.QuantLinear(features, 5, bias=True)]


def fixed_point(bits: int) -> nn.Module:
    return qnn.QuantReLU(act_quant=Uint8ActPerTensorFixedPoint, bit_width=bits, return_quant_tensor=True)


def shifted(bits: int) -> nn.Module:
    return qnn.QuantIdentity(act_quant=ShiftedUint8ActPerTensorFloat, bit_width=bits, return_quant_tensor=True)


def quantizer_variants() -> dict:
    """Scales of powers of two without normalization, zero points, wide biases, quantizers inside of the layers."""
    identity = qnn.QuantIdentity(bit_width=8, return_quant_tensor=True)
    fixed = {"weight_quant": Int8WeightPerTensorFixedPoint, "bias": False, "padding": 1}
    wide = {"weight_bit_width": 4, "bias": True, "bias_quant": Int32Bias}
    inner = {"bias": False, "output_quant": Int8ActPerTensorFloat}
    unsigned = {"input_quant": Uint8ActPerTensorFloat}
    tanh = qnn.QuantHardTanh(max_val=1.0, min_val=-1.0, bit_width=3, return_quant_tensor=True)
    truncated = qnn.TruncAdaptiveAvgPool2d(1, bit_width=8)
    return {
        "fixed_point": [
            qnn.QuantIdentity(act_quant=Int8ActPerTensorFixedPoint, return_quant_tensor=True),
            *[qnn.QuantConv2d(3, 6, 3, **fixed), fixed_point(4)],
            *[qnn.QuantConv2d(6, 6, 3, weight_bit_width=3, **fixed), fixed_point(4), *head(6 * 64)],
        ],
        "wide_bias": [
            *[identity, qnn.QuantConv2d(3, 6, 3, **wide), relu(4)],
            *[nn.Flatten(), qnn.QuantLinear(6 * 36, 5, **wide)],
        ],
        "inner_quantizers": [
            *[qnn.QuantConv2d(3, 6, 3, input_quant=Int8ActPerTensorFloat, **inner), nn.ReLU()],
            *[qnn.QuantConv2d(6, 6, 3, padding=1, bias=False, **unsigned), nn.BatchNorm2d(6), nn.ReLU()],
            *[nn.Flatten(), qnn.QuantLinear(6 * 36, 5, **inner, **unsigned)],
        ],
        "zero_points": [
            *[shifted(8), *block(3, 6, shifted(4), BITS[8], padding=0), *block(6, 6, shifted(8), BITS[8])],
            *head(6 * 36),
        ],
        "truncated_whole": [identity, *block(3, 6, relu(4), BITS[8]), truncated, *head(6)],
        "hard_tanh": [identity, *block(3, 6, tanh, BITS[8], padding=0), nn.MaxPool2d(2), *head(6 * 9)],
    }


def networks() -> dict:
    """Name: network, channels, side. The scales of activations are learned from random images before the export."""
    identity = qnn.QuantIdentity(bit_width=8, return_quant_tensor=True)
    truncated = qnn.TruncAvgPool2d(kernel_size=2, stride=2, bit_width=4, float_to_int_impl_type="floor")
    average = nn.AvgPool2d(2)
    pooled = nn.AdaptiveAvgPool2d(1)
    return {
        "lenet_4bit": (
            [identity, *block(3, 8, relu(4), BITS[4]), nn.MaxPool2d(2), *block(8, 12, relu(4), PER_CHANNEL), *head(12 * 36)],
            3,
            12,
        ),
        "wide_8bit": ([*block(3, 8, relu(8), BITS[8], padding=0), *block(8, 6, relu(8), BITS[8]), *head(6 * 36)], 3, 8),
        "truncated_average": (
            [*block(3, 8, relu(4), BITS[8]), truncated, *block(8, 6, relu(4), BITS[3]), *head(6 * 16)],
            3,
            8,
        ),
        "average": ([*block(3, 8, relu(2), BITS[8]), average, *block(8, 6, relu(2), BINARY), *head(6 * 16)], 3, 8),
        "depthwise": (
            [
                *block(3, 8, relu(4), BITS[8]),
                *block(8, 8, relu(4), BITS[4], groups=8),
                *block(8, 6, relu(2), BINARY),
                pooled,
                *head(6),
            ],
            3,
            8,
        ),
        "ternary_padded": (
            [*block(3, 8, constant_signed(2), BITS[8]), *block(8, 6, constant_signed(2), TERNARY), *head(6 * 64)],
            3,
            8,
        ),
        "bipolar_padded": ([*block(3, 8, bipolar(), BITS[8]), *block(8, 6, bipolar(), BINARY), *head(6 * 64)], 3, 8),
        "grey_mlp": (
            [identity, nn.Flatten(), qnn.QuantLinear(64, 20, bias=True, **BITS[4]), nn.BatchNorm1d(20), relu(3), *head(20)],
            1,
            8,
        ),
    }


def examples() -> dict:
    """The networks of FINN's examples, as Brevitas has them."""
    small = {name: (model_with_cfg(name, pretrained=False)[0], 1, 28) for name in ("TFC_1W1A", "TFC_1W2A", "TFC_2W2A")}
    large = {name: (model_with_cfg(name, pretrained=False)[0], 3, 32) for name in ("CNV_1W1A", "CNV_2W2A")}
    return small | large


def export(directory: Path, name: str, network: nn.Module, channels: int, side: int) -> None:
    network = RawPixels(network)
    images = torch.randint(0, 256, (64, channels, side, side)).float()
    network.train()
    for _ in range(4):
        network(images)
    network.eval()
    with torch.no_grad():
        logits = network(images[:IMAGES])
    logits = logits.value if hasattr(logits, "value") else logits
    export_qonnx(network, images[:1], export_path=str(directory / f"{name}.onnx"))
    images[:IMAGES].permute(0, 2, 3, 1).to(torch.uint8).numpy().tofile(directory / f"{name}.images")
    logits.detach().float().numpy().tofile(directory / f"{name}.logits")


def main() -> None:
    directory = Path(sys.argv[1])
    directory.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    for name, (layers, channels, side) in networks().items():
        export(directory, name, nn.Sequential(*layers), channels, side)
    for name, layers in quantizer_variants().items():
        export(directory, name, nn.Sequential(*layers), 3, 8)
    for name, (network, channels, side) in examples().items():
        export(directory, name, network, channels, side)


if __name__ == "__main__":
    main()
