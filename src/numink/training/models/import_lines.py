"""From the ONNX file of a line network back to torch, so that a training can go on from what is shipped.

Exporting folds each normalisation into the convolution before it. Here it is taken out again, such that the network
says the same: with the statistics that composed strips have, without which the first steps of a training would change
what every layer hands on.
"""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import ModelProto, numpy_helper
from torch import Tensor, nn

from ...errors import ModelError
from ...recognition.line_model import LineModel
from ..recipes import Heard
from .line_net import LineNet


def taken_over(recipe: Heard, path: Path, strips: Tensor) -> dict[str, LineNet]:
    """Those of `recipe`'s networks that the file at `path` holds, by name; `unfolded`. Raises ModelError."""
    stored, networks = _recipe(path), unfolded(path, strips)
    names = _heard(stored)
    if len(names) != len(networks):
        raise ModelError(f"{path} holds {len(networks)} networks and says that they are {', '.join(names)}")
    by_name = dict(zip(names, networks, strict=True))
    return {name: by_name[name] for name in _alike(recipe, stored)}


def trained_already(recipe: Heard, path: Path) -> list[str]:
    """The names of those of `recipe`'s stages whose networks the file at `path` holds, trained by the same settings,
    and what they began with, too.

    Raises ModelError where it is no file of line networks.
    """
    return _alike(recipe, _recipe(path))


def _alike(recipe: Heard, stored: Mapping[str, Any]) -> list[str]:
    """See `trained_already`; `stored` is the recipe of the file."""
    stages, heard = {stage["name"]: json.dumps(stage) for stage in stored["stages"]}, _heard(stored)
    same: set[str] = {""}
    for stage in recipe.stages:  # one that another begins with comes before it
        if stage.after in same and stage.name in stages and stage.is_stored_as(stages[stage.name]):
            same.add(stage.name)
    return [stage.name for stage in recipe.stages if stage.name in same and stage.name in heard]


def _heard(stored: Mapping[str, Any]) -> list[str]:
    """The names of the networks in the file, in their order."""
    return [stage["name"] for stage in stored["stages"] if stage["name"] in stored["say"]]


def _recipe(path: Path) -> dict[str, Any]:
    """As stored. Raises ModelError."""
    try:
        stored = json.loads(LineModel(path).contract.recipe)
        if all(stage["name"] for stage in stored["stages"]) and stored["say"]:
            return dict(stored)
    except (ValueError, KeyError, TypeError):
        pass
    raise ModelError(f"{path} does not say how its networks were trained: train them from the beginning, without it")


def unfolded(path: Path, strips: Tensor) -> list[LineNet]:
    """The networks in the file at `path`, in their order, in evaluation mode; normalised by what `strips`, float32
    (N, 1, 40, W), are like.

    Raises ModelError where it is no file of line networks.
    """
    try:
        model = onnx.load(str(path))
        layers = _convolutions(model)
        each = len(_pairs(LineNet(2))) + 1
        return [_settled(_filled(layers[first : first + each]), strips) for first in range(0, len(layers), each)]
    except (ValueError, KeyError, RuntimeError) as error:
        raise ModelError(f"{path} holds no line networks that a training could go on from ({error})") from None


def _convolutions(model: ModelProto) -> list[tuple[Tensor, Tensor]]:
    """Weights and biases in the order in which they are used: network by network, as `Together` asks them."""
    kept = {one.name: numpy_helper.to_array(one) for one in model.graph.initializer}
    kept |= {node.output[0]: kept[node.input[0]] for node in model.graph.node if node.op_type == "Cast"}
    used = [node.input[1:3] for node in model.graph.node if node.op_type == "Conv"]
    if not used:
        raise ValueError("there are no convolutions")
    return [(_tensor(kept[weight]), _tensor(kept[bias])) for weight, bias in used]


def _tensor(values: np.ndarray) -> Tensor:
    return torch.from_numpy(values.astype(np.float32))


def _filled(layers: Sequence[tuple[Tensor, Tensor]]) -> LineNet:
    """One network whose last layer is its head. Raises RuntimeError where a layer has another shape."""
    network = LineNet(2 * layers[0][0].shape[0]).eval()
    with torch.no_grad():
        for (convolution, normalisation), (weight, bias) in zip(_pairs(network), layers[:-1], strict=True):
            convolution.weight.copy_(weight)
            _set(normalisation, torch.zeros_like(bias), torch.ones_like(bias), bias)
        network.head.weight.copy_(layers[-1][0])
        assert network.head.bias is not None  # noqa: S101 - it is made with one
        network.head.bias.copy_(layers[-1][1])
    return network


def _pairs(network: nn.Module) -> list[tuple[nn.Conv2d, nn.BatchNorm2d]]:
    """Each convolution and the normalisation after it, in the order of their use."""
    layers = [one for one in network.modules() if isinstance(one, nn.Conv2d | nn.BatchNorm2d)]
    return [
        (before, after)
        for before, after in itertools.pairwise(layers)
        if isinstance(before, nn.Conv2d) and isinstance(after, nn.BatchNorm2d)
    ]


def _set(normalisation: nn.BatchNorm2d, mean: Tensor, variance: Tensor, bias: Tensor) -> None:
    """Normalises by `mean` and `variance`, and multiplies by what that divided by; `bias` is added."""
    assert normalisation.running_mean is not None  # noqa: S101 - these are always followed here
    assert normalisation.running_var is not None  # noqa: S101
    normalisation.running_mean.copy_(mean)
    normalisation.running_var.copy_(variance)
    normalisation.weight.copy_((variance + normalisation.eps).sqrt())
    normalisation.bias.copy_(bias)


@torch.no_grad()
def _settled(network: LineNet, strips: Tensor) -> LineNet:
    """`network`, which is just `_filled`, saying the same with the statistics that its layers have on `strips`, and
    with weights as large as those that a training begins with: a step of one size then changes all layers alike."""
    for convolution, normalisation in _pairs(network):
        seen: list[Tensor] = []
        hook = convolution.register_forward_hook(lambda _module, _inputs, output, seen=seen: seen.append(output))
        network(strips)
        hook.remove()
        scale = _usual(convolution) / convolution.weight.square().mean(dim=(1, 2, 3)).sqrt().clamp(min=1e-6)
        mean, variance = seen[0].mean(dim=(0, 2, 3)), seen[0].var(dim=(0, 2, 3), unbiased=False)
        added = mean + normalisation.bias
        convolution.weight.mul_(scale[:, None, None, None])
        _set(normalisation, mean * scale, variance * scale.square(), added)
        normalisation.weight.div_(scale)
    return network


def _usual(convolution: nn.Conv2d) -> float:
    """The size of weights that torch begins with: uniform up to the root of 1 / inputs (He et al. 2015, a = sqrt 5)."""
    inputs = convolution.weight[0].numel()
    return math.sqrt(1 / (3 * inputs))
