"""The training configuration: `training.json` of the `config` channel, checked and typed. All faults are named at once."""

import hashlib
import json
import math
import re
from dataclasses import dataclass
from typing import Any

from .augmentation_options import AugmentationOptions, parse_augmentations
from .failure import data_failure
from .fields import Fields

FORMAT = "dropforge-training/1"
OPTIMIZERS = ("adam", "momentum")
SCHEDULES = ("constant", "cosine", "2-step", "3-step", "3-step-with-warmup")
# Batch normalization follows every layer and absorbs any positive weight scale, so both mean scalings of Blueoil are
# the same function here: weights are carried as -1 and +1.
WEIGHT_QUANTIZERS = ("binary-channel-wise-mean-scaling", "binary-mean-scaling")
FIRST_LAYERS = ("int8", "binary")
# LmnetV1 moves 2x2 pixels into channels three times.
SIZE_DIVISOR = 8
# Schedules that start with a linear warm-up when the configuration names none.
DEFAULT_WARMUP = {"cosine": 0.1, "3-step-with-warmup": 0.1}


@dataclass(frozen=True)
class TrainingConfig:
    """What to train and how. Every field below has been checked."""

    run_id: str
    classes: tuple[str, ...]
    width: float  # multiplies the channels of every layer, 0.125..4
    height: int  # pixels, a multiple of 8
    image_width: int  # pixels, a multiple of 8
    batch_size: int  # 1..4096
    epochs: float | None  # exactly one of epochs and seconds is set
    seconds: float | None  # wall-clock time of the training loop
    optimizer: str  # one of OPTIMIZERS
    learning_rate: float  # > 0
    momentum: float  # 0..1, of the momentum optimizer
    schedule: str  # one of SCHEDULES
    warmup: float  # fraction of the budget, 0..0.9
    augmentations: tuple[AugmentationOptions, ...]
    label_smoothing: float  # 0..0.9
    weight_decay: float  # 0..1, L2 on the int8 layers only
    first_layer: str  # one of FIRST_LAYERS
    evaluation_images: int  # at most this many held-out images are measured and written
    golden_images: int  # the first of them, which every target must reproduce
    checkpoint_seconds: float  # at most this much training is lost, unless writing a checkpoint takes a twentieth of it
    seed: int
    digest: str  # SHA-256 of what decides the result; a checkpoint of another digest is never resumed


def parse_config(document: dict) -> TrainingConfig:
    """Checks `document` and returns it typed. Raises a `data` failure that names every fault."""
    fields = Fields(document, "")
    fields.constant("format", FORMAT)
    fields.constant("task", "classification")
    network, size = fields.child("network"), fields.child("imageSize")
    network.constant("name", "lmnet-v1")
    _check_quantization(fields.child("quantization"))
    optimizer, schedule = fields.child("optimizer"), fields.child("schedule", optional=True)
    epochs, seconds = _budget(fields.child("budget"))
    schedule_name = schedule.choice("name", SCHEDULES, "cosine")
    evaluation = fields.child("evaluation", optional=True)
    values: dict[str, Any] = dict(
        run_id=fields.text("runId", ""),
        classes=_classes(fields),
        width=network.number("width", 0.125, 4, 1.0),
        height=size.integer("height", SIZE_DIVISOR, 4096, multiple=SIZE_DIVISOR),
        image_width=size.integer("width", SIZE_DIVISOR, 4096, multiple=SIZE_DIVISOR),
        batch_size=fields.integer("batchSize", 1, 4096, 64),
        epochs=epochs,
        seconds=seconds,
        optimizer=optimizer.choice("name", OPTIMIZERS, "adam"),
        learning_rate=optimizer.number("learningRate", 1e-12, 1e12, 0.004),
        momentum=optimizer.number("momentum", 0, 0.9999, 0.9),
        schedule=schedule_name,
        warmup=schedule.number("warmup", 0, 0.9, DEFAULT_WARMUP.get(schedule_name, 0.0)),
        augmentations=parse_augmentations(fields),
        label_smoothing=fields.number("labelSmoothing", 0, 0.9, 0.0),
        weight_decay=fields.number("weightDecay", 0, 1, 0.0),
        first_layer=fields.child("quantization").choice("firstLayer", FIRST_LAYERS, "int8"),
        evaluation_images=evaluation.integer("images", 1, 1_000_000, 10_000),
        golden_images=evaluation.integer("goldenImages", 1, 1000, 20),
        checkpoint_seconds=fields.number("checkpointSeconds", 0.05, 86_400, 20.0),
        seed=fields.integer("seed", 0, 2**31 - 1, 0),
    )
    faults = fields.all_faults()
    if faults:
        raise data_failure(
            f"The training configuration has {len(faults)} fault(s): " + "; ".join(faults) + ".", "Correct the recipe."
        )
    return TrainingConfig(**values, digest=_digest(document))


def _classes(fields: Fields) -> tuple[str, ...]:
    given = fields.document.get("classes")
    if not isinstance(given, list) or not all(isinstance(name, str) and name for name in given):
        fields.fault("classes", "must be a list of class names")
        return ()
    if not 2 <= len(given) <= 65_535 or len(set(given)) != len(given):
        fields.fault("classes", f"must hold 2 to 65,535 different names, not {len(given)}")
    if any("\ud800" <= letter <= "\udfff" for name in given for letter in name):
        fields.fault("classes", "must be valid Unicode")
    return tuple(given)


def _budget(budget: Fields) -> tuple[float | None, float | None]:
    named = [name for name in ("epochs", "seconds") if name in budget.document]
    if len(named) != 1:
        budget.fault("", "must hold either epochs or seconds")
        return None, None
    value = budget.number(named[0], 0.01, 1e7)
    return (value, None) if named[0] == "epochs" else (None, value)


def _check_quantization(quantization: Fields) -> None:
    quantization.choice("weightBits", (1,), 1)
    quantization.choice("activationBits", (2,), 2)
    quantization.choice("weightQuantizer", WEIGHT_QUANTIZERS, WEIGHT_QUANTIZERS[0])
    quantization.choice("lastLayer", ("int8",), "int8")


def _digest(document: dict) -> str:
    """What does not decide the result may change between attempts: checkpoint interval and the ids of the run."""
    deciding = {key: value for key, value in document.items() if not re.fullmatch("runId|checkpointSeconds|evaluation", key)}
    canonical = json.dumps(deciding, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(canonical.encode("utf-8", "surrogatepass")).hexdigest()


def steps_in_epochs(config: TrainingConfig, steps_per_epoch: int) -> int | None:
    """Steps of an epoch budget, at least one; None for a wall-clock budget."""
    return None if config.epochs is None else max(1, math.ceil(config.epochs * steps_per_epoch))
