import numpy as np
import torch

from dropforge_train.network import LmnetV1, network_input, scaled_channels, space_to_depth
from dropforge_train.quantizers import binary_weights, int8_integers, int8_scale, int8_weights, quantized_levels


def test_full_width_has_blueoils_717226_parameters():
    assert sum(p.numel() for p in LmnetV1(10, 1.0, "int8").parameters()) == 717_226


def test_channels_are_multiples_of_eight():
    assert [scaled_channels(32, w) for w in (1.0, 0.5, 0.3, 0.1, 2.0)] == [32, 16, 8, 8, 64]
    channels = [layer.weight.shape[0] for layer in LmnetV1(3, 0.5, "int8").convolutions]
    assert channels == [16, 32, 64, 32, 64, 32]


def test_images_of_any_size_divisible_by_eight_pass():
    network = LmnetV1(4, 0.25, "binary").eval()
    assert network(torch.zeros(2, 24, 40, 3, dtype=torch.uint8)).shape == (2, 4)


def test_space_to_depth_has_the_channel_order_of_onnx():
    x = torch.arange(2 * 3 * 4 * 6).float().view(2, 3, 4, 6)
    y = space_to_depth(x)
    for dy in range(2):
        for dx in range(2):
            for c in range(3):
                assert torch.equal(y[:, (dy * 2 + dx) * 3 + c], x[:, c, dy::2, dx::2])


def test_grey_is_zero_and_memory_is_channels_last():
    x = network_input(torch.full((2, 8, 8, 3), 128, dtype=torch.uint8))
    assert x.abs().max() == 0 and x.is_contiguous(memory_format=torch.channels_last)


def test_only_the_chosen_first_layer_is_not_binary():
    assert [layer.binary for layer in LmnetV1(2, 0.25, "int8").convolutions] == [False] + [True] * 5
    assert all(layer.binary for layer in LmnetV1(2, 0.25, "binary").convolutions)


def test_levels_are_rounded_and_clipped_and_the_gradient_passes_strictly_inside():
    t = torch.tensor([-1.0, 0.0, 0.4, 0.6, 1.6, 2.4, 2.9, 3.0, 7.0], requires_grad=True)
    levels = quantized_levels(t, 3)
    assert levels.tolist() == [0, 0, 0, 1, 2, 2, 3, 3, 3]
    levels.sum().backward()
    assert t.grad.tolist() == [0, 0, 1, 1, 1, 1, 1, 0, 0]


def test_zero_counts_as_plus_one_and_the_gradient_passes():
    w = torch.tensor([-0.5, 0.0, 2.0], requires_grad=True)
    s = binary_weights(w, torch.bfloat16)
    assert s.tolist() == [-1, 1, 1]
    s.float().sum().backward()
    assert w.grad.tolist() == [1, 1, 1]


def test_int8_weights_use_the_whole_range_of_every_channel():
    w = torch.randn(5, 3, 3, 3, generator=torch.Generator().manual_seed(0))
    w[4] = 0
    scale = int8_scale(w, per_channel=True)
    integers = int8_integers(w, scale)
    assert integers.abs().amax((1, 2, 3)).tolist() == [127] * 4 + [0]
    np.testing.assert_array_equal(int8_weights(w, True).numpy(), (integers * scale).numpy())
