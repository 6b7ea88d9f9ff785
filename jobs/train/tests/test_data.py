import hashlib
import io
import json

import numpy as np
import pytest
from PIL import Image

from dropforge_train.data import Batches, balanced_order, load_splits
from dropforge_train.failure import TrainingFailure
from dropforge_train.images import decode_image
from dropforge_train.manifest import read_manifest
from dropforge_train.stop import StopRequest
from support import CLASSES, add_shard, entry_name, picture, png, write_dataset, write_manifest


def load(folder, size=16):
    return load_splits(folder, read_manifest(folder, tuple(CLASSES)), size, size, StopRequest())


def data_failure_of(folder) -> str:
    with pytest.raises(TrainingFailure) as caught:
        load(folder)
    assert caught.value.cause == "data"
    return caught.value.message


def replace_shard(folder, entries, split="train"):
    """Puts `entries` into the shard of `split`, with a manifest that vouches for them."""
    manifest = json.loads((folder / "manifest.json").read_text())
    index = [shard["split"] for shard in manifest["shards"]].index(split)
    manifest["shards"][index] = add_shard(folder, index, split, entries)
    manifest["splits"][split]["images"] = len(entries)
    write_manifest(folder, manifest["splits"], manifest["shards"])


@pytest.mark.parametrize("small_file_bytes", [0, 1 << 20])
def test_images_and_labels_are_read_in_the_order_of_the_shards(tmp_path, monkeypatch, small_file_bytes):
    monkeypatch.setattr("dropforge_train.data.SMALL_FILE_BYTES", small_file_bytes)
    write_dataset(tmp_path, {"train": 70, "validation": 2})
    train, held_out = load(tmp_path)
    assert train.images.shape == (210, 16, 16, 3) and train.images.dtype == np.uint8
    assert train.labels.tolist() == sorted(train.labels.tolist())
    expected = {picture_bytes(label, i) for label in range(3) for i in range(70)}
    assert {image.tobytes() for image in train.images} == expected
    assert len(held_out) == 6


def picture_bytes(label: int, index: int) -> bytes:
    return np.asarray(Image.open(io.BytesIO(picture(label, index)))).tobytes()


def test_a_changed_shard_is_refused_before_it_is_parsed(tmp_path):
    write_dataset(tmp_path)
    path = tmp_path / "shard-00000.tar"
    content = bytearray(path.read_bytes())
    content[3000] ^= 1
    path.write_bytes(content)
    assert "SHA-256 differs" in data_failure_of(tmp_path)


@pytest.mark.parametrize("change", [lambda b: b[:-700], lambda b: b + b"x", lambda b: b""])
def test_a_shard_of_another_length_is_refused(tmp_path, change):
    write_dataset(tmp_path)
    path = tmp_path / "shard-00001.tar"
    path.write_bytes(change(path.read_bytes()))
    assert "shard-00001.tar has" in data_failure_of(tmp_path)


def test_a_missing_shard_is_named(tmp_path):
    write_dataset(tmp_path)
    (tmp_path / "shard-00001.tar").unlink()
    assert "shard-00001.tar of the dataset is missing" in data_failure_of(tmp_path)


@pytest.mark.parametrize(
    "name",
    [
        "../../etc/passwd",
        "validation/00000/" + "0" * 32 + ".png",
        "train/00003/" + "0" * 32 + ".png",
        "train/00000/" + "0" * 32 + ".svg",
    ],
)
def test_an_entry_that_does_not_belong_is_refused(tmp_path, name):
    write_dataset(tmp_path)
    replace_shard(tmp_path, [(name, picture(0, 0))])
    assert "unexpected entry" in data_failure_of(tmp_path)


def test_a_shard_that_is_no_tar_file_is_refused(tmp_path):
    manifest = write_dataset(tmp_path)
    junk = b"not a tar file" * 1000
    (tmp_path / "shard-00000.tar").write_bytes(junk)
    manifest["shards"][0] |= {"bytes": len(junk), "sha256": hashlib.sha256(junk).hexdigest()}
    write_manifest(tmp_path, manifest["splits"], manifest["shards"])
    assert "not a readable tar file" in data_failure_of(tmp_path)


def test_an_image_cut_short_is_named(tmp_path):
    write_dataset(tmp_path)
    cut = picture(0, 0)[:300]
    name = entry_name("train", 0, cut)
    replace_shard(tmp_path, [(name, cut)])
    assert f"Image {name} cannot be decoded" in data_failure_of(tmp_path)


def test_a_class_without_training_images_is_refused(tmp_path):
    write_dataset(tmp_path)
    entries = [(entry_name("train", label, picture(label, 1)), picture(label, 1)) for label in (0, 2)]
    replace_shard(tmp_path, entries)
    assert "first 'green'" in data_failure_of(tmp_path)


def test_a_manifest_is_checked_before_it_is_believed(tmp_path):
    manifest = write_dataset(tmp_path)
    manifest["shards"][0]["file"] = "../secret.tar"
    manifest["shards"][1]["images"] = 7
    write_manifest(tmp_path, manifest["splits"], manifest["shards"])
    message = data_failure_of(tmp_path)
    assert "shards[0].file must be a plain file name" in message and "says 36, but the shards hold 7" in message
    with pytest.raises(TrainingFailure, match="classes are not those"):
        read_manifest(tmp_path, ("other", "names"))


def test_more_images_than_memory_are_refused_before_decoding(tmp_path, monkeypatch):
    write_dataset(tmp_path)
    monkeypatch.setattr("dropforge_train.data.available_memory_bytes", lambda: 100_000)
    with pytest.raises(TrainingFailure) as caught:
        load(tmp_path)
    assert caught.value.cause == "out-of-memory"


def test_exif_orientation_is_applied():
    pixels = np.zeros((32, 64, 3), np.uint8)
    pixels[:, :32] = 255  # left half white
    buffer = io.BytesIO()
    exif = Image.Exif()
    exif[0x0112] = 6  # shown turned by 90 degrees clockwise: the left half is on top
    Image.fromarray(pixels).save(buffer, "JPEG", quality=95, exif=exif)
    decoded = decode_image(buffer.getvalue(), "x", 64, 32)
    assert decoded.shape == (64, 32, 3)
    assert decoded[:24].min() > 240 and decoded[40:].max() < 15


def test_small_images_grow_and_large_ones_shrink_to_the_input_size():
    grey = np.full((28, 28), 77, np.uint8)
    assert (decode_image(png(grey), "x", 32, 32) == 77).all()
    stripes = np.tile(np.array([0, 255], np.uint8), (512, 256))
    shrunk = decode_image(png(stripes), "x", 16, 16)
    assert abs(int(shrunk.mean()) - 127) <= 1 and np.ptp(shrunk) <= 4  # averaged, not picked


def test_sixteen_bit_grey_keeps_its_shades():
    ramp = (np.arange(256, dtype=np.uint16) * 256).reshape(16, 16)
    buffer = io.BytesIO()
    Image.fromarray(ramp).save(buffer, "PNG")
    assert decode_image(buffer.getvalue(), "x", 16, 16)[:, :, 0].ravel().tolist() == list(range(256))


def test_transparent_and_palette_images_become_rgb():
    rgba = np.zeros((16, 16, 4), np.uint8)
    rgba[..., 1] = 200
    assert (decode_image(png(rgba), "x", 16, 16) == (0, 200, 0)).all()
    buffer = io.BytesIO()
    Image.fromarray(rgba[..., :3]).convert("P").save(buffer, "PNG")
    assert decode_image(buffer.getvalue(), "x", 16, 16).shape == (16, 16, 3)


def test_batches_cover_every_epoch_once_and_depend_on_seed_and_step_only():
    batches = Batches(images=50, batch_size=8, seed=3)
    assert batches.steps_per_epoch == 6
    epoch = np.concatenate([batches.indices(step) for step in range(6)])
    assert len(set(epoch.tolist())) == 48
    assert batches.indices(9).tolist() == Batches(50, 8, 3).indices(9).tolist()
    assert batches.indices(0).tolist() != Batches(50, 8, 4).indices(0).tolist()


def test_a_batch_is_never_larger_than_the_dataset():
    batches = Batches(images=5, batch_size=64, seed=0)
    assert sorted(batches.indices(0).tolist()) == [0, 1, 2, 3, 4]


def test_held_out_images_are_dealt_out_class_by_class():
    labels = np.repeat([0, 1, 2], [50, 10, 4])
    order = balanced_order(labels, 64, seed=0)
    assert sorted(order.tolist()) == list(range(64))
    assert labels[order[:12]].tolist() == [0, 1, 2] * 4
    few = balanced_order(labels, 20, seed=0)
    assert len(set(few.tolist())) == 20 and (labels[few] == 0).sum() > 10  # a fair sample, not an equal one
