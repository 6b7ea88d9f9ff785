import numpy as np
import pytest
import torch

from dropforge_train.integer_network import fold, integer_weights
from networks import awkward_network


def pixels(n=8, h=16, w=16) -> np.ndarray:
    return np.random.default_rng(1).integers(0, 256, (n, h, w, 3), np.uint8)


@pytest.mark.parametrize("first_layer", ["int8", "binary"])
def test_thresholds_say_the_same_as_the_formula_at_every_accumulator(first_layer):
    network = awkward_network(first_layer=first_layer)
    for layer, folded in zip(network.convolutions, fold(network, 16, 16).convolutions, strict=True):
        weights, scale = integer_weights(layer)
        norm = layer.norm
        for channel in range(len(weights)):
            limit = (128 if layer.shape.name == "conv1" else 3) * int(np.abs(weights[channel]).sum())
            acc = np.unique(np.linspace(-limit, limit, 5001).astype(np.int64))
            gamma, beta, mean, variance = (
                float(p.detach()[channel]) for p in (norm.weight, norm.bias, norm.running_mean, norm.running_var)
            )
            t = gamma * (float(scale[channel]) * acc - mean) / np.sqrt(variance + norm.eps) + beta
            expected = sum((t >= k - 0.5).astype(int) for k in (1, 2, 3))
            flipped = -1 if gamma < 0 else 1
            assert np.array_equal(folded.weights[channel], flipped * weights[channel])
            level = (flipped * acc[:, None] >= folded.thresholds[channel]).sum(1)
            assert np.array_equal(level, expected), (layer.shape.name, channel)


def test_ties_round_up():
    network = awkward_network()
    layer = network.convolutions[1]
    with torch.no_grad():
        layer.norm.eps = 0.0
        layer.norm.weight.fill_(0.5)
        layer.norm.bias.zero_()
        layer.norm.running_mean.zero_()
        layer.norm.running_var.fill_(1)
    assert (fold(network, 16, 16).convolutions[1].thresholds == [1, 3, 5]).all()


def test_thresholds_never_fall_and_stay_within_reach():
    for layer in fold(awkward_network(), 16, 16).convolutions:
        largest = 128 if layer.weights.shape[1] == 3 else 3
        assert (np.diff(layer.thresholds, axis=1) >= 0).all()
        assert (np.abs(layer.thresholds).max(1) <= largest * np.abs(layer.weights).sum((1, 2, 3)) + 1).all()


@pytest.mark.parametrize("first_layer", ["int8", "binary"])
def test_it_answers_as_the_float_network_does(first_layer):
    network = awkward_network(first_layer=first_layer)
    integers = fold(network, 16, 24)
    images = pixels(32, 16, 24)
    with torch.no_grad():
        real = network(torch.from_numpy(images)).numpy()
    ours = integers.logits(images) * integers.logit_scale
    assert np.abs(ours - real).max() < np.abs(real).max() * 0.02
    assert (ours.argmax(1) == real.argmax(1)).mean() > 0.95


def test_float32_sums_are_exact():
    integers = fold(awkward_network(width=1.0), 16, 16)
    images = pixels(2)
    assert np.array_equal(integers.logits(images), plain_logits(integers, images))


def plain_logits(network, images) -> np.ndarray:
    """The definition in int64, tap by tap."""
    x = images.astype(np.int64) - 128
    for layer in network.convolutions:
        k, pad = layer.weights.shape[2], layer.padding
        _, h, w, _ = x.shape
        padded = np.pad(x, ((0, 0), (pad, pad), (pad, pad), (0, 0)))
        acc = sum(padded[:, i : i + h, j : j + w] @ layer.weights[:, :, i, j].T for i in range(k) for j in range(k))
        x = (acc[..., None] >= layer.thresholds).sum(-1)
        if layer.space_to_depth:
            x = np.concatenate([x[:, dy::2, dx::2] for dy in range(2) for dx in range(2)], axis=3)
    return x.sum((1, 2)) @ network.head_weights.T + network.head_bias
