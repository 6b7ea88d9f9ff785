import os

import numpy as np
import pytest
import torch

from dropforge_train.checkpoint import Checkpoint, CheckpointStore
from dropforge_train.config import parse_config
from dropforge_train.network import LmnetV1
from dropforge_train.training_state import from_arrays, make_optimizer, to_arrays
from support import training_document


def checkpoint(step: int) -> Checkpoint:
    return Checkpoint(step, {"elapsed": step / 10}, {"a/weights": np.full((3, 2), step, np.float32)})


def files(folder):
    return sorted(os.listdir(folder))


def test_the_newest_is_loaded_and_two_are_kept(tmp_path):
    store = CheckpointStore(tmp_path, "d" * 64)
    for step in (5, 90, 1000):
        store.save(checkpoint(step))
    assert len(files(tmp_path)) == 2
    loaded = CheckpointStore(tmp_path, "d" * 64).load_newest()
    assert (loaded.step, loaded.record["elapsed"]) == (1000, 100.0)
    assert loaded.arrays["a/weights"].tolist() == [[1000, 1000]] * 3


@pytest.mark.parametrize("damage", [lambda b: b[: len(b) // 2], lambda b: b"", lambda b: b[:-9] + bytes([b[-9] ^ 8]) + b[-8:]])
def test_a_damaged_newest_one_falls_back_to_the_one_before(tmp_path, damage, capsys):
    store = CheckpointStore(tmp_path, "d" * 64)
    store.save(checkpoint(1))
    store.save(checkpoint(2))
    newest = tmp_path / files(tmp_path)[-1]
    newest.write_bytes(damage(newest.read_bytes()))
    assert store.load_newest().step == 1
    assert "checkpoint-damaged" in capsys.readouterr().out
    store.save(checkpoint(2))
    assert store.load_newest().step == 2


def test_other_configurations_and_leftovers_are_not_loaded(tmp_path):
    CheckpointStore(tmp_path, "a" * 64).save(checkpoint(7))
    (tmp_path / ".checkpoint-bbbbbbbbbbbbbbbb-000000009.ckpt.tmp").write_bytes(b"half")
    store = CheckpointStore(tmp_path, "b" * 64)
    assert store.load_newest() is None
    assert len(files(tmp_path)) == 1  # the leftover is gone, the stranger's checkpoint is not


def test_a_failed_write_leaves_the_old_checkpoint_and_no_leftover(tmp_path, monkeypatch):
    store = CheckpointStore(tmp_path, "d" * 64)
    store.save(checkpoint(1))
    monkeypatch.setattr(os, "fsync", lambda _fd: (_ for _ in ()).throw(OSError(28, "No space left on device")))
    with pytest.raises(OSError):
        store.save(checkpoint(2))
    monkeypatch.undo()
    assert len(files(tmp_path)) == 1 and store.load_newest().step == 1


@pytest.mark.parametrize("optimizer", [{"name": "adam", "learningRate": 0.01}, {"name": "momentum", "learningRate": 0.1}])
def test_a_restored_training_goes_on_exactly_as_before(optimizer):
    def steps(network, optimizer, count):
        for _ in range(count):
            optimizer.zero_grad()
            network(images).square().sum().backward()
            optimizer.step()

    config = parse_config(training_document(optimizer=optimizer))
    images = torch.randint(0, 256, (4, 16, 16, 3), generator=torch.Generator().manual_seed(0))
    torch.manual_seed(0)
    network = LmnetV1(3, 0.25, "int8")
    first = make_optimizer(network, config)
    steps(network, first, 2)
    saved = {name: array.copy() for name, array in to_arrays(network, first).items()}
    steps(network, first, 2)
    other = LmnetV1(3, 0.25, "int8")
    second = make_optimizer(other, config)
    from_arrays(saved, other, second)
    steps(other, second, 2)
    for ours, theirs in zip(network.state_dict().values(), other.state_dict().values(), strict=True):
        assert torch.equal(ours, theirs)


def test_arrays_of_another_network_are_refused():
    config = parse_config(training_document())
    small, large = LmnetV1(3, 0.25, "int8"), LmnetV1(3, 0.5, "int8")
    arrays = to_arrays(small, make_optimizer(small, config))
    with pytest.raises(ValueError, match="has shape"):
        from_arrays(arrays, large, make_optimizer(large, config))
