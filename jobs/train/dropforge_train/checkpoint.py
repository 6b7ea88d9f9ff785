"""Checkpoints that survive being killed at any moment.

A file is 8 bytes of magic, the SHA-256 of the rest, and a numpy archive without pickles. It is written beside its final
name, flushed to the disk and renamed; the two newest are kept, so that a damaged newest one costs one more interval.
"""

import hashlib
import io
import json
import os
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MAGIC = b"DFCKPT1\n"
KEPT = 2
HEADER_BYTES = len(MAGIC) + hashlib.sha256().digest_size
RECORD = "record.json"


@dataclass(frozen=True)
class Checkpoint:
    """Named arrays and a small JSON record."""

    step: int
    record: dict
    arrays: dict[str, np.ndarray]


class CheckpointStore:
    """The checkpoints of one configuration (by digest) in one folder; files of other configurations are left alone."""

    def __init__(self, folder: Path, digest: str) -> None:
        self._folder = folder
        self._prefix = f"checkpoint-{digest[:16]}-"
        folder.mkdir(parents=True, exist_ok=True)
        for leftover in folder.glob(f".{self._prefix}*.tmp"):
            leftover.unlink(missing_ok=True)

    def save(self, checkpoint: Checkpoint) -> None:
        """Writes atomically and durably, then removes all but the newest two. Raises OSError when the disk is full."""
        final = self._folder / f"{self._prefix}{checkpoint.step:09d}.ckpt"
        partial = self._folder / f".{final.name}.tmp"
        try:
            with open(partial, "wb") as file:
                file.write(_encode(checkpoint))
                file.flush()
                os.fsync(file.fileno())
            os.replace(partial, final)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        _sync_folder(self._folder)
        for old in self._newest_first()[KEPT:]:
            old.unlink(missing_ok=True)

    def load_newest(self) -> Checkpoint | None:
        """The newest readable checkpoint; damaged ones are reported and removed, lest they crowd out good ones."""
        for path in self._newest_first():
            try:
                return _decode(path.read_bytes())
            except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile) as error:
                print(f"checkpoint-damaged file={path.name} error={error}", flush=True)
                path.unlink(missing_ok=True)
        return None

    def _newest_first(self) -> list[Path]:
        name = re.compile(re.escape(self._prefix) + r"\d{9,}\.ckpt")
        found = [path for path in self._folder.iterdir() if name.fullmatch(path.name)]
        return sorted(found, key=lambda path: int(path.stem.rpartition("-")[2]), reverse=True)


def _encode(checkpoint: Checkpoint) -> bytes:
    record = json.dumps(dict(checkpoint.record, step=checkpoint.step)).encode("utf-8")
    buffer = io.BytesIO()
    np.savez(buffer, **{RECORD: np.frombuffer(record, np.uint8)}, **checkpoint.arrays)
    payload = buffer.getvalue()
    return MAGIC + hashlib.sha256(payload).digest() + payload


def _decode(data: bytes) -> Checkpoint:
    payload = data[HEADER_BYTES:]
    if not data.startswith(MAGIC) or hashlib.sha256(payload).digest() != data[len(MAGIC) : HEADER_BYTES]:
        raise ValueError("its content does not match its digest")
    with np.load(io.BytesIO(payload), allow_pickle=False) as archive:
        arrays = {name: archive[name] for name in archive.files}
    record = json.loads(arrays.pop(RECORD).tobytes())
    return Checkpoint(int(record["step"]), record, arrays)


def _sync_folder(folder: Path) -> None:
    """A rename is durable only once the folder is."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
