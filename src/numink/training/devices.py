"""The device that a training runs on, and whether it computes in bfloat16."""

from __future__ import annotations

from contextlib import AbstractContextManager

import torch

from ..errors import DataError


def find_device(name: str = "auto") -> torch.device:
    """Return the device called `name`; 'auto' is a GPU where there is one, else the processor.

    Raises DataError where torch has no such device.
    """
    if name == "auto":
        return torch.device("cuda" if torch.cuda.is_available() else "cpu")
    try:
        return torch.empty(0, device=name).device
    except (RuntimeError, AssertionError) as error:
        raise DataError(f"torch cannot use the device '{name}' ({error}): use auto, cpu or cuda") from None


def autocast(device: torch.device, *, bfloat16: bool) -> AbstractContextManager[None]:
    """Return a context that computes in bfloat16 where it is asked for and faster than float32.

    Processors without AVX-512 emulate bfloat16: ten times slower, measured.
    """
    is_fast = device.type != "cpu" or torch.backends.cpu.get_cpu_capability().startswith("AVX512")
    context: AbstractContextManager[None] = torch.autocast(device.type, torch.bfloat16, enabled=bfloat16 and is_fast)
    return context
