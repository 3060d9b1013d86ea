"""Paths of a training: its data, its results, its checkpoints."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from .recipes import LineRecipe, PageRecipe, Recipe


@dataclass(frozen=True)
class TrainingPaths:
    """Input folders and the model file `out`, after which charts, report and checkpoints are named."""

    data: Path
    out: Path
    collections: Path | None = None
    writers: Path | None = None

    def checkpoint(self, stage: Recipe | LineRecipe | PageRecipe) -> Path:
        """Return the checkpoint file of one stage, from which a stopped training resumes."""
        return self.out.with_suffix(f".{stage.name}.checkpoint.safetensors")

    def remove_checkpoints(self, stages: Sequence[Recipe | LineRecipe | PageRecipe]) -> None:
        """Delete the checkpoints of `stages` that exist."""
        for stage in stages:
            self.checkpoint(stage).unlink(missing_ok=True)

    @property
    def run_log(self) -> Path:
        """JSON Lines file with one line for each finished training."""
        return self.out.with_name("runs.jsonl")
