"""Devices of a training: a GPU where there is one, and bfloat16 only where it is fast."""

from __future__ import annotations

import pytest

from numink.errors import DataError

torch = pytest.importorskip("torch", reason="training needs the extra [train]")
from numink.training.devices import autocast, find_device  # noqa: E402 - needs torch


@pytest.mark.parametrize("available", [True, False])
def test_auto_takes_a_gpu_where_there_is_one(monkeypatch: pytest.MonkeyPatch, available: bool) -> None:
    monkeypatch.setattr(torch.cuda, "is_available", lambda: available)

    assert find_device().type == ("cuda" if available else "cpu")
    assert find_device("cpu").type == "cpu"


@pytest.mark.parametrize("name", ["cuda:77", "gpu", ""])
def test_a_device_that_torch_cannot_use_is_an_error_with_a_remedy(name: str) -> None:
    with pytest.raises(DataError, match="use auto, cpu or cuda"):
        find_device(name)


@pytest.mark.parametrize(
    ("capability", "asked", "used"),
    [("AVX512", True, True), ("AVX512_VNNI", True, True), ("AVX2", True, False), ("AVX512", False, False)],
)
def test_a_processor_computes_in_bfloat16_where_that_is_asked_for_and_fast(
    monkeypatch: pytest.MonkeyPatch, capability: str, asked: bool, used: bool
) -> None:
    monkeypatch.setattr(torch.backends.cpu, "get_cpu_capability", lambda: capability)
    ones = torch.ones(2, 2)
    with autocast(torch.device("cpu"), bfloat16=asked):
        product = ones @ ones

    assert product.dtype == (torch.bfloat16 if used else torch.float32)
