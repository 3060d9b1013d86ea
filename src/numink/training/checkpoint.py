"""Checkpoints of a training as safetensors files, replaced atomically.

Tensors are stored under flat names; the nesting and all plain values are JSON in the file's metadata.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import torch
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file

from ..errors import DataError


def save(path: Path, state: dict[str, Any]) -> None:
    """Replace the file at `path` by `state`: nested dictionaries and lists of tensors and JSON values."""
    tensors: dict[str, torch.Tensor] = {}
    structure = _flatten(state, "", tensors)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    save_file(tensors, partial, metadata={"structure": json.dumps(structure)})
    partial.replace(path)


def load(path: Path) -> dict[str, Any]:
    """Return the state that `save` wrote. Raises DataError where the file is damaged."""
    try:
        with safe_open(path, framework="pt") as stored:
            state: dict[str, Any] = _rebuild(json.loads(stored.metadata()["structure"]), stored)
            return state
    except (OSError, ValueError, KeyError, TypeError, SafetensorError) as error:
        raise DataError(f"the checkpoint {path} is damaged ({error}): delete it, or use --fresh") from None


def _flatten(value: Any, name: str, tensors: dict[str, torch.Tensor]) -> Any:
    """Move the tensors in `value` to `tensors` and return the rest as JSON values that refer to them by name."""
    if isinstance(value, torch.Tensor):
        tensors[name] = value.detach().cpu().contiguous()
        return {"__tensor__": name}
    if isinstance(value, dict):  # as pairs: JSON would turn the optimizer's integer keys into strings
        return {"__items__": [[key, _flatten(item, f"{name}/{key}", tensors)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        return [_flatten(item, f"{name}/{index}", tensors) for index, item in enumerate(value)]
    return value


def _rebuild(structure: Any, stored: Any) -> Any:
    if isinstance(structure, dict) and "__tensor__" in structure:
        return stored.get_tensor(structure["__tensor__"])
    if isinstance(structure, dict):
        return {key: _rebuild(item, stored) for key, item in structure["__items__"]}
    if isinstance(structure, list):
        return [_rebuild(item, stored) for item in structure]
    return structure
