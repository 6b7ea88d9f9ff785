"""Network and optimizer to named arrays and back, without pickles and across torch versions."""

import numpy as np
import torch
from torch import Tensor, nn

from .config import TrainingConfig
from .network import LmnetV1

ADAM_BETAS = (0.9, 0.99)


def make_optimizer(network: LmnetV1, config: TrainingConfig) -> torch.optim.Optimizer:
    """Adam or momentum. Weight decay applies to the int8 layers: shrinking a binary latent would only make it flip."""
    decayed = network.int8_parameters()
    others = [p for p in network.parameters() if all(p is not d for d in decayed)]
    groups = [{"params": decayed, "weight_decay": config.weight_decay}, {"params": others, "weight_decay": 0.0}]
    if network.head_bias.is_cuda:
        # A rate that lies on the GPU can change between replays of a recorded step.
        rate = torch.tensor(config.learning_rate, device=network.head_bias.device)
        if config.optimizer == "adam":
            return torch.optim.Adam(groups, rate, betas=ADAM_BETAS, capturable=True, foreach=True)
        return torch.optim.SGD(groups, rate, momentum=config.momentum, fused=True)
    if config.optimizer == "adam":
        return torch.optim.Adam(groups, config.learning_rate, betas=ADAM_BETAS, foreach=True)
    return torch.optim.SGD(groups, config.learning_rate, momentum=config.momentum, foreach=True)


def set_learning_rate(optimizer: torch.optim.Optimizer, rate: float) -> None:
    """For all parameters, from the next step on."""
    for group in optimizer.param_groups:
        if isinstance(group["lr"], Tensor):
            group["lr"].fill_(rate)
        else:
            group["lr"] = rate


def to_arrays(network: nn.Module, optimizer: torch.optim.Optimizer) -> dict[str, np.ndarray]:
    """Everything that training changes, by name."""
    arrays = {f"network/{name}": tensor.detach().cpu().numpy() for name, tensor in network.state_dict().items()}
    for index, state in optimizer.state_dict()["state"].items():
        for key, value in state.items():
            if value is not None:
                arrays[f"optimizer/{index}/{key}"] = torch.as_tensor(value).detach().cpu().numpy()
    return arrays


def from_arrays(arrays: dict[str, np.ndarray], network: nn.Module, optimizer: torch.optim.Optimizer) -> None:
    """Restores what `to_arrays` gave. Raises KeyError or ValueError, and changes nothing, when shapes do not fit."""
    wanted = network.state_dict()
    for name, tensor in wanted.items():
        if arrays[f"network/{name}"].shape != tuple(tensor.shape):
            raise ValueError(f"{name} has shape {arrays[f'network/{name}'].shape}, not {tuple(tensor.shape)}")
    states: dict[int, dict[str, Tensor]] = {}
    for name, array in arrays.items():
        if name.startswith("optimizer/"):
            _, index, key = name.split("/")
            states.setdefault(int(index), {})[key] = torch.from_numpy(array.copy())
    full = optimizer.state_dict()
    full["state"] = states
    optimizer.load_state_dict(full)
    network.load_state_dict({name: torch.from_numpy(arrays[f"network/{name}"].copy()) for name in wanted})
