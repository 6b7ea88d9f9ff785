"""Which processes train together: the instances of the job, and on each of them one process for each GPU.

Source: "How Amazon SageMaker Provides Training Information",
https://docs.aws.amazon.com/sagemaker/latest/dg/your-algorithms-training-algo-running-container.html
"""

import os
import re
from dataclasses import dataclass
from pathlib import Path

from .failure import data_failure
from .job import JobPaths, read_json

DEFAULT_PORT = 29_500  # torch's own; MASTER_PORT names another


@dataclass(frozen=True)
class Cluster:
    """This process among all that train together."""

    hosts: tuple[str, ...]  # in the order of their ranks
    host: int  # index of this instance in `hosts`
    interface: str  # network interface on which the instances see each other; "" for the system's choice
    local_rank: int  # of this process on its instance
    local_size: int  # processes on each instance
    port: int  # of the first instance, where all processes meet

    @property
    def rank(self) -> int:
        """0 for the process that speaks for all: it alone writes progress, checkpoints and the model."""
        return self.host * self.local_size + self.local_rank

    @property
    def size(self) -> int:
        return len(self.hosts) * self.local_size


def read_cluster(paths: JobPaths, local_rank: int = 0, local_size: int = 1) -> Cluster:
    """Reads `resourceconfig.json`; without one this instance is alone. Raises a `data` failure when it makes no sense."""
    port = int(os.environ.get("MASTER_PORT") or DEFAULT_PORT)
    if not paths.resource_config.exists():
        return Cluster(("localhost",), 0, "", local_rank, local_size, port)
    document = read_json(paths.resource_config, "The resource configuration")
    hosts, current = document.get("hosts"), document.get("current_host")
    if not isinstance(hosts, list) or not hosts or not all(isinstance(host, str) and host for host in hosts):
        raise data_failure("The resource configuration must list its hosts by name.")
    ordered = tuple(sorted(set(hosts), key=_by_number))  # every instance must come to the same order
    if current not in ordered:
        raise data_failure(f"The resource configuration says that this host is {current!r}, which is none of its hosts.")
    return Cluster(
        ordered, ordered.index(current), str(document.get("network_interface_name") or ""), local_rank, local_size, port
    )


def count_gpus(devices: Path = Path("/dev")) -> int:
    """GPUs that this instance may use, found without torch, which the supervisor does not load."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES")
    if chosen is not None:
        return len([name for name in chosen.split(",") if name.strip() not in ("", "-1")])
    return sum(1 for device in devices.iterdir() if re.fullmatch(r"nvidia\d+", device.name))


def _by_number(host: str) -> tuple[str, int]:
    """algo-2 before algo-10."""
    match = re.fullmatch(r"(.*?)(\d{1,9})", host)
    return (match[1], int(match[2])) if match else (host, 0)
