"""Decodes the whole dataset once into memory, as uint8, and deals out batches that depend only on seed and step."""

import os
from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np

from .failure import TrainingFailure, data_failure
from .images import decode_image
from .manifest import HELD_OUT, TRAIN, Manifest
from .shards import Entry, read_shard
from .stop import StopRequest

DECODE_CHUNK = 64  # images per task of the decoding threads
SMALL_FILE_BYTES = 8192  # encoded; on the mean of a chunk
MEMORY_SHARE = 0.9  # of what is free; the rest is for the training itself
SMALLEST_SHARE = 8  # images of a batch for each of several processes: batch normalization needs some to average over


@dataclass(frozen=True)
class Split:
    """Decoded images and their labels."""

    images: np.ndarray  # uint8 [N, H, W, 3]
    labels: np.ndarray  # int64 [N]

    def __len__(self) -> int:
        return len(self.labels)


NOTHING = Split(np.empty((0, 0, 0, 3), np.uint8), np.empty(0, np.int64))


@dataclass(frozen=True)
class Share:
    """Which part of the training images is decoded here: every `size`-th, from the one with the number `rank` on."""

    rank: int = 0
    size: int = 1
    local_size: int = 1  # processes that share this machine's memory


def load_splits(
    folder: Path, manifest: Manifest, height: int, width: int, stop: StopRequest, share: Share = Share()
) -> tuple[Split, Split]:
    """Decodes this process's share of the training split and, where it leads, the held-out split.

    Raises `data`, `out-of-memory`, or `killed` when a stop is asked for.
    """
    needed = (manifest.images[TRAIN] // share.size * share.local_size + manifest.images[HELD_OUT]) * height * width * 3
    available = available_memory_bytes()
    if needed > available * MEMORY_SHARE:
        raise TrainingFailure(
            "out-of-memory",
            f"The decoded images need {needed / 2**30:.1f} GiB of memory and {available / 2**30:.1f} GiB are free.",
        )
    train = _load(folder, manifest, TRAIN, height, width, stop, share)
    return train, _load(folder, manifest, HELD_OUT, height, width, stop, Share()) if share.rank == 0 else NOTHING


def _load(folder: Path, manifest: Manifest, split: str, height: int, width: int, stop: StopRequest, share: Share) -> Split:
    count = manifest.images[split] // share.size  # the same everywhere; up to size - 1 images are left out
    images = np.empty((count, height, width, 3), np.uint8)
    labels = np.empty(count, np.int64)
    found: set[int] = set()
    entries = (entry for shard in manifest.of(split) for entry in read_shard(folder, shard, len(manifest.classes)))
    mine = islice(_noting(entries, found), share.rank, count * share.size, share.size)
    for index, (label, pixels) in enumerate(_decoded(mine, height, width, stop)):
        images[index], labels[index] = pixels, label
    absent = [name for label, name in enumerate(manifest.classes) if label not in found]
    if absent and split == TRAIN:
        raise data_failure(f"{len(absent)} class(es) have no training image, first {absent[0]!r}.", "Add images for them.")
    return Split(images, labels)


def _noting(entries: Iterable[Entry], found: set[int]) -> Iterator[Entry]:
    for entry in entries:
        found.add(entry.label)
        yield entry


def _decoded(entries: Iterable[Entry], height: int, width: int, stop: StopRequest) -> Iterator[tuple[int, np.ndarray]]:
    """Yields in the order of the entries. Photos are decoded on every core: Pillow lets go of the interpreter lock.

    Small images are decoded right here: threads that pass the lock to and fro for 50 microseconds of work each take twice
    as long as one.
    """
    workers = len(os.sched_getaffinity(0))

    def decode(chunk: list[Entry]) -> list[tuple[int, np.ndarray]]:
        return [(entry.label, decode_image(entry.data, entry.name, height, width)) for entry in chunk]

    source = iter(entries)
    waiting: deque[Future] = deque()
    with ThreadPoolExecutor(workers) as pool:
        while chunk := list(islice(source, DECODE_CHUNK)):
            if stop.asked:
                raise TrainingFailure("killed", "The job was stopped while it decoded the images; no training was done.")
            if sum(len(entry.data) for entry in chunk) < len(chunk) * SMALL_FILE_BYTES:
                yield from _results(waiting, 0)
                yield from decode(chunk)
            else:
                waiting.append(pool.submit(decode, chunk))
                yield from _results(waiting, 2 * workers)
        yield from _results(waiting, 0)


def _results(waiting: deque[Future], remaining: int) -> Iterator[tuple[int, np.ndarray]]:
    """Waits for the oldest tasks until no more than `remaining` are under way."""
    while len(waiting) > remaining:
        yield from waiting.popleft().result()


def balanced_order(labels: np.ndarray, count: int, seed: int) -> np.ndarray:
    """Indices of `count` images chosen evenly at random, dealt out class by class so that any prefix shows many classes."""
    random = np.random.default_rng([seed, 3])
    chosen = random.permutation(len(labels))[:count]
    turn = np.empty(len(chosen), np.int64)  # how many of its class came before
    for label in np.unique(labels[chosen]):
        mine = labels[chosen] == label
        turn[mine] = np.arange(mine.sum())
    return chosen[np.lexsort((labels[chosen], turn))]


class Batches:
    """The batch of any step, by arithmetic on seed and step alone: a resumed training sees what the killed one would have.

    With several processes these are the batches of one, from its own `images`: its share of each batch of the recipe.
    """

    def __init__(self, images: int, batch_size: int, seed: int, share: Share = Share()) -> None:
        self.batch_size = min(batch_size // share.size, images)
        if share.size > 1 and self.batch_size < SMALLEST_SHARE:
            raise data_failure(
                f"A batch of {min(batch_size, images * share.size)} images leaves {self.batch_size} for each of {share.size} "
                f"processes; batch normalization needs {SMALLEST_SHARE}.",
                f"Raise batchSize to {SMALLEST_SHARE * share.size} or more, or use fewer instances or GPUs.",
            )
        self.steps_per_epoch = images // self.batch_size  # what is left over changes from epoch to epoch
        self._images = images
        self._seed, self._rank = seed, share.rank
        self._epoch = -1
        self._order = np.empty(0, np.int64)

    def indices(self, step: int) -> np.ndarray:
        """Indices of the training images of `step` (from 0)."""
        epoch, position = divmod(step, self.steps_per_epoch)
        if epoch != self._epoch:
            self._order = np.random.default_rng([self._seed, 1, epoch, self._rank]).permutation(self._images)
            self._epoch = epoch
        return self._order[position * self.batch_size : (position + 1) * self.batch_size]

    def random(self, step: int) -> np.random.Generator:
        """The random numbers of the augmentations of `step`."""
        return np.random.default_rng([self._seed, 2, step, self._rank])


def available_memory_bytes() -> float:
    """Memory that this process may still take: the system's estimate and the limits of its control group."""
    limits = [_meminfo_available()]
    for limit_file, usage_file in (
        ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory.current"),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "/sys/fs/cgroup/memory/memory.usage_in_bytes"),
    ):
        try:
            limits.append(int(Path(limit_file).read_text()) - int(Path(usage_file).read_text()))
        except (OSError, ValueError):
            continue  # no such control group, or "max": no limit
    return min(limits)


def _meminfo_available() -> float:
    try:
        for line in Path("/proc/meminfo").read_text().splitlines():
            if line.startswith("MemAvailable:"):
                return int(line.split()[1]) * 1024
    except (OSError, ValueError):
        pass
    return float("inf")
