"""Two instances on this machine's loopback: the same command, each with its own root and resource configuration."""

import json
import re
import shutil
import signal
import socket
from pathlib import Path
from subprocess import Popen

import pytest
import torch

from support import PATIENCE, configure, failure_of, start_job, write_dataset

HOSTS = ["127.0.0.1", "127.0.0.2"]


class Pair:
    """Two roots with the same inputs; `start` runs the job on both."""

    def __init__(self, base: Path, **changes) -> None:
        self.roots = [base / "first", base / "second"]
        write_dataset(self.roots[0] / "input/data/dataset", {"train": 41, "validation": 12})
        configure(self.roots[0], **changes)
        shutil.copytree(self.roots[0], self.roots[1])
        for root, host in zip(self.roots, HOSTS, strict=True):
            (root / "input/config").mkdir()
            document = {"current_host": host, "hosts": HOSTS, "network_interface_name": "lo"}
            (root / "input/config/resourceconfig.json").write_text(json.dumps(document))

    def start(self) -> list[Popen]:
        # Both on the processor: NCCL refuses two processes on one GPU.
        variables = {"MASTER_PORT": str(free_port()), "OMP_NUM_THREADS": "1", "CUDA_VISIBLE_DEVICES": ""}
        return [start_job(root, variables=variables) for root in self.roots]

    def run(self) -> list[str]:
        processes = self.start()
        outputs = [process.communicate(timeout=PATIENCE)[0] for process in processes]
        assert [process.returncode for process in processes] == [0, 0], "\n".join(outputs)
        return outputs


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def kill(processes: list[Popen]) -> None:
    for process in processes:
        process.kill()
        process.communicate(timeout=PATIENCE)


@pytest.fixture
def pair(tmp_path):
    return Pair(tmp_path, budget={"epochs": 10}, batchSize=24, checkpointSeconds=0.3)


def wait_for(process: Popen, pattern: str) -> str:
    seen = []
    for line in process.stdout:
        seen.append(line)
        if re.match(pattern, line):
            return line
    raise AssertionError("".join(seen))


def test_two_instances_end_with_the_same_weights_and_one_model(pair):
    first, second = pair.run()
    weights = [re.search(r"^trained rank=(\d) step=50 weights=(\w{16})$", output, re.M) for output in (first, second)]
    assert [match[1] for match in weights] == ["0", "1"]
    assert weights[0][2] == weights[1][2]
    losses = [float(loss) for loss in re.findall(r"^progress .* loss=(\d+\.\d+)", first, re.M)]
    assert losses[-1] < 0.7 * losses[0]
    assert "decoded train=61 validation=36" in first  # 123 images: one is left out
    metrics = json.loads((pair.roots[0] / "model/metrics.json").read_text())
    assert (metrics["processes"], metrics["steps"], metrics["epochs"]) == (2, 50, 10)
    assert metrics["accuracy"] > 0.8
    assert "progress " not in second and "checkpoint " not in second
    assert not (pair.roots[1] / "model").exists() and not list((pair.roots[1] / "checkpoints").iterdir())


def test_a_stop_of_one_instance_stops_both_at_the_same_step_and_the_next_start_goes_on(pair):
    configure(pair.roots[0], budget={"epochs": 400}, batchSize=24)
    configure(pair.roots[1], budget={"epochs": 400}, batchSize=24)
    processes = pair.start()
    wait_for(processes[0], "progress step=[1-9]")
    processes[1].send_signal(signal.SIGTERM)
    outputs = [process.communicate(timeout=PATIENCE)[0] for process in processes]
    assert [process.returncode for process in processes] == [0, 0], "\n".join(outputs)
    steps = [int(re.search(r"^trained rank=\d step=(\d+)", output, re.M)[1]) for output in outputs]
    assert steps[0] == steps[1] < 2000
    processes = pair.start()
    assert wait_for(processes[0], "resumed ").startswith(f"resumed step={steps[0]} ")
    kill(processes)


def test_an_instance_that_dies_ends_the_other_with_a_cause_and_nothing_is_lost(pair):
    for root in pair.roots:
        configure(root, budget={"epochs": 400}, batchSize=24, checkpointSeconds=0.3)
    processes = pair.start()
    saved = int(re.search(r"step=(\d+)", wait_for(processes[0], "checkpoint "))[1])
    processes[1].kill()
    processes[0].communicate(timeout=PATIENCE)
    assert processes[0].returncode == 143
    failure = failure_of(pair.roots[0])
    assert failure["cause"] == "killed" and "Another process" in failure["message"]
    processes = pair.start()
    assert int(re.search(r"step=(\d+)", wait_for(processes[0], "resumed "))[1]) >= saved
    kill(processes)


def test_a_batch_too_small_to_share_is_refused(tmp_path):
    pair = Pair(tmp_path, batchSize=15)
    processes = pair.start()
    for process in processes:
        process.communicate(timeout=PATIENCE)
    assert [process.returncode for process in processes] == [1, 1]
    failure = failure_of(pair.roots[0])
    assert failure["cause"] == "data" and "leaves 7 for each of 2 processes" in failure["message"]
    assert failure["action"].startswith("Raise batchSize to 16 or more")


@pytest.mark.skipif(torch.cuda.is_available(), reason="needs a machine without GPUs, or with two")
def test_several_gpus_of_one_instance_get_a_process_each(tmp_path):
    """Without GPUs here the processes train on the processor; what is tested is that they find each other."""
    base = tmp_path / "only"
    write_dataset(base / "input/data/dataset")
    configure(base, budget={"epochs": 4}, batchSize=24)
    variables = {"CUDA_VISIBLE_DEVICES": "0,1", "MASTER_PORT": str(free_port()), "OMP_NUM_THREADS": "1"}
    process = start_job(base, variables=variables)
    output, _ = process.communicate(timeout=PATIENCE)
    assert process.returncode == 0, output
    weights = re.findall(r"^trained rank=(\d) step=20 weights=(\w+)$", output, re.M)
    assert {rank for rank, _ in weights} == {"0", "1"} and len({digest for _, digest in weights}) == 1
    assert json.loads((base / "model/metrics.json").read_text())["processes"] == 2
