"""Measure how many composed lines are split into the right tokens, by spacing, beside the rule of version 1.0.0.

    python benchmarks/token_spacing.py COLLECTIONS

Lines are composed of pen strokes of eight writers of the held-out sources of UNIPEN; only the boxes of the characters
are used, so that spacing is measured and not recognition. COLLECTIONS is the folder of unipen_digits.npz and
unipen_nondigits.npz.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
from numpy.random import Generator

from numink.datasets.strokes import StrokeSet, load_strokes
from numink.datasets.unipen import HELD_OUT
from numink.recognition.tokens import find_tokens
from numink.results import Box

DIGIT_HEIGHT, PEN = 56, 5
WRITERS, LINES = 8, 40
WITHIN = (0.05, 0.2, 0.35, 0.5, 0.7)
"""Mean gaps within a number in digit heights."""
BETWEEN = (0.5, 0.7, 0.9, 1.1, 1.4, 2.0)
"""Mean gaps between numbers."""
UNEVEN = (0.05, 0.12)
"""Standard deviations of the gaps within a number."""
KINDS = ("one", "two", "four", "decimals", "minus", "sum")
SIGN_PLACES = {".": (0.1, 0.9), ",": (0.2, 0.85), "-": (0.4, 0.5), "+": (0.5, 0.3), "=": (0.4, 0.4)}
"""Height of a sign, and the row of its top, in digit heights."""


@dataclass(frozen=True)
class Drawn:
    """A character of a composed line."""

    text: str
    box: Box


@dataclass(frozen=True)
class Spacing:
    """Gaps of a line in digit heights."""

    within: float
    uneven: float
    between: float


class Writer:
    """A writer whose characters' sizes are those of real pen strokes."""

    def __init__(self, digits: StrokeSet, signs: StrokeSet, writer: int, rng: Generator) -> None:
        self.rng = rng
        self._widths = {str(digit): self._ratios(digits, str(digit), writer) for digit in range(10)}
        self._widths |= {sign: self._ratios(signs, sign, None) for sign in SIGN_PLACES}

    @staticmethod
    def _ratios(strokes: StrokeSet, label: str, writer: int | None) -> list[float]:
        """Return widths of a writer's characters, digits to their heights and signs to their longer sides."""
        chosen = np.flatnonzero(strokes.label == label)
        if writer is not None:
            own = chosen[strokes.writer[chosen] == writer]
            chosen = own if len(own) else chosen
        sizes = [np.ptp(np.concatenate(strokes.strokes(int(index))).astype(float), axis=0) for index in chosen[:60]]
        return [float(w / max(h if label.isdigit() else max(w, h), 1)) for w, h in sizes]

    def width(self, character: str) -> int:
        """Return a random width of a character in pixels, with the pen's."""
        size = 1.0 if character.isdigit() else SIGN_PLACES[character][0]
        ratio = min(float(self.rng.choice(self._widths[character])), 1.3)
        return round(ratio * size * (DIGIT_HEIGHT - PEN)) + PEN


def compose(tokens: Sequence[str], writer: Writer, spacing: Spacing) -> list[Drawn]:
    """Return the characters of `tokens`; a blank within a token is as wide as the gap between tokens."""
    x = 0.0
    drawn: list[Drawn] = []
    for index, text in enumerate(tokens):
        is_wide = index > 0
        for character in text:
            if character == " ":
                is_wide = True
                continue
            if drawn:
                wide = spacing.between * np.exp(writer.rng.normal(0, 0.1))
                gap = wide if is_wide else writer.rng.normal(spacing.within, spacing.uneven)
                x += gap * DIGIT_HEIGHT
            height, top = SIGN_PLACES.get(character, (1.0, 0.0))
            width = writer.width(character)
            box = Box(round(x), round(top * DIGIT_HEIGHT), width, max(round(height * DIGIT_HEIGHT), PEN))
            drawn.append(Drawn(character, box))
            x, is_wide = x + width, False
    return drawn


def draw_tokens(kind: str, rng: Generator) -> list[str]:
    """Return random tokens of a line."""

    def number(least: int = 2, most: int = 5) -> str:
        return "".join(map(str, rng.integers(0, 10, rng.integers(least, most + 1))))

    if kind in ("one", "two", "four"):
        return [number() for _ in range({"one": 1, "two": 2, "four": 4}[kind])]
    if kind == "decimals":
        return [f"{number(1, 3)}{rng.choice(['.', ','])}{number(2, 2)}" for _ in range(2)]
    if kind == "minus":
        return [number(), f"-{number()}"]
    return [f"{number()} + {number()} = {number()}"]


def split_at_fixed_gap(line: Sequence[Drawn]) -> list[str]:
    """Return the tokens of a line by the rule of version 1.0.0: 0.9 digit heights, 1.8 across a point."""
    tokens = [line[0].text]
    for before, after in pairwise(line):
        far = 1.8 if before.text in ".," or after.text in ".," else 0.9
        if after.box.x - before.box.x - before.box.w > far * DIGIT_HEIGHT:
            tokens.append("")
        tokens[-1] += after.text
    return tokens


def split_by_spacing(line: Sequence[Drawn]) -> list[str]:
    """Return the tokens of a line by this version."""
    return [token.text.replace(" ", "") for token in find_tokens(line, DIGIT_HEIGHT)]


def main() -> None:
    """Print the share of right lines by kind of line, gap within and gap between, for both rules."""
    rng = np.random.default_rng(18)
    digits, signs = (load_strokes(Path(sys.argv[1]) / f"unipen_{name}.npz") for name in ("digits", "nondigits"))
    held_out = Counter(digits.writer[np.isin(digits.source, HELD_OUT)].tolist())
    writers = [Writer(digits, signs, writer, rng) for writer, _ in held_out.most_common(WRITERS)]
    rules: dict[str, Callable[[Sequence[Drawn]], list[str]]] = {
        "1.0.0": split_at_fixed_gap, "spacing": split_by_spacing,
    }  # fmt: skip
    for kind in KINDS:
        for within in WITHIN:
            cells = []
            for between in BETWEEN if kind != "one" else BETWEEN[:1]:
                if kind != "one" and between < within + 0.35:
                    continue
                right: Counter[str] = Counter()
                for index in range(LINES * WRITERS):
                    tokens = draw_tokens(kind, rng)
                    line = compose(tokens, writers[index % WRITERS], Spacing(within, UNEVEN[index % 2], between))
                    wanted = [token.replace(" ", "") for token in tokens]
                    right.update(name for name, rule in rules.items() if rule(line) == wanted)
                shares = " / ".join(f"{100 * right[name] / (LINES * WRITERS):3.0f}" for name in rules)
                cells.append(f"{between}: {shares}" if kind != "one" else shares)
            print(f"{kind:9s} within {within:4.2f}  " + "   ".join(cells))


if __name__ == "__main__":
    main()
