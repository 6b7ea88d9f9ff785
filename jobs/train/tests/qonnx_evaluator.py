"""A second opinion on exported models: QONNX operators in plain numpy and float64, written from the operators' definitions."""

import numpy as np
import onnx
from onnx import helper, numpy_helper


def evaluate(model: onnx.ModelProto, image: np.ndarray) -> dict[str, np.ndarray]:
    """Runs the graph on `image` [1, 3, H, W]; returns every tensor by name."""
    values = {tensor.name: numpy_helper.to_array(tensor).astype(np.float64) for tensor in model.graph.initializer}
    values["image"] = image.astype(np.float64)
    for node in model.graph.node:
        attributes = {a.name: helper.get_attribute_value(a) for a in node.attribute}
        inputs = [values[name] for name in node.input]
        values[node.output[0]] = OPERATORS[node.op_type](*inputs, **attributes)
    return values


def _conv(x, w, kernel_shape, pads, strides):
    assert strides == [1, 1] and list(w.shape[2:]) == kernel_shape
    x = np.pad(x, ((0, 0), (0, 0), (pads[0], pads[2]), (pads[1], pads[3])))
    windows = np.lib.stride_tricks.sliding_window_view(x, kernel_shape, axis=(2, 3))
    return np.einsum("nchwij,ocij->nohw", windows, w, optimize=True)


def _batch_normalization(x, gamma, beta, mean, variance, epsilon):
    gamma, beta, mean, variance = (p[None, :, None, None] for p in (gamma, beta, mean, variance))
    return gamma * (x - mean) / np.sqrt(variance + epsilon) + beta


def _quant(x, scale, zero_point, bits, signed, narrow, rounding_mode):
    lowest = -(2 ** (bits - 1)) + narrow if signed else 0
    highest = 2 ** (bits - 1) - 1 if signed else 2**bits - 1 - narrow
    levels = ROUNDINGS[rounding_mode](np.clip(x / scale + zero_point, lowest, highest))
    return (levels - zero_point) * scale


ROUNDINGS = {b"ROUND": np.round, b"HALF_UP": lambda x: np.sign(x) * np.floor(np.abs(x) + 0.5)}


def _space_to_depth(x, blocksize):
    n, c, h, w = x.shape
    y = x.reshape(n, c, h // blocksize, blocksize, w // blocksize, blocksize).transpose(0, 3, 5, 1, 2, 4)
    return y.reshape(n, c * blocksize**2, h // blocksize, w // blocksize)


def _gemm(a, b, c, transB):
    return a @ (b.T if transB else b) + c


OPERATORS = {
    "Sub": lambda a, b: a - b,
    "Conv": _conv,
    "BatchNormalization": _batch_normalization,
    "Quant": _quant,
    "BipolarQuant": lambda x, scale: np.where(x >= 0, 1.0, -1.0) * scale,
    "SpaceToDepth": _space_to_depth,
    "GlobalAveragePool": lambda x: x.mean((2, 3), keepdims=True),
    "Flatten": lambda x, axis: x.reshape(int(np.prod(x.shape[:axis])), -1),
    "Gemm": _gemm,
}
