"""The base of all recipes: frozen settings with a name, stored as JSON in model files and checkpoints."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any

STORED_NAMES = {
    "learning_rate": "rate", "weight_decay": "decay", "ema_decay": "average", "label_smoothing": "smoothing",
    "appearance": "looks", "severe_appearance": "harsh", "neighbours": "disturbed", "early_stride": "early",
    "distillation": "taught", "teachers_per_batch": "asked", "fine_tuning": "finish", "stage_one": "quick",
    "fine_tuned_seeds": "finished", "weights": "say",
}  # fmt: skip
"""Field names of recipes that model files and checkpoints store under another name."""
FIELD_NAMES = {stored: name for name, stored in STORED_NAMES.items()}


@dataclass(frozen=True, kw_only=True)
class StoredRecipe:
    """Base of all recipes: a name and the stored form."""

    name: str

    def to_dict(self) -> dict[str, Any]:
        """Return the recipe as model files store it."""
        return asdict(self, dict_factory=lambda items: {STORED_NAMES.get(key, key): value for key, value in items})

    def to_json(self) -> str:
        """Return `to_dict` as JSON."""
        return json.dumps(self.to_dict(), sort_keys=True)

    def is_stored_as(self, text: str) -> bool:
        """Return whether `text`, JSON of an earlier training, is this recipe; fields missing there have defaults."""
        try:
            values: Any = {FIELD_NAMES.get(key, key): value for key, value in json.loads(text).items()}
            return self.to_json() == type(self)(**values).to_json()
        except TypeError:  # a field that no longer exists
            return False
