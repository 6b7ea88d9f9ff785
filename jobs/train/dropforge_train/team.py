"""What the processes of one training do together: average gradients and agree, so that all of them decide alike."""

import hashlib
import os
import socket
import time
import warnings
from collections.abc import Sequence
from datetime import timedelta

import torch
import torch.distributed as dist
from torch import nn

from .cluster import Cluster
from .failure import LOST_PEER, TrainingFailure

MEETING_SECONDS = 900.0  # instances pull their images and decode at different speeds


class Team:
    """One process among `cluster.size`. Alone, every method is trivial and no network is touched."""

    def __init__(self, cluster: Cluster, device: torch.device) -> None:
        self.rank, self.size, self.local_size = cluster.rank, cluster.size, cluster.local_size
        self._device = device
        self._agreeing: dist.ProcessGroup | None = None  # torch's default group
        if self.size > 1:
            self._meet(cluster)

    @property
    def leads(self) -> bool:
        """Whether this process writes progress, checkpoints and the model."""
        return self.rank == 0

    def share(self, network: nn.Module) -> nn.Module:
        """The same network with gradients that are averaged over all processes.

        Batch normalization keeps to each process's own share (no SyncBatchNorm, which exists for GPUs alone): shares of
        `data.SMALLEST_SHARE` images and more give usable statistics, and exact ones replace them after training.
        """
        if self.size == 1:
            return network
        # Of a 1x1 kernel the two memory formats are one, but DDP compares their names.
        warnings.filterwarnings("ignore", message="Grad strides do not match bucket view strides")
        devices = [self._device] if self._device.type == "cuda" else None
        return nn.parallel.DistributedDataParallel(network, device_ids=devices, broadcast_buffers=False)

    def mean(self, values: Sequence[float]) -> list[float]:
        """The mean of each value over all processes: the same bits everywhere, so that decisions made on it are too."""
        if self.size == 1:
            return list(values)
        total = torch.tensor(values, dtype=torch.float64)
        dist.all_reduce(total, group=self._agreeing)
        return (total / self.size).tolist()

    def from_leader(self, value: object) -> object:
        """What the leading process has; the others give anything."""
        if self.size == 1:
            return value
        box = [value]
        dist.broadcast_object_list(box, src=0, group=self._agreeing)
        return box[0]

    def check_equal(self, network: nn.Module) -> str:
        """A digest of the parameters, the same in all processes. Raises when they have drifted apart."""
        digest = hashlib.sha256()
        for parameter in network.parameters():
            digest.update(parameter.detach().cpu().numpy().tobytes())
        mine = digest.hexdigest()
        if self.from_leader(mine) != mine:
            raise TrainingFailure("bug", f"Process {self.rank} of {self.size} ended with other weights than process 0.")
        return mine

    def wait_for_all(self) -> None:
        """Returns when every process has come this far; after the last such meeting each may end when it likes."""
        if self.size > 1:
            dist.barrier(group=self._agreeing)

    def _meet(self, cluster: Cluster) -> None:
        if cluster.interface:
            os.environ["GLOO_SOCKET_IFNAME"] = os.environ["NCCL_SOCKET_IFNAME"] = cluster.interface
        limit = timedelta(seconds=MEETING_SECONDS)
        address = f"tcp://{_address_of(cluster.hosts[0])}:{cluster.port}"
        backend = "nccl" if self._device.type == "cuda" else "gloo"
        dist.init_process_group(backend, address, timeout=limit, world_size=self.size, rank=self.rank)
        # Decisions go from processor to processor even where gradients go from GPU to GPU.
        self._agreeing = None if backend == "gloo" else dist.new_group(backend="gloo", timeout=limit)


def _address_of(host: str) -> str:
    """The host's address. Its name appears in DNS only when its instance is up, and nothing tells when: ask again."""
    deadline = time.monotonic() + MEETING_SECONDS
    while True:
        try:
            return socket.getaddrinfo(host, None, family=socket.AF_INET)[0][4][0]
        except socket.gaierror as error:
            if time.monotonic() > deadline:
                raise TrainingFailure("killed", f"{LOST_PEER}: there is no address for the instance {host}.") from error
            time.sleep(1.0)
