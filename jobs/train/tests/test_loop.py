import math
from itertools import pairwise

import pytest
import torch

from dropforge_train.checkpoint import CheckpointStore
from dropforge_train.cluster import read_cluster
from dropforge_train.config import parse_config
from dropforge_train.data import load_splits
from dropforge_train.failure import TrainingFailure
from dropforge_train.hardware import choose_dtype
from dropforge_train.job import JobPaths
from dropforge_train.loop import TrainingLoop
from dropforge_train.manifest import read_manifest
from dropforge_train.network import LmnetV1
from dropforge_train.recalibrate import recalibrate
from dropforge_train.stop import StopRequest
from dropforge_train.team import Team
from dropforge_train.threads import ThreadChooser
from support import training_document, write_dataset

CPU = torch.device("cpu")


@pytest.fixture(autouse=True)
def _one_thread():
    """Sums in one order, so that equal trainings give equal bits."""
    before = torch.get_num_threads()
    yield torch.set_num_threads(1)
    torch.set_num_threads(before)


def make_loop(folder, stop=None, **changes) -> TrainingLoop:
    config = parse_config(training_document(**changes))
    if not (folder / "data").exists():
        write_dataset(folder / "data")
    stop = stop or StopRequest()
    splits = load_splits(folder / "data", read_manifest(folder / "data", config.classes), 16, 16, StopRequest())
    torch.manual_seed(config.seed)
    network = LmnetV1(3, config.width, config.first_layer)
    store = CheckpointStore(folder / "checkpoints", config.digest)
    team = Team(read_cluster(JobPaths(folder)), CPU)
    return TrainingLoop(config, network, *splits, CPU, store, ThreadChooser(1, torch.set_num_threads), stop, team)


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"optimizer": {"name": "momentum", "learningRate": 0.03}},
        {"quantization": {"firstLayer": "binary"}, "weightDecay": 0.001},
    ],
)
def test_it_learns(tmp_path, changes):
    loop = make_loop(tmp_path, budget={"epochs": 12}, **changes)
    trained = loop.run()
    assert trained.finished and trained.steps == 72 and trained.epochs == 12
    loop.network.eval()
    right = loop.network(torch.from_numpy(loop.held_out.images)).argmax(1).numpy() == loop.held_out.labels
    assert right.mean() > 0.9
    assert all(latent.abs().max() <= 1 for latent in loop.network.latents())


def test_a_loss_that_is_no_number_ends_as_diverged(tmp_path):
    loop = make_loop(tmp_path, optimizer={"name": "momentum", "learningRate": 1e12}, schedule={"name": "constant"})
    with pytest.raises(TrainingFailure) as caught:
        loop.run()
    assert caught.value.cause == "diverged" and "learningRate" in caught.value.action


def test_a_wall_clock_budget_ends_on_time_and_annealed(tmp_path):
    loop = make_loop(tmp_path, budget={"seconds": 1.0})
    trained = loop.run()
    assert trained.finished and 1.0 <= trained.seconds < 1.5
    assert loop.optimizer.param_groups[0]["lr"] < 0.001 * 0.01 * 20


def test_a_stopped_training_resumes_to_the_same_weights(tmp_path):
    class StopAfter(StopRequest):
        looks = 0

        @property
        def asked(self) -> bool:
            self.looks += 1
            return self.looks > 10

    straight = make_loop(tmp_path / "a", augmentations=[{"name": "shift"}, {"name": "hue"}])
    straight.run()
    first = make_loop(tmp_path / "b", StopAfter(), augmentations=[{"name": "shift"}, {"name": "hue"}])
    assert not first.run().finished
    second = make_loop(tmp_path / "b", augmentations=[{"name": "shift"}, {"name": "hue"}])
    trained = second.run()
    assert trained.finished and trained.steps == straight.step and first.step == 10
    for ours, theirs in zip(straight.network.state_dict().values(), second.network.state_dict().values(), strict=True):
        assert torch.equal(ours, theirs)


class Clock:
    """Every look at the clock takes 10 ms, and nothing else takes time but what a test adds."""

    now = 0.0

    def perf_counter(self) -> float:
        self.now += 0.01
        return self.now


def checkpoint_times(output: str) -> list[float]:
    lines = [line for line in output.splitlines() if line.startswith("checkpoint ")]
    return [float(line.rpartition("=")[2]) for line in lines]


def test_no_more_than_one_interval_lies_between_checkpoints(tmp_path, capsys, monkeypatch):
    monkeypatch.setattr("dropforge_train.loop.time", Clock())
    make_loop(tmp_path, budget={"epochs": 10}, checkpointSeconds=0.5).run()
    at = [0.0, *checkpoint_times(capsys.readouterr().out)]
    assert len(at) > 4
    assert all(later - earlier <= 0.5 + 0.05 for earlier, later in pairwise(at))


def test_steps_longer_than_the_interval_are_saved_one_by_one(tmp_path, capsys, monkeypatch):
    clock = Clock()
    monkeypatch.setattr("dropforge_train.loop.time", clock)
    loop = make_loop(tmp_path, budget={"epochs": 1}, checkpointSeconds=20)
    train_step = loop._train_step

    def long_step() -> None:
        clock.now += 30.0
        train_step()

    monkeypatch.setattr(loop, "_train_step", long_step)
    loop.run()
    assert len(checkpoint_times(capsys.readouterr().out)) == 6


def test_checkpoints_that_take_long_to_write_become_rarer(tmp_path, capsys, monkeypatch):
    clock = Clock()
    monkeypatch.setattr("dropforge_train.loop.time", clock)
    loop = make_loop(tmp_path, budget={"epochs": 40}, checkpointSeconds=0.1)
    save = loop.checkpoints.save

    def slow_save(checkpoint) -> None:
        clock.now += 0.2
        save(checkpoint)

    monkeypatch.setattr(loop.checkpoints, "save", slow_save)
    loop.run()
    at = checkpoint_times(capsys.readouterr().out)
    assert len(at) >= 2
    assert at[1] - at[0] >= 0.2 / 0.05 * 0.95


def test_elapsed_time_continues_over_attempts(tmp_path):
    loop = make_loop(tmp_path, budget={"seconds": 1.0})
    spent = loop.run().seconds
    again = make_loop(tmp_path, budget={"seconds": 1.0})
    assert again.run().steps == loop.step  # nothing is left to train
    assert again.elapsed == pytest.approx(spent, abs=0.3)


def test_held_out_accuracy_is_shown_during_training(tmp_path, capsys):
    make_loop(tmp_path, budget={"epochs": 20}).run()
    last = capsys.readouterr().out.strip().splitlines()[-1]
    assert last.startswith("progress step=120 of=120 epoch=20.00") and "accuracy=nan" not in last
    assert last.endswith("eta_seconds=0")


def test_recalibration_replaces_the_statistics_by_exact_ones(tmp_path):
    loop = make_loop(tmp_path, augmentations=[])
    loop.run()
    recalibrate(loop.network, 6, loop.batch)
    first = loop.network.convolutions[0]
    with torch.no_grad():
        outputs = [batch_outputs(loop, step) for step in range(6)]
    expected = torch.stack([o.mean((0, 2, 3)) for o in outputs]).mean(0)
    assert torch.allclose(first.norm.running_mean, expected, rtol=1e-4, atol=1e-2)
    assert not loop.network.training and first.dtype == torch.float32


def batch_outputs(loop, step):
    from dropforge_train.network import network_input
    from dropforge_train.quantizers import int8_weights

    weight = int8_weights(loop.network.convolutions[0].weight, True)
    return torch.nn.functional.conv2d(network_input(loop.batch(step)), weight, padding=1)


def test_bfloat16_is_used_only_where_the_cpu_has_it():
    assert choose_dtype(CPU, "fma avx2 avx512f") == torch.float32
    assert choose_dtype(CPU, "") == torch.float32


def test_a_stop_while_decoding_is_no_model_but_a_clear_end(tmp_path):
    write_dataset(tmp_path)
    stop = StopRequest()
    assert math.isinf(stop.seconds_left())
    stop.ask()
    with pytest.raises(TrainingFailure) as caught:
        load_splits(tmp_path, read_manifest(tmp_path, ("blue", "green", "red")), 16, 16, stop)
    assert caught.value.cause == "killed" and 0 < stop.seconds_left() <= 90
