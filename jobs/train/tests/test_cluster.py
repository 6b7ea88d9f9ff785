import json

import pytest

from dropforge_train.cluster import count_gpus, read_cluster
from dropforge_train.failure import TrainingFailure
from dropforge_train.job import JobPaths


def paths_with(base, document) -> JobPaths:
    (base / "input/config").mkdir(parents=True, exist_ok=True)
    (base / "input/config/resourceconfig.json").write_text(json.dumps(document))
    return JobPaths(base)


def test_a_laptop_is_alone(tmp_path, monkeypatch):
    monkeypatch.delenv("MASTER_PORT", raising=False)
    cluster = read_cluster(JobPaths(tmp_path))
    assert (cluster.rank, cluster.size, cluster.interface, cluster.port) == (0, 1, "", 29_500)


def test_every_process_of_every_instance_has_a_rank_of_its_own(tmp_path):
    hosts = ["algo-10", "algo-2", "algo-1"]
    ranks = []
    for host in ("algo-1", "algo-2", "algo-10"):
        paths = paths_with(tmp_path, {"current_host": host, "hosts": hosts, "network_interface_name": "eth0"})
        clusters = [read_cluster(paths, local_rank, 4) for local_rank in range(4)]
        assert {(cluster.hosts[0], cluster.size, cluster.interface) for cluster in clusters} == {("algo-1", 12, "eth0")}
        ranks += [cluster.rank for cluster in clusters]
    assert ranks == list(range(12))


@pytest.mark.parametrize(
    ("document", "words"),
    [
        ({"current_host": "a", "hosts": []}, "must list its hosts"),
        ({"current_host": "a", "hosts": [1]}, "must list its hosts"),
        ({"current_host": "a"}, "must list its hosts"),
        ({"current_host": "c", "hosts": ["a", "b"]}, "'c', which is none of its hosts"),
    ],
)
def test_a_resource_configuration_without_sense_is_refused(tmp_path, document, words):
    with pytest.raises(TrainingFailure, match=words) as caught:
        read_cluster(paths_with(tmp_path, document))
    assert caught.value.cause == "data"


def test_gpus_are_counted_without_torch(tmp_path, monkeypatch):
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert count_gpus(tmp_path) == 0
    for name in ("nvidia0", "nvidia1", "nvidia10", "nvidiactl", "nvidia-uvm", "null"):
        (tmp_path / name).touch()
    assert count_gpus(tmp_path) == 3
    for value, count in (("0,2", 2), ("", 0), ("-1", 0)):
        monkeypatch.setenv("CUDA_VISIBLE_DEVICES", value)
        assert count_gpus(tmp_path) == count
