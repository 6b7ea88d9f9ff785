"""Augmentations, vectorised over the batch. Each takes and returns pixels 0..255 as float32 [N, H, W, 3]."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor
from torch.nn import functional as F

from .augmentation_options import AugmentationOptions
from .network import ZERO_POINT

# ITU-R 601 luma, the grey that Pillow's "L" mode and its colour enhancers use.
LUMA = (0.299, 0.587, 0.114)


def augment(pixels: Tensor, options: tuple[AugmentationOptions, ...], random: np.random.Generator) -> Tensor:
    """uint8 [N, H, W, 3] -> float32 of the same shape: whole numbers 0..255, as a camera would give them."""
    x = pixels.float()
    for option in options:
        x = _FUNCTIONS[option.name](x, option.values, random)
    return x.clamp_(0, 255).round_() if options else x


def _uniform(x: Tensor, values: dict[str, float], random: np.random.Generator) -> Tensor:
    """One number per image between min and max, shaped to multiply images."""
    drawn = random.uniform(values["min"], values["max"], len(x)).astype(np.float32)
    return torch.from_numpy(drawn).to(x.device).view(-1, 1, 1, 1)


def _chosen(x: Tensor, values: dict[str, float], random: np.random.Generator) -> Tensor:
    """Which images to change, each with the given probability."""
    return torch.from_numpy(random.random(len(x)) < values["probability"]).to(x.device).view(-1, 1, 1, 1)


def _grey(x: Tensor) -> Tensor:
    return (x * torch.tensor(LUMA, device=x.device)).sum(3, keepdim=True)


def _flip_left_right(x: Tensor, values: dict[str, float], random: np.random.Generator) -> Tensor:
    return torch.where(_chosen(x, values, random), x.flip(2), x)


def _flip_top_bottom(x: Tensor, values: dict[str, float], random: np.random.Generator) -> Tensor:
    return torch.where(_chosen(x, values, random), x.flip(1), x)


def _brightness(x: Tensor, values: dict[str, float], random: np.random.Generator) -> Tensor:
    return (x * _uniform(x, values, random)).clamp_(0, 255)


def _color(x: Tensor, values: dict[str, float], random: np.random.Generator) -> Tensor:
    grey = _grey(x)
    return (grey + (x - grey) * _uniform(x, values, random)).clamp_(0, 255)


def _contrast(x: Tensor, values: dict[str, float], random: np.random.Generator) -> Tensor:
    middle = _grey(x).mean((1, 2, 3), keepdim=True)
    return (middle + (x - middle) * _uniform(x, values, random)).clamp_(0, 255)


def _hue(x: Tensor, values: dict[str, float], random: np.random.Generator) -> Tensor:
    """Turns the chrominance plane of YIQ; luma stays. Cheaper than HSV and free of its jumps at grey."""
    to_yiq = torch.tensor([LUMA, (0.596, -0.274, -0.322), (0.211, -0.523, 0.312)], device=x.device)
    angle = torch.deg2rad(_uniform(x, values, random).view(-1))
    turn = torch.zeros(len(x), 3, 3, device=x.device)
    turn[:, 0, 0] = 1
    turn[:, 1, 1] = turn[:, 2, 2] = angle.cos()
    turn[:, 1, 2], turn[:, 2, 1] = -angle.sin(), angle.sin()
    matrix = torch.linalg.inv(to_yiq) @ turn @ to_yiq
    return torch.bmm(x.flatten(1, 2), matrix.transpose(1, 2)).view_as(x).clamp_(0, 255)


def _shift(x: Tensor, values: dict[str, float], random: np.random.Generator) -> Tensor:
    n, h, w, _ = x.shape
    most = int(values["pixels"])
    offsets = random.integers(-most, most + 1, (2, n, 1))
    rows, columns = (torch.from_numpy(_mirrored(np.arange(size) + by, size)) for size, by in zip((h, w), offsets, strict=True))
    return x[torch.arange(n)[:, None, None], rows[:, :, None], columns[:, None, :]]


def _mirrored(positions: np.ndarray, size: int) -> np.ndarray:
    """Positions outside 0..size-1 are reflected at the edge pixel, however far out they are."""
    period = max(1, 2 * (size - 1))
    folded = np.mod(positions, period)
    return np.minimum(folded, period - folded)


def _crop(x: Tensor, values: dict[str, float], random: np.random.Generator) -> Tensor:
    side = random.uniform(values["min"], values["max"], len(x))
    centre = random.uniform(-1, 1, (2, len(x))) * (1 - side)
    return _warp(x, side, np.zeros(len(x)), centre[0], centre[1], outside="border")


def _rotate(x: Tensor, values: dict[str, float], random: np.random.Generator) -> Tensor:
    angle = np.deg2rad(random.uniform(values["min"], values["max"], len(x)))
    return _warp(x, np.ones(len(x)), angle, np.zeros(len(x)), np.zeros(len(x)), outside="zeros")


def _pad(x: Tensor, values: dict[str, float], _random: np.random.Generator) -> Tensor:
    border, size = int(values["pixels"]), tuple(x.shape[1:3])
    framed = F.pad(x.permute(0, 3, 1, 2), (border,) * 4, value=values["fill"])
    return F.interpolate(framed, size, mode="bilinear", align_corners=False, antialias=True).permute(0, 2, 3, 1)


def _warp(x: Tensor, scale: np.ndarray, angle: np.ndarray, right: np.ndarray, down: np.ndarray, outside: str) -> Tensor:
    """Samples, bilinearly, at positions turned, scaled and moved; coordinates run from -1 to 1.

    `outside` the image lies mid grey ("zeros") or its border pixel ("border").
    """
    n, h, w, _ = x.shape
    cos, sin = np.cos(angle) * scale, np.sin(angle) * scale
    rows = np.stack([np.stack([cos, -sin * h / w, right], 1), np.stack([sin * w / h, cos, down], 1)], 1)
    grid = F.affine_grid(torch.from_numpy(rows.astype(np.float32)).to(x.device), [n, 3, h, w], align_corners=False)
    centred = (x - ZERO_POINT).permute(0, 3, 1, 2)
    sampled = F.grid_sample(centred, grid, mode="bilinear", padding_mode=outside, align_corners=False)
    return sampled.permute(0, 2, 3, 1) + ZERO_POINT


def _blur(x: Tensor, values: dict[str, float], random: np.random.Generator) -> Tensor:
    """A Gaussian of another radius for every image, rows then columns; the border pixel is repeated."""
    reach = min(int(np.ceil(3 * values["max"])), x.shape[1] - 1, x.shape[2] - 1)
    radius = _uniform(x, values, random).clamp_min(1e-3)
    taps = [torch.exp(-0.5 * (k / radius) ** 2) for k in range(-reach, reach + 1)]
    total = sum(taps)
    for dim in (1, 2):
        size = x.shape[dim]
        at = [(torch.arange(size, device=x.device) + k).clamp_(0, size - 1) for k in range(-reach, reach + 1)]
        x = sum(tap * x.index_select(dim, rows) for tap, rows in zip(taps, at, strict=True)) / total
    return x


def _random_patch_cut(x: Tensor, values: dict[str, float], random: np.random.Generator) -> Tensor:
    n = len(x)
    for _ in range(int(values["patches"])):
        height = random.integers(1, int(values["maxSize"]) + 1, n)
        width = height if values["square"] else random.integers(1, int(values["maxSize"]) + 1, n)
        x = x.masked_fill(_rectangles(x, height, width, random), ZERO_POINT)
    return x


def _random_erasing(x: Tensor, values: dict[str, float], random: np.random.Generator) -> Tensor:
    n, h, w, _ = x.shape
    area = random.uniform(values["minArea"], values["maxArea"], n) * h * w
    aspect = np.exp(random.uniform(np.log(values["minAspect"]), -np.log(values["minAspect"]), n))
    height = np.rint(np.sqrt(area * aspect)).astype(np.int64)
    width = np.rint(np.sqrt(area / aspect)).astype(np.int64)
    mask = _rectangles(x, height, width, random) & _chosen(x, values, random)
    noise = torch.from_numpy(random.integers(0, 256, x.shape, np.uint8)).to(x.device)
    return torch.where(mask, noise.float(), x)


def _rectangles(x: Tensor, height: np.ndarray, width: np.ndarray, random: np.random.Generator) -> Tensor:
    """Mask [N, H, W, 1] of one rectangle per image, wholly inside it."""
    sides = []
    for size, length in ((x.shape[1], height), (x.shape[2], width)):
        length = np.minimum(length, size)
        start = random.integers(0, size - length + 1)
        position = np.arange(size)
        sides.append((position >= start[:, None]) & (position < (start + length)[:, None]))
    return torch.from_numpy(sides[0][:, :, None, None] & sides[1][:, None, :, None]).to(x.device)


_FUNCTIONS: dict[str, Callable[[Tensor, dict[str, float], np.random.Generator], Tensor]] = {
    "blur": _blur,
    "brightness": _brightness,
    "color": _color,
    "contrast": _contrast,
    "crop": _crop,
    "flip-left-right": _flip_left_right,
    "flip-top-bottom": _flip_top_bottom,
    "hue": _hue,
    "pad": _pad,
    "random-erasing": _random_erasing,
    "random-patch-cut": _random_patch_cut,
    "rotate": _rotate,
    "shift": _shift,
}
