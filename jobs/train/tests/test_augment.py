import numpy as np
import pytest
import torch

from dropforge_train.augment import augment
from dropforge_train.augmentation_options import AUGMENTATIONS, AugmentationOptions


def pixels(n=6, h=16, w=24) -> torch.Tensor:
    return torch.from_numpy(np.random.default_rng(0).integers(0, 256, (n, h, w, 3), np.uint8))


def apply(name: str, x: torch.Tensor, seed=0, **values) -> torch.Tensor:
    defaults = {key: default for key, (default, _, _) in AUGMENTATIONS[name].items()}
    return augment(x, (AugmentationOptions(name, defaults | values),), np.random.default_rng(seed))


@pytest.mark.parametrize("name", AUGMENTATIONS)
def test_results_are_whole_pixel_values_that_depend_on_the_seed_alone(name):
    x = pixels()
    y = apply(name, x)
    assert y.shape == x.shape and y.dtype == torch.float32
    assert torch.equal(y, y.round()) and y.min() >= 0 and y.max() <= 255
    assert torch.equal(y, apply(name, x))
    assert not torch.equal(y, x.float())


@pytest.mark.parametrize(
    ("name", "values"),
    [
        ("flip-left-right", {"probability": 0}),
        ("flip-top-bottom", {"probability": 0}),
        ("random-erasing", {"probability": 0}),
        ("shift", {"pixels": 0}),
        ("pad", {"pixels": 0}),
        ("blur", {"min": 0, "max": 0}),
        ("brightness", {"min": 1, "max": 1}),
        ("color", {"min": 1, "max": 1}),
        ("contrast", {"min": 1, "max": 1}),
        ("hue", {"min": 0, "max": 0}),
        ("rotate", {"min": 0, "max": 0}),
        ("crop", {"min": 1, "max": 1}),
    ],
)
def test_the_neutral_parameter_changes_nothing(name, values):
    assert torch.equal(apply(name, pixels(), **values), pixels().float())


def test_flips_mirror_the_image():
    x = pixels()
    assert torch.equal(apply("flip-left-right", x, probability=1), x.flip(2).float())
    assert torch.equal(apply("flip-top-bottom", x, probability=1), x.flip(1).float())


def test_a_quarter_turn_is_counter_clockwise():
    square = pixels(h=16, w=16)
    assert torch.equal(apply("rotate", square, min=90, max=90), torch.rot90(square, 1, (1, 2)).float())


def test_a_half_turn_keeps_the_shape_of_a_wide_image():
    assert torch.equal(apply("rotate", pixels(), min=180, max=180), pixels().flip(1, 2).float())


def test_a_shift_moves_and_mirrors_at_the_edge():
    ramp = torch.arange(16, dtype=torch.uint8).view(1, 1, 16, 1).expand(8, 4, 16, 3)
    rows = {tuple(row[0, :, 0].int().tolist()) for row in apply("shift", ramp, pixels=2)}
    assert rows <= {tuple(abs(15 - abs(15 - (i + by))) for i in range(16)) for by in range(-2, 3)}
    assert len(rows) > 1


def test_a_shift_wider_than_the_image_still_stays_inside():
    assert apply("shift", pixels(h=8, w=8), pixels=256).shape == (6, 8, 8, 3)


def test_enhancements_move_towards_black_and_grey():
    x = pixels()
    assert apply("brightness", x, min=0, max=0).max() == 0
    grey = apply("color", x, min=0, max=0)
    assert torch.equal(grey[..., 0], grey[..., 1]) and torch.equal(grey[..., 1], grey[..., 2])
    flat = apply("contrast", x, min=0, max=0)
    assert flat[0].unique().numel() == 1


def test_hue_turns_red_towards_green_and_keeps_grey():
    red = torch.tensor([160, 60, 60], dtype=torch.uint8).expand(1, 8, 8, 3)
    grey = torch.full((1, 8, 8, 3), 90, dtype=torch.uint8)
    turned = apply("hue", red, min=120, max=120)[0, 0, 0]
    assert turned.argmax() != 0
    assert (apply("hue", grey, min=120, max=120) - 90).abs().max() <= 1


def test_blur_keeps_flat_areas_and_spreads_points():
    x = torch.zeros(2, 15, 15, 3, dtype=torch.uint8)
    x[:, 7, 7] = 255
    blurred = apply("blur", x, min=1, max=1)
    assert blurred[0, 7, 7, 0] == pytest.approx(255 * 0.159, abs=2)  # 1 / (2 pi) of the point's weight
    assert torch.equal(blurred[0], blurred[0].transpose(0, 1))
    assert torch.equal(apply("blur", torch.full_like(x, 9)), torch.full_like(x, 9).float())


def test_a_crop_shows_a_part_of_the_image_larger():
    ramp = (torch.arange(32, dtype=torch.uint8) * 8).view(1, 1, 32, 1).expand(4, 32, 32, 3)
    for image in apply("crop", ramp, min=0.5, max=0.5):
        assert image[0, -1, 0] - image[0, 0, 0] == pytest.approx(124, abs=3)


def test_pad_frames_the_image():
    framed = apply("pad", torch.full((1, 16, 16, 3), 200, dtype=torch.uint8), pixels=8, fill=10)[0]
    assert (framed[0] == 10).all() and (framed[7:9, 7:9] == 200).all()


def test_patches_and_erasures_cover_what_they_say():
    x = torch.zeros(200, 32, 32, 3, dtype=torch.uint8)
    cut = (apply("random-patch-cut", x, patches=1, maxSize=10) == 128).all(3).flatten(1).sum(1)
    assert {int(side**0.5 + 0.5) ** 2 == int(side) for side in cut.tolist()} == {True}
    assert cut.min() >= 1 and cut.max() == 100
    erased = (apply("random-erasing", x, probability=0.5) > 0).any(3).float().mean((1, 2))
    assert 60 < (erased > 0).sum() < 140 and erased.max() <= 0.42
