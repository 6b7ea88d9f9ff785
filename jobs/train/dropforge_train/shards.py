"""Reads shards: tar files whose bytes must match the manifest's SHA-256 before anything in them is looked at."""

import hashlib
import io
import re
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from .failure import data_failure
from .manifest import Shard

# <split>/<class index>/<first half of the file's SHA-256>.<type>
ENTRY_NAME = re.compile(r"(train|validation)/([0-9]{5})/[0-9a-f]{32}\.(jpg|png)")
DAMAGED = "Start the run again from the drop: the dataset version in the bucket is damaged."


class Entry(NamedTuple):
    """One image of a shard, still encoded."""

    name: str
    label: int
    data: bytes


def read_shard(folder: Path, shard: Shard, classes: int) -> Iterator[Entry]:
    """Yields the entries of one shard. Nothing is unpacked to disk; a shard is at most some 64 MiB and read in one go."""
    archive = io.BytesIO(_verified_bytes(folder / shard.file, shard))
    found = 0
    try:
        with tarfile.open(fileobj=archive, mode="r|", format=tarfile.USTAR_FORMAT) as tar:
            for member in tar:
                found += 1
                yield _entry(tar, member, shard, classes)
    except (tarfile.TarError, EOFError) as error:
        raise data_failure(f"Shard {shard.file} is not a readable tar file: {error}.", DAMAGED) from error
    if found != shard.images:
        raise data_failure(f"Shard {shard.file} holds {found} images; the manifest says {shard.images}.", DAMAGED)


def _verified_bytes(path: Path, shard: Shard) -> bytes:
    try:
        with open(path, "rb") as file:
            data = file.read(shard.bytes + 1)
    except FileNotFoundError as error:
        raise data_failure(f"Shard {shard.file} of the dataset is missing.", DAMAGED) from error
    if len(data) != shard.bytes:
        size = f"more than {shard.bytes}" if len(data) > shard.bytes else str(len(data))
        raise data_failure(f"Shard {shard.file} has {size} bytes; the manifest says {shard.bytes}.", DAMAGED)
    if hashlib.sha256(data).hexdigest() != shard.sha256:
        raise data_failure(f"Shard {shard.file} is not the file that was validated: its SHA-256 differs.", DAMAGED)
    return data


def _entry(tar: tarfile.TarFile, member: tarfile.TarInfo, shard: Shard, classes: int) -> Entry:
    match = ENTRY_NAME.fullmatch(member.name)
    if match is None or not member.isreg() or match[1] != shard.split or int(match[2]) >= classes:
        raise data_failure(f"Shard {shard.file} holds an unexpected entry {member.name[:80]!r}.", DAMAGED)
    file = tar.extractfile(member)
    assert file is not None, "a regular member always has a file"
    return Entry(member.name, int(match[2]), file.read())
