"""The state of a training on disk, written whole or not at all: arrays in .npz, no pickle.

Knows how nested dictionaries of tensors are laid flat; not what they belong to.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import torch

from ..errors import DataError


def save(path: Path, state: dict[str, Any]) -> None:
    """`state`: nested dictionaries and lists of tensors and JSON values. Replaces `path` in one step."""
    arrays: dict[str, np.ndarray[Any, Any]] = {}
    plain = _lay_flat(state, "", arrays)
    path.parent.mkdir(parents=True, exist_ok=True)
    partial = path.with_suffix(".partial")
    with partial.open("wb") as file:
        np.savez(file, allow_pickle=False, **arrays, __plain__=np.array(json.dumps(plain)))
    partial.replace(path)


def load(path: Path) -> dict[str, Any]:
    """What `save` wrote. Raises DataError where the file is damaged."""
    try:
        with np.load(path, allow_pickle=False) as stored:
            plain = json.loads(str(stored["__plain__"]))
            state: dict[str, Any] = _rebuild(plain, stored)
            return state
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise DataError(f"the checkpoint {path} is damaged ({error}): delete it, or use --fresh") from None


def _lay_flat(value: Any, name: str, arrays: dict[str, np.ndarray[Any, Any]]) -> Any:
    if isinstance(value, torch.Tensor):
        arrays[name] = value.detach().cpu().numpy()
        return {"__array__": name}
    if isinstance(value, dict):
        return {"__items__": [[key, _lay_flat(item, f"{name}/{key}", arrays)] for key, item in value.items()]}
    if isinstance(value, list | tuple):
        return [_lay_flat(item, f"{name}/{at}", arrays) for at, item in enumerate(value)]
    return value


def _rebuild(plain: Any, stored: Any) -> Any:
    if isinstance(plain, dict) and "__array__" in plain:
        return torch.from_numpy(np.array(stored[plain["__array__"]]))
    if isinstance(plain, dict):
        return {key: _rebuild(item, stored) for key, item in plain["__items__"]}
    if isinstance(plain, list):
        return [_rebuild(item, stored) for item in plain]
    return plain
