"""What the machine can do: device, cores and the type in which convolutions run fastest."""

import os
from pathlib import Path

import torch
from torch.nn import functional as F


def choose_device(local_rank: int = 0) -> torch.device:
    """The GPU of this process when torch has one for it, else the CPU."""
    if not torch.cuda.is_available():
        return torch.device("cpu")
    torch.cuda.set_device(local_rank)  # what torch and NCCL put on "the" GPU goes to this one
    return torch.device("cuda", local_rank)


def usable_cores() -> int:
    """Cores that this process may run on; containers and `taskset` narrow them."""
    return len(os.sched_getaffinity(0))


def choose_dtype(device: torch.device, cpu_flags: str | None = None) -> torch.dtype:
    """bfloat16 only where the hardware multiplies it: emulated, it is several times slower than float32 or missing."""
    if device.type == "cuda":
        return torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float32
    flags = _cpu_flags() if cpu_flags is None else cpu_flags
    return torch.bfloat16 if "avx512_bf16" in flags.split() and _bfloat16_trains() else torch.float32


def _cpu_flags() -> str:
    try:
        for line in Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines():
            if line.startswith("flags"):
                return line.partition(":")[2]
    except OSError:
        pass
    return ""


def _bfloat16_trains() -> bool:
    """oneDNN can be told to ignore what the CPU has (ONEDNN_MAX_CPU_ISA) and then refuses bfloat16 altogether."""
    x = torch.ones(2, 8, 8, 8, dtype=torch.bfloat16)
    w = torch.ones(8, 8, 3, 3, dtype=torch.bfloat16, requires_grad=True)
    try:
        F.conv2d(x, w, padding=1).sum().backward()
    except RuntimeError:
        return False
    return True
