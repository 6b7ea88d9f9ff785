"""Measures the integer network on the held-out images and writes down what was measured, and on what."""

import json
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from .data import Split
from .integer_network import IntegerNetwork
from .stop import StopRequest

BATCH = 100
SECONDS_FOR_EXPORT = 15.0  # of a stop's grace period, kept back for writing the model


@dataclass(frozen=True)
class Evaluation:
    """What the integer network answered."""

    matrix: np.ndarray  # int64 [true class, predicted class]
    loss: float  # mean cross-entropy of softmax(logits * logit scale)
    images: int

    @property
    def accuracy(self) -> float:
        return float(self.matrix.trace() / self.images)


def evaluate(network: IntegerNetwork, held_out: Split, classes: int, stop: StopRequest) -> Evaluation:
    """Runs all held-out images; after a request to stop, as many as there is time for."""
    matrix = np.zeros((classes, classes), np.int64)
    loss, seen = 0.0, 0
    while seen < len(held_out) and (seen == 0 or stop.seconds_left() > SECONDS_FOR_EXPORT):
        labels = held_out.labels[seen : seen + BATCH]
        logits = network.logits(held_out.images[seen : seen + BATCH])
        np.add.at(matrix, (labels, logits.argmax(1)), 1)  # argmax takes the first index on a tie, as every target does
        loss += _cross_entropy(logits * network.logit_scale, labels)
        seen += len(labels)
    return Evaluation(matrix, loss / seen, seen)


def per_class(matrix: np.ndarray, classes: tuple[str, ...]) -> list[dict]:
    """Recall and precision by class; None where a class has no image or was never predicted."""
    rows = []
    for label, name in enumerate(classes):
        right, images, predicted = int(matrix[label, label]), int(matrix[label].sum()), int(matrix[:, label].sum())
        rows.append(
            {
                "class": name,
                "images": images,
                "accuracy": right / images if images else None,
                "precision": right / predicted if predicted else None,
            }
        )
    return rows


def write_evaluation_set(folder: Path, held_out: Split, images: int, golden_images: int) -> None:
    """Writes the first `images` held-out images as the network sees them; the first of those are the golden ones."""
    folder.mkdir(parents=True, exist_ok=True)
    held_out.images[:images].tofile(folder / "images.u8")
    held_out.labels[:images].astype("<u2").tofile(folder / "labels.u16")
    _, height, width, channels = held_out.images.shape
    record = {
        "format": "dropforge-evaluation/1",
        "images": images,
        "height": height,
        "width": width,
        "channels": channels,
        "goldenImages": min(golden_images, images),
    }
    write_json(folder / "evaluation.json", record)


def write_json(path: Path, value: object) -> None:
    """UTF-8, indented, strict JSON."""
    path.write_text(json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False) + "\n", encoding="utf-8")


def _cross_entropy(logits: np.ndarray, labels: np.ndarray) -> float:
    highest = logits.max(1)
    log_sums = np.log(np.exp(logits - highest[:, None]).sum(1)) + highest
    return float((log_sums - logits[np.arange(len(labels)), labels]).sum())
