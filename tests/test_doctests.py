"""The examples in docstrings run, and print the output that is written there."""

from __future__ import annotations

import doctest
import importlib
import pkgutil
from pathlib import Path

import pytest

import numink

PROGRAMS = {"numink.__main__"}
"""Modules that run a program when they are imported."""
MODULES = ["numink", *sorted({module.name for module in pkgutil.walk_packages(numink.__path__, "numink.")} - PROGRAMS)]


@pytest.mark.parametrize("name", MODULES)
def test_the_examples_of_a_module_run(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    results = doctest.testmod(importlib.import_module(name))

    assert results.failed == 0
