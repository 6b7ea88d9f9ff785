"""Networks with the awkward values that training rarely gives."""

import torch

from dropforge_train.network import LmnetV1


def awkward_network(classes=3, width=0.25, first_layer="int8", seed=0) -> LmnetV1:
    """Random statistics, a third of the slopes negative, one channel per layer dead, in eval mode."""
    torch.manual_seed(seed)
    network = LmnetV1(classes, width, first_layer)
    with torch.no_grad():
        for layer in network.convolutions:
            norm, taps = layer.norm, layer.weight[0].numel()
            size = float(layer.weight.abs().sum((1, 2, 3)).mean()) * 70 if not layer.binary else taps**0.5 * 1.5
            norm.weight.mul_(torch.where(torch.rand_like(norm.weight) < 0.35, -1.0, 1.0))
            norm.weight[0] = 0
            norm.bias.copy_(1.5 + torch.randn_like(norm.bias) * 0.5)
            norm.running_mean.copy_(torch.randn_like(norm.running_mean) * size / 4)
            norm.running_var.copy_((size * (0.5 + torch.rand_like(norm.running_var))) ** 2)
        network.head_bias.copy_(torch.randn(classes) * 0.1)
    return network.eval()
