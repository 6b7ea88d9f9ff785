"""The training command as a process, on real job folders."""

import json
import os
import random
import re
import resource
import select
import signal
import threading
from pathlib import Path

import numpy as np
import onnx
import pytest

from dropforge_train import work
from dropforge_train.job import JobPaths
from dropforge_train.stop import StopRequest
from qonnx_evaluator import evaluate
from support import CLASSES, configure, failure_of, run_job, start_job, write_dataset, write_job

GIB = 1 << 30


def single_core() -> None:
    """One thread sums in one order: equal trainings give equal results."""
    os.sched_setaffinity(0, {random.choice(sorted(os.sched_getaffinity(0)))})


def read_until(process, pattern: str) -> list[str]:
    """Lines of output up to the first that matches."""
    lines = []
    for line in process.stdout:
        lines.append(line.rstrip())
        if re.match(pattern, line):
            return lines
    raise AssertionError("\n".join(lines))


def test_a_job_leaves_everything_that_the_next_stages_read(tmp_path):
    base = write_job(tmp_path, budget={"epochs": 12})
    code, output = run_job(base)
    assert code == 0, output
    assert not (base / "output/failure").exists()
    assert re.search(r"^progress step=72 of=72 epoch=12.00 loss=\d\.\d{4} accuracy=\d\.\d{4} eta_seconds=0$", output, re.M)
    model = base / "model"
    metrics = json.loads((model / "metrics.json").read_text())
    confusion = json.loads((model / "confusion.json").read_text())
    record = json.loads((model / "evaluation/evaluation.json").read_text())
    assert record == {
        "format": "dropforge-evaluation/1",
        **{"images": 30, "height": 16, "width": 16, "channels": 3, "goldenImages": 5},
    }
    images = np.fromfile(model / "evaluation/images.u8", np.uint8).reshape(30, 16, 16, 3)
    labels = np.fromfile(model / "evaluation/labels.u16", "<u2")
    assert labels[:6].tolist() == [0, 1, 2, 0, 1, 2]
    exported = onnx.load(str(model / "model.onnx"))
    answers = [evaluate(exported, image.transpose(2, 0, 1)[None])["logits"].argmax() for image in images]
    matrix = np.zeros((3, 3), int)
    np.add.at(matrix, (labels, answers), 1)
    assert confusion == {"classes": CLASSES, "matrix": matrix.tolist()}
    assert metrics["accuracy"] == matrix.trace() / 30 > 0.9
    assert (metrics["steps"], metrics["epochs"], metrics["finished"], metrics["evaluationImages"]) == (72, 12, True, 30)
    assert [row["class"] for row in metrics["perClass"]] == CLASSES
    assert {"loss", "trainSeconds", "imagesPerSecond", "threads", "dtype", "parameters"} <= set(metrics)


def failure_in_process(base: Path) -> dict:
    """The failure of a job that must not get as far as training."""
    (base / "output/failure").unlink(missing_ok=True)
    assert work.run_job(JobPaths(base), StopRequest()) == 1
    return failure_of(base)


def test_sagemakers_own_files_are_read_when_present(tmp_path):
    base = write_job(tmp_path)
    config = base / "input/config"
    config.mkdir(parents=True)
    (config / "hyperparameters.json").write_text('{"runId": "run-bbbbbbbbbbbbbbbbbbbb"}')
    assert "was rendered for run-aaaaaaaaaaaaaaaaaaaa" in failure_in_process(base)["message"]
    (config / "hyperparameters.json").write_text('{"runId": "run-aaaaaaaaaaaaaaaaaaaa"}')
    (config / "resourceconfig.json").write_text('{"current_host": "algo-3", "hosts": ["algo-1", "algo-2"]}')
    assert "'algo-3', which is none of its hosts" in failure_in_process(base)["message"]


def test_killed_at_random_moments_it_resumes_and_ends_as_if_never_killed(tmp_path):
    changes = {"budget": {"epochs": 40}, "checkpointSeconds": 0.2}
    straight = write_job(tmp_path / "straight", **changes)
    assert run_job(straight, preexec_fn=single_core)[0] == 0
    base = write_job(tmp_path / "killed", **changes)
    seed = random.randrange(1 << 30)
    print("seed", seed)
    moments = random.Random(seed)
    last_saved = 0
    for _ in range(2):
        process = start_job(base, preexec_fn=single_core)
        lines = read_until(process, "training ")
        timer = threading.Timer(moments.uniform(0.05, 0.8), process.kill)
        timer.start()
        lines += process.stdout.read().splitlines()
        timer.cancel()
        assert process.wait() in (-signal.SIGKILL, 0)
        last_saved = check_resumed(lines, last_saved)
    code, output = run_job(base, preexec_fn=single_core)
    assert code == 0, output
    check_resumed(output.splitlines(), last_saved)
    metrics = json.loads((base / "model/metrics.json").read_text())
    assert metrics["steps"] == 240
    for name in ("confusion.json", "evaluation/images.u8"):
        assert (base / "model" / name).read_bytes() == (straight / "model" / name).read_bytes()


def check_resumed(lines: list[str], last_saved: int) -> int:
    """The attempt started no earlier than the newest checkpoint before it; returns the newest step that is saved now."""
    resumed, saved = ([step_of(line) for line in lines if line.startswith(word)] for word in ("resumed ", "checkpoint "))
    trained = any(line.startswith("progress ") for line in lines)  # else it was killed before it could resume
    assert not trained or last_saved <= (resumed or [0])[0]
    return max([last_saved, *resumed, *saved])


def step_of(line: str) -> int:
    return int(re.search(r"step=(\d+)", line)[1])


def test_sigterm_saves_a_checkpoint_and_a_model(tmp_path):
    base = write_job(tmp_path, budget={"seconds": 600})
    process = start_job(base)
    read_until(process, "progress step=[1-9]")
    process.terminate()
    output = process.stdout.read()
    assert process.wait(timeout=30) == 0, output
    metrics = json.loads((base / "model/metrics.json").read_text())
    assert metrics["finished"] is False and metrics["steps"] > 0
    assert "checkpoint step=" in output and (base / "model/model.onnx").exists()
    assert not (base / "output/failure").exists()


def test_a_trainer_that_is_killed_is_reported_by_its_supervisor(tmp_path):
    base = write_job(tmp_path, budget={"seconds": 600})
    process = start_job(base)
    read_until(process, "progress ")
    os.kill(child_of(process.pid), signal.SIGKILL)
    process.communicate(timeout=30)
    assert process.returncode == 143
    assert failure_of(base)["cause"] == "killed"
    assert any(line.startswith("progress ") for line in (base / "output/failure").read_text().splitlines())


def test_a_trainer_does_not_outlive_its_supervisor(tmp_path):
    base = write_job(tmp_path, budget={"seconds": 600})
    process = start_job(base)
    read_until(process, "progress ")
    trainer = os.pidfd_open(child_of(process.pid))
    process.kill()
    process.wait()
    # A process descriptor becomes readable when its process has ended.
    ended, _, _ = select.select([trainer], [], [], 20)
    os.close(trainer)
    assert ended


def child_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/task/{pid}/children").read_text().split()[0])


def test_a_refused_allocation_ends_as_out_of_memory(tmp_path):
    write_dataset(tmp_path / "input/data/dataset", {"train": 4, "validation": 1})
    configure(tmp_path, imageSize={"height": 2048, "width": 2048})
    limit = 2 * GIB  # of private memory: enough for torch itself, not for a batch of 12 such images
    code, output = run_job(tmp_path, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_DATA, (limit, limit)))
    assert code == 1, output
    assert "training device=" in output  # it was the training that asked for too much
    failure = failure_of(tmp_path)
    assert failure["cause"] == "out-of-memory" and "batchSize" in failure["action"]


def test_a_full_disk_ends_as_disk_and_keeps_no_half_checkpoint(tmp_path):
    base = write_job(tmp_path, checkpointSeconds=0.05)
    code, output = run_job(base, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000)))
    assert code == 1, output
    assert failure_of(base)["cause"] == "disk"
    assert list((base / "checkpoints").iterdir()) == []


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda base: (base / "input/data/config/training.json").unlink(), "The training configuration is missing"),
        (lambda base: (base / "input/data/config/training.json").write_text("{"), "is not valid JSON"),
        (lambda base: configure(base, batchSize="many"), "batchSize must be a whole number"),
        (lambda base: (base / "input/data/dataset/manifest.json").unlink(), "The dataset's manifest is missing"),
        (lambda base: (base / "input/data/dataset/shard-00000.tar").write_bytes(b"x"), "shard-00000.tar has 1 bytes"),
    ],
)
def test_unfit_input_ends_as_data_without_a_stack_trace(tmp_path, spoil, words, capfd):
    base = write_job(tmp_path)
    spoil(base)
    failure = failure_in_process(base)
    assert failure["cause"] == "data" and words in failure["message"] and failure["action"]
    assert "Traceback" not in "".join(capfd.readouterr())


def test_the_command_reports_unfit_input_with_the_log_below(tmp_path):
    code, output = run_job(tmp_path)
    assert code == 1 and "Traceback" not in output
    first, *tail = (tmp_path / "output/failure").read_text().splitlines()
    assert json.loads(first)["message"].startswith("The training configuration is missing")
    assert tail == [f"failure {first}"]
