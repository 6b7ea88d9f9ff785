import json

import numpy as np
import onnx
import pytest
import torch

from dropforge_train.export import QUANT_DOMAIN, export_qonnx, write_model
from dropforge_train.integer_network import fold
from networks import awkward_network
from qonnx_evaluator import evaluate

METADATA = {"classes": ["Ünïcode 猫", "b", "c"], "task": "classification"}


def images(n, h, w) -> np.ndarray:
    return np.random.default_rng(2).integers(0, 256, (n, h, w, 3), np.uint8)


@pytest.mark.parametrize("first_layer", ["int8", "binary"])
def test_the_model_means_what_was_measured(first_layer):
    network = awkward_network(first_layer=first_layer)
    model = export_qonnx(network, 16, 24, METADATA)
    integers = fold(network, 16, 24)
    for image in images(6, 16, 24):
        values = evaluate(model, image.transpose(2, 0, 1)[None])
        expected = integers.logits(image[None])
        got = values["logits"] / integers.logit_scale
        np.testing.assert_allclose(got, expected, atol=1e-2)
        assert values["logits"].argmax() == expected.argmax()


def test_every_level_is_that_of_the_torch_network():
    network = awkward_network()
    model = export_qonnx(network, 16, 16, METADATA)
    image = images(1, 16, 16)
    levels = []
    hooks = [layer.register_forward_hook(lambda _m, _i, out: levels.append(out.numpy())) for layer in network.convolutions]
    with torch.no_grad():
        logits = network(torch.from_numpy(image)).numpy()
    assert len(hooks) == 6
    values = evaluate(model, image.transpose(0, 3, 1, 2))
    for layer, expected in zip(network.convolutions, levels, strict=True):
        name = f"{layer.shape.name}_{'space_to_depth' if layer.shape.space_to_depth else 'quant'}_out"
        assert values[name].shape == expected.shape
        assert (values[name] != expected).mean() < 1e-3  # float32 may decide differently next to a threshold
        assert set(np.unique(values[name])) <= {0, 1, 2, 3}
    np.testing.assert_allclose(values["logits"], logits, atol=0.02 * np.abs(logits).max())


def test_the_model_says_what_it_is(tmp_path):
    write_model(tmp_path / "model.onnx", export_qonnx(awkward_network(), 16, 24, METADATA))
    model = onnx.load(str(tmp_path / "model.onnx"))
    onnx.checker.check_model(model)
    properties = {entry.key: entry.value for entry in model.metadata_props}
    assert json.loads(properties["classes"]) == METADATA["classes"]
    assert properties["task"] == "classification" and properties["format"] == "dropforge-qonnx/1"
    assert {opset.domain: opset.version for opset in model.opset_import} == {"": 13, QUANT_DOMAIN: 1}
    dims = [[d.dim_value for d in value.type.tensor_type.shape.dim] for value in (*model.graph.input, *model.graph.output)]
    assert [value.name for value in (*model.graph.input, *model.graph.output)] == ["image", "logits"]
    assert dims == [[1, 3, 16, 24], [1, 3]]


def test_equal_networks_give_equal_bytes():
    first, second = (export_qonnx(awkward_network(), 16, 16, METADATA).SerializeToString() for _ in range(2))
    assert first == second


def test_the_operators_are_the_standard_ones_and_the_quantizers():
    model = export_qonnx(awkward_network(), 16, 16, METADATA)
    custom = {node.op_type for node in model.graph.node if node.domain == QUANT_DOMAIN}
    standard = {node.op_type for node in model.graph.node if node.domain == ""}
    assert custom == {"Quant", "BipolarQuant"}
    assert standard == {"Sub", "Conv", "BatchNormalization", "SpaceToDepth", "GlobalAveragePool", "Flatten", "Gemm"}
    assert all(node.name for node in model.graph.node)
