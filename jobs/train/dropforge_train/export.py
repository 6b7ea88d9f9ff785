"""Writes the trained network as QONNX: standard ONNX plus the quantizers `Quant` and `BipolarQuant`.

Source: github.com/fastmachinelearning/qonnx, docs/qonnx-custom-ops. Activations have scale 1, so that every tensor between
layers holds the levels 0..3 themselves and batch normalization is in units of the step. `rounding_mode` is HALF_UP for
activations, which takes ties up as the integer model does, and ROUND (ties to even) for weights, which are on their levels.
"""

import json
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from .integer_network import integer_head, integer_weights
from .network import TOP_LEVEL, ZERO_POINT, LmnetV1, QuantizedConvolution

QUANT_DOMAIN = "qonnx.custom_op.general"
OPSET = 13
ACTIVATION_BITS, WEIGHT_BITS = TOP_LEVEL.bit_length(), 8
INPUT_RULE = f"uint8 RGB pixels 0..255 as float; the network subtracts {ZERO_POINT}, so zero padding is grey {ZERO_POINT}"


def export_qonnx(network: LmnetV1, height: int, width: int, metadata: dict[str, object]) -> onnx.ModelProto:
    """The network in eval mode as a checked model: `image` [1, 3, H, W] -> `logits` [1, classes]."""
    graph = _Graph()
    graph.constant("zero_point", np.float32(ZERO_POINT))
    x = graph.node("Sub", "center", ["image", "zero_point"], (1, 3, height, width))
    for layer in network.convolutions:
        x = _convolution(graph, layer, x)
    logits = _head(graph, network, x)
    classes = len(network.head_bias)
    proto = helper.make_graph(
        graph.nodes,
        "dropforge",
        [helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, height, width])],
        [helper.make_tensor_value_info(logits, TensorProto.FLOAT, [1, classes])],
        graph.initializers,
        value_info=[value for value in graph.values if value.name != logits],
    )
    opsets = [helper.make_opsetid("", OPSET), helper.make_opsetid(QUANT_DOMAIN, 1)]
    model = helper.make_model(proto, producer_name="dropforge", opset_imports=opsets, ir_version=7)
    text = {key: value if isinstance(value, str) else json.dumps(value, ensure_ascii=False) for key, value in metadata.items()}
    helper.set_model_props(model, dict(text, format="dropforge-qonnx/1", input=INPUT_RULE))
    onnx.checker.check_model(model)
    return model


def write_model(path: Path, model: onnx.ModelProto) -> None:
    """Writes the model file."""
    path.write_bytes(model.SerializeToString())


class _Graph:
    """Collects nodes, initializers and the shapes of what nodes give (no tool can infer them through custom operators)."""

    def __init__(self) -> None:
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self.values: list[onnx.ValueInfoProto] = []
        self._shapes: dict[str, tuple[int, ...]] = {}

    def constant(self, name: str, value: np.ndarray | np.float32) -> str:
        self.initializers.append(numpy_helper.from_array(np.asarray(value, np.float32), name))
        return name

    def node(self, op: str, name: str, inputs: list[str], shape: tuple[int, ...], output: str = "", **attributes) -> str:
        """Appends a node with one output, `<name>_out` unless named, and returns the output's name."""
        output = output or f"{name}_out"
        self.nodes.append(helper.make_node(op, inputs, [output], name=name, **attributes))
        self.values.append(helper.make_tensor_value_info(output, TensorProto.FLOAT, shape))
        self._shapes[output] = shape
        return output

    def quant(self, name: str, source: str, shape: tuple[int, ...], scale: np.ndarray, bits: int, signed: bool) -> str:
        inputs = [
            source,
            self.constant(f"{name}_scale", scale),
            self.constant(f"{name}_zero_point", np.float32(0)),
            self.constant(f"{name}_bits", np.float32(bits)),
        ]
        attributes = {"signed": int(signed), "narrow": int(signed), "rounding_mode": "ROUND" if signed else "HALF_UP"}
        return self.node("Quant", name, inputs, shape, domain=QUANT_DOMAIN, **attributes)

    def shape(self, value: str) -> tuple[int, ...]:
        return self._shapes[value]


def _convolution(graph: _Graph, layer: QuantizedConvolution, x: str) -> str:
    name, kernel = layer.shape.name, layer.shape.kernel
    integers, scale = integer_weights(layer)
    scale = scale.reshape(-1, 1, 1, 1)
    graph.constant(f"{name}_weight", integers.astype(np.float32) * scale)
    if layer.binary:
        inputs = [f"{name}_weight", graph.constant(f"{name}_weight_quant_scale", np.float32(1))]
        weight = graph.node("BipolarQuant", f"{name}_weight_quant", inputs, integers.shape, domain=QUANT_DOMAIN)
    else:
        weight = graph.quant(f"{name}_weight_quant", f"{name}_weight", integers.shape, scale, WEIGHT_BITS, signed=True)
    _, _, height, width = graph.shape(x)
    channels = len(integers)
    shape = (1, channels, height, width)
    pads = [kernel // 2] * 4
    accumulator = graph.node("Conv", name, [x, weight], shape, kernel_shape=[kernel, kernel], pads=pads, strides=[1, 1])
    norm = layer.norm
    parameters = {"gamma": norm.weight, "beta": norm.bias, "mean": norm.running_mean, "variance": norm.running_var}
    names = [graph.constant(f"{name}_{key}", tensor.detach().cpu().numpy()) for key, tensor in parameters.items()]
    steps = graph.node("BatchNormalization", f"{name}_norm", [accumulator, *names], shape, epsilon=norm.eps)
    levels = graph.quant(f"{name}_quant", steps, shape, np.float32(1), ACTIVATION_BITS, signed=False)
    if not layer.shape.space_to_depth:
        return levels
    blocks = (1, 4 * channels, height // 2, width // 2)
    return graph.node("SpaceToDepth", f"{name}_space_to_depth", [levels], blocks, blocksize=2)


def _head(graph: _Graph, network: LmnetV1, x: str) -> str:
    _, channels, height, width = graph.shape(x)
    integers, bias, logit_scale = integer_head(network, height * width)
    scale = np.float32(logit_scale * height * width)
    pooled = graph.node("GlobalAveragePool", "pool", [x], (1, channels, 1, 1))
    flat = graph.node("Flatten", "flatten", [pooled], (1, channels), axis=1)
    graph.constant("head_weight", integers.astype(np.float32) * scale)
    weight = graph.quant("head_weight_quant", "head_weight", integers.shape, scale, WEIGHT_BITS, signed=True)
    # A whole number of logit steps: the converter's rounding then gives back exactly the integer bias measured here.
    graph.constant("head_bias", bias.astype(np.float64) * logit_scale)
    return graph.node("Gemm", "head", [flat, weight, "head_bias"], (1, len(bias)), output="logits", transB=1)
