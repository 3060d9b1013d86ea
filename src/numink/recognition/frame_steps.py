"""Frame steps: the line model's output as searches walk over it, where frames of nothing but the blank are one step."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .alphabet import BLANK
from .types import Probabilities


@dataclass(frozen=True)
class FrameStep:
    """A frame at which characters are likely, or a run of frames at which only the blank is."""

    blank: float
    """Probability of the blank, at all frames of a run."""
    likely: tuple[tuple[int, float], ...]
    """Columns and probabilities of the likely characters; none for a run."""


def frame_steps(probabilities: Probabilities, least: float, most: int) -> list[FrameStep]:
    """Return the steps of a search: the frames at which a character has a probability of `least`, and runs of others.

    Args:
        probabilities: Those of all characters and of the blank at each frame, (T, BLANK + 1).
        least: A character less likely than this at a frame is not tried at that frame.
        most: Characters that are tried at a frame, the likeliest ones.
    """
    frames, columns = np.nonzero(probabilities[:, :BLANK] >= least)
    likely: dict[int, list[tuple[int, float]]] = {}
    for frame, column, probability in zip(
        frames.tolist(), columns.tolist(), probabilities[frames, columns].tolist(), strict=True
    ):
        likely.setdefault(frame, []).append((column, probability))
    steps: list[FrameStep] = []
    run: float | None = None  # one of 1 is a run, too: it parts two of the same character
    for frame, blank in enumerate(probabilities[:, BLANK].tolist()):
        if frame in likely:
            steps += [] if run is None else [FrameStep(run, ())]
            tried = likely[frame]
            if len(tried) > most:
                tried = sorted(tried, key=lambda item: -item[1])[:most]
            steps.append(FrameStep(blank, tuple(tried)))
            run = None
        else:
            run = blank if run is None else run * blank
    return steps if run is None else [*steps, FrameStep(run, ())]
