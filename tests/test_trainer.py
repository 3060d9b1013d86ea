"""The training loop: learning rate schedule, averaged weights, and checkpoints from which a training resumes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from numink.errors import DataError
from numink.training.recipes import RECIPES, Recipe

torch = pytest.importorskip("torch", reason="training needs the extra [train]")
from numink.training import checkpoint  # noqa: E402 - needs torch
from numink.training.observer import NullObserver  # noqa: E402
from numink.training.trainer import Schedule, Trainer  # noqa: E402

STEPS = 25
SCHEDULE = Schedule(learning_rate=0.1, weight_decay=0.01, ema_decay=0.9, epochs=4, steps_per_epoch=STEPS)
RECIPE = Recipe(name="small", epochs=4)


def trainer() -> Trainer:
    torch.manual_seed(1)
    network = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Linear(4, 1))
    return Trainer(network, SCHEDULE)


def train(state: Trainer, path: Path | None = None, stop_at: int | None = None) -> list[float]:
    """Train until the epoch `stop_at` and return the learning rate of each step."""
    rates: list[float] = []

    def epoch(number: int) -> float:
        if number == stop_at:
            raise KeyboardInterrupt
        generator = torch.Generator().manual_seed(number)
        for _ in range(STEPS):
            rates.append(state.optimizer.param_groups[0]["lr"])
            inputs = torch.randn(8, 3, generator=generator)
            state.step((state.network(inputs) - inputs.sum(dim=1, keepdim=True)).square().mean())
        return 0.0

    state.run(RECIPE, path, NullObserver(), epoch, lambda: 0.0)
    return rates


def test_a_resumed_training_gives_the_weights_of_an_unbroken_one(tmp_path: Path) -> None:
    unbroken, stopped, resumed = trainer(), trainer(), trainer()
    rates = train(unbroken)
    with pytest.raises(KeyboardInterrupt):
        train(stopped, tmp_path / "state.safetensors", stop_at=3)
    later = train(resumed, tmp_path / "state.safetensors")

    assert later == rates[2 * STEPS :]
    assert len(resumed.history) == 4
    for network, other in ((unbroken.network, resumed.network), (unbroken.averaged, resumed.averaged)):
        for name, value in network.state_dict().items():
            assert torch.equal(value, other.state_dict()[name]), name


def test_the_learning_rate_rises_to_its_maximum_and_falls_to_a_thousandth() -> None:
    rates = train(trainer())
    highest = rates.index(max(rates))

    assert rates[0] == pytest.approx(0.1 / 20)
    assert max(rates) == pytest.approx(0.1, rel=0.01)
    assert abs(highest - 0.2 * 4 * STEPS) <= 1
    assert rates[highest:] == sorted(rates[highest:], reverse=True)
    assert rates[-1] == pytest.approx(0.1 / 1000, rel=0.01)


def test_averaged_weights_follow_fast_in_the_beginning() -> None:
    state = trainer()
    start = state.averaged[0].weight.clone()
    with torch.no_grad():
        state.network[0].weight.add_(1.0)
    for _ in range(12):
        state._averaged.update_parameters(state.network)

    assert torch.allclose(state.averaged[0].weight, start + 1.0, atol=0.01)


def test_a_checkpoint_of_another_recipe_is_not_resumed(tmp_path: Path) -> None:
    path = tmp_path / "state.safetensors"
    train(trainer(), path)
    other = replace(RECIPE, seed=2)
    stored = checkpoint.load(path)

    assert RECIPE.is_stored_as(stored["recipe"])
    assert not other.is_stored_as(stored["recipe"])


@pytest.mark.parametrize("content", [b"", b"no checkpoint", b"\xff" * 64])
def test_a_damaged_checkpoint_is_an_error_with_a_remedy(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "state.safetensors").write_bytes(content)

    with pytest.raises(DataError, match="or use --fresh"):
        checkpoint.load(tmp_path / "state.safetensors")


@pytest.mark.parametrize("name", RECIPES)
def test_stored_recipes_have_the_field_names_of_model_files(name: str) -> None:
    stored = RECIPES[name].to_dict()
    stages = [stored, *stored.get("stages", []), *(value for value in stored.values() if isinstance(value, dict))]
    network = next(stage for stage in stages if "width" in stage)

    assert {"rate", "decay", "average"} <= set(network)
