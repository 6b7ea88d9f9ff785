"""Small synthetic datasets and jobs for the tests. Classes differ by colour and by where a bright square sits."""

import hashlib
import io
import json
import os
import subprocess
import sys
import tarfile
from pathlib import Path

import numpy as np
from PIL import Image

PACKAGE_ROOT = Path(__file__).resolve().parent.parent
CLASSES = ["blue", "green", "red"]
PATIENCE = 300  # seconds for a process to end, on a machine that does much else


def picture(label: int, index: int, size: int = 16) -> bytes:
    """A PNG that a tiny network can tell apart from those of other labels."""
    random = np.random.default_rng([label, index])
    pixels = random.integers(0, 90, (size, size, 3), np.uint8)
    pixels[:, :, 2 - label % 3] += 120
    row, column = divmod(label, 2)
    pixels[row * size // 2 :][: size // 4, column * size // 2 :][:, : size // 4] = 240
    return png(pixels)


def png(pixels: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "PNG", compress_level=1)
    return buffer.getvalue()


def tar_of(entries: list[tuple[str, bytes]]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as tar:
        for name, data in entries:
            member = tarfile.TarInfo(name)
            member.size = len(data)
            tar.addfile(member, io.BytesIO(data))
    return buffer.getvalue()


def entry_name(split: str, label: int, data: bytes, kind: str = "png") -> str:
    return f"{split}/{label:05d}/{hashlib.sha256(data).hexdigest()[:32]}.{kind}"


def write_dataset(folder: Path, per_class: dict[str, int] | None = None, size: int = 16) -> dict:
    """Writes manifest and one shard per split; returns the manifest."""
    counts = per_class or {"train": 40, "validation": 12}
    shards, splits = [], {}
    folder.mkdir(parents=True, exist_ok=True)
    for split, count in counts.items():
        first = 0 if split == "train" else 100_000
        images = [(label, picture(label, first + i, size)) for label in range(len(CLASSES)) for i in range(count)]
        entries = sorted((entry_name(split, label, data), data) for label, data in images)
        shards.append(add_shard(folder, len(shards), split, entries))
        splits[split] = {"images": len(entries), "perClass": [count] * len(CLASSES)}
    return write_manifest(folder, splits, shards)


def add_shard(folder: Path, index: int, split: str, entries: list[tuple[str, bytes]]) -> dict:
    data = tar_of(entries)
    name = f"shard-{index:05d}.tar"
    (folder / name).write_bytes(data)
    sha256 = hashlib.sha256(data).hexdigest()
    return {"file": name, "split": split, "images": len(entries), "bytes": len(data), "sha256": sha256}


def write_manifest(folder: Path, splits: dict, shards: list[dict]) -> dict:
    digest = hashlib.sha256(json.dumps(shards).encode()).hexdigest()
    manifest = {"format": "dropforge-dataset/1", "task": "classification", "digest": digest, "classes": CLASSES}
    manifest |= {"splits": splits, "shards": shards}
    (folder / "manifest.json").write_text(json.dumps(manifest))
    return manifest


def training_document(**changes) -> dict:
    """A valid training.json for the synthetic dataset, with top-level fields replaced."""
    return {
        "format": "dropforge-training/1",
        "runId": "run-aaaaaaaaaaaaaaaaaaaa",
        "task": "classification",
        "classes": CLASSES,
        "network": {"name": "lmnet-v1", "width": 0.25},
        "imageSize": {"height": 16, "width": 16},
        "batchSize": 20,
        "budget": {"epochs": 4},
        "optimizer": {"name": "adam", "learningRate": 0.01},
        "schedule": {"name": "cosine", "warmup": 0.1},
        "augmentations": [{"name": "shift", "pixels": 1}],
        "labelSmoothing": 0.05,
        "weightDecay": 0,
        "quantization": {
            "weightBits": 1,
            "activationBits": 2,
            "weightQuantizer": "binary-channel-wise-mean-scaling",
            "firstLayer": "int8",
            "lastLayer": "int8",
        },
        "evaluation": {"images": 30, "goldenImages": 5},
        "checkpointSeconds": 20,
        "seed": 0,
    } | changes


def write_job(base: Path, **changes) -> Path:
    """A whole job folder, ready to run."""
    write_dataset(base / "input/data/dataset")
    configure(base, **changes)
    return base


def configure(base: Path, **changes) -> None:
    path = base / "input/data/config/training.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(training_document(**changes)))


def start_job(base: Path, variables: dict[str, str] | None = None, **options) -> subprocess.Popen:
    """Starts the training command on `base` with its output in a pipe."""
    environment = dict(os.environ, SAGEMAKER_BASE_DIR=str(base), PYTHONPATH=str(PACKAGE_ROOT)) | (variables or {})
    command = [sys.executable, "-m", "dropforge_train", "train"]
    return subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)


def run_job(base: Path, **options) -> tuple[int, str]:
    """Runs the training command to its end; returns exit code and output."""
    process = start_job(base, **options)
    output, _ = process.communicate(timeout=PATIENCE)
    return process.returncode, output


def failure_of(base: Path) -> dict:
    """The JSON line of output/failure."""
    return json.loads((base / "output/failure").read_text(encoding="utf-8").splitlines()[0])
