"""The dataset version's manifest, written by the dataset validator and checked here again before anything is read."""

import re
from dataclasses import dataclass
from pathlib import Path

from .failure import data_failure
from .fields import Fields
from .job import read_json

FORMAT = "dropforge-dataset/1"
TRAIN, HELD_OUT = "train", "validation"
SHARD_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,127}\.tar")
SHA256 = re.compile("[0-9a-f]{64}")
SHARD_BYTES = 1 << 30
IMAGES = 50_000_000


@dataclass(frozen=True)
class Shard:
    """One tar file of one split."""

    file: str
    split: str
    images: int
    bytes: int
    sha256: str


@dataclass(frozen=True)
class Manifest:
    """What the dataset version holds."""

    digest: str
    classes: tuple[str, ...]
    images: dict[str, int]  # by split
    shards: tuple[Shard, ...]

    def of(self, split: str) -> list[Shard]:
        return [shard for shard in self.shards if shard.split == split]


def read_manifest(folder: Path, classes: tuple[str, ...]) -> Manifest:
    """Reads and checks `manifest.json`; `classes` are those that the training configuration expects, in label order."""
    fields = Fields(read_json(folder / "manifest.json", "The dataset's manifest"), "")
    fields.constant("format", FORMAT)
    fields.constant("task", "classification")
    splits = fields.child("splits")
    images = {split: splits.child(split).integer("images", 1, IMAGES) for split in (TRAIN, HELD_OUT)}
    given = fields.document.get("shards")
    if not isinstance(given, list) or not given:
        fields.fault("shards", "must be a list with at least one shard")
        given = []
    shards = tuple(_shard(fields.element(item, f"shards[{index}]")) for index, item in enumerate(given))
    for split, count in images.items():
        held = sum(shard.images for shard in shards if shard.split == split)
        if held != count:
            fields.fault(f"splits.{split}.images", f"says {count}, but the shards hold {held}")
    if fields.document.get("classes") != list(classes):
        fields.fault("classes", "are not those of the training configuration")
    faults = fields.all_faults()
    if faults:
        raise data_failure("The dataset's manifest cannot be used: " + "; ".join(faults) + ".", "Validate the dataset again.")
    return Manifest(fields.text("digest", ""), classes, images, shards)


def _shard(item: Fields) -> Shard:
    file, sha256 = item.text("file", ""), item.text("sha256", "")
    if not SHARD_NAME.fullmatch(file):
        item.fault("file", "must be a plain file name that ends in .tar")
    if not SHA256.fullmatch(sha256):
        item.fault("sha256", "must be 64 hexadecimal digits")
    split = item.choice("split", (TRAIN, HELD_OUT), TRAIN)
    return Shard(file, split, item.integer("images", 1, IMAGES), item.integer("bytes", 1, SHARD_BYTES), sha256)
