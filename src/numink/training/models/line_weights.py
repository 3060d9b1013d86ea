"""Weights of trained line networks beside their model file, from which a later training continues.

The ONNX file holds the networks with batch normalization folded into the convolutions, which cannot be trained
further; the safetensors file of the same name holds them as they were trained, with their recipe as metadata.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor, nn

from ...errors import ModelError
from ..recipes import EnsembleRecipe
from .line_net import LineNet


def weights_path(model_path: Path) -> Path:
    """Return the path of the weights that belong to the model file `model_path`."""
    return model_path.with_suffix(".safetensors")


def save_weights(networks: Mapping[str, nn.Module], recipe: EnsembleRecipe, model_path: Path) -> None:
    """Write the weights of `networks`, by stage name, beside `model_path`."""
    tensors = {
        f"{name}/{key}": value.contiguous()
        for name, network in networks.items()
        for key, value in network.state_dict().items()
    }
    partial = model_path.with_suffix(".partial")
    save_file(tensors, partial, metadata={"recipe": recipe.to_json()})
    partial.replace(weights_path(model_path))


def load_reusable(recipe: EnsembleRecipe, model_path: Path) -> dict[str, LineNet]:
    """Return the networks of `recipe` that were trained by the same settings for `model_path`, by stage name.

    Raises ModelError where the weights beside the file are missing or damaged.
    """
    path = weights_path(model_path)
    stored = _stored_recipe(path)
    stages = {stage.name: stage for stage in recipe.stages}
    networks: dict[str, LineNet] = {}
    try:
        with safe_open(path, framework="pt") as file:
            keys = list(file.keys())
            for name in _reusable(recipe, stored):
                networks[name] = LineNet(stages[name].width, stages[name].context).eval()
                own = [key for key in keys if key.startswith(f"{name}/")]
                networks[name].load_state_dict({key.removeprefix(f"{name}/"): file.get_tensor(key) for key in own})
    except (OSError, RuntimeError, SafetensorError) as error:
        raise ModelError(f"the weights {path} are damaged ({error}): train without --from") from None
    return networks


def load_start(path: Path, width: int) -> dict[str, Tensor]:
    """Return the weights of the last network of `width` channels in the file `path`, which a training may start from.

    Raises ModelError where the file is missing or damaged, or has no such network.
    """
    stored = _stored_recipe(path, option="--start")
    names = [stage["name"] for stage in stored["stages"] if stage["width"] == width and stage["name"] in stored["say"]]
    if not names:
        raise ModelError(f"{path} has no network of {width} channels: train without --start")
    prefix = f"{names[-1]}/"
    try:
        with safe_open(path, framework="pt") as file:
            return {
                key.removeprefix(prefix): file.get_tensor(key) for key in list(file.keys()) if key.startswith(prefix)
            }
    except (OSError, SafetensorError) as error:
        raise ModelError(f"the weights {path} are damaged ({error}): train without --start") from None


def reusable_stages(recipe: EnsembleRecipe, model_path: Path) -> list[str]:
    """Return the names of `recipe`'s stages whose networks exist beside `model_path`, trained by the same settings.

    The stages that a network started from must have had the same settings, too. Raises ModelError where the weights
    are missing or damaged.
    """
    return _reusable(recipe, _stored_recipe(weights_path(model_path)))


def _reusable(recipe: EnsembleRecipe, stored: Mapping[str, Any]) -> list[str]:
    stages = {stage["name"]: json.dumps(stage) for stage in stored["stages"]}
    same = {""}
    for stage in recipe.stages:  # each comes after the one that it starts from
        if stage.after in same and stage.name in stages and stage.is_stored_as(stages[stage.name]):
            same.add(stage.name)
    return [stage.name for stage in recipe.stages if stage.name in same and stage.name in stored["say"]]


def _stored_recipe(path: Path, option: str = "--from") -> dict[str, Any]:
    """Return the recipe in the metadata of the weights at `path`, which `option` named. Raises ModelError."""
    if not path.is_file():
        raise ModelError(f"{path} is missing, which holds the weights to continue from: train without {option}")
    try:
        with safe_open(path, framework="pt") as file:
            stored = json.loads(file.metadata()["recipe"])
        if all(stage["name"] for stage in stored["stages"]) and stored["say"]:
            return dict(stored)
    except (OSError, SafetensorError, ValueError, KeyError, TypeError):
        pass
    raise ModelError(f"{path} is damaged or holds no line networks: train without {option}")
