"""Kinds of pictures that users reported as misread (signs, circles, boxes, corrections, other scripts), to be drawn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.random import Generator

from drawing import Picture, Slash, Strokes, Writer, bounds, draw_on_paper, draw_with_font, moved

TEMPLATES = (
    "NNN", "NN.NN", "NN,NN", "N.N", "N,N", "N.NNN", "N.NNN,NN", "-NNN", "NN-NN", "NN+NN", "(NNN)", "NN)", "$NN", "NN%",
    "#NN",
)  # fmt: skip
"""Texts with random digits in place of N; the first has no sign, for comparison."""
SIGNED = TEMPLATES[1:9]
"""Decimals, minus and ranges: those that count for the total of signs."""
STRIKES = ("line", "double line", "diagonal", "cross", "scribble")
PADS = (0.2, 0.4, 0.7)
"""Distances between a digit and the circle or box around it, in heights of a digit."""
GAPS = (0.7, 0.9, 1.1, 1.3)
GREEK = "αβγδεζηθκλμνξπρτυφχψωΓΔΘΛΞΠΣΦΨΩ"
"""Letters that no writer forms like a digit: not ι, ο and σ."""
ARABIC_INDIC: dict[str, list[list[tuple[float, float]]]] = {
    "٠": [[(0.4, 0.5), (0.45, 0.55)]],
    "١": [[(0.45, 0), (0.5, 0.5), (0.48, 1)]],
    "٢": [[(0.1, 0), (0.15, 0.25), (0.4, 0.3), (0.6, 0.15), (0.62, 0), (0.6, 0.15)], [(0.1, 0.05), (0.14, 1)]],
    "٣": [[(0, 0), (0.06, 0.25), (0.25, 0.25), (0.3, 0.02), (0.35, 0.25), (0.6, 0.25), (0.65, 0)], [(0, 0), (0.1, 1)]],
    "٤": [[(0.6, 0), (0.2, 0.2), (0.5, 0.42), (0.15, 0.6), (0.15, 0.85), (0.65, 0.95)]],
    "٥": [[(0.35 + 0.3 * np.sin(angle), 0.55 - 0.42 * np.cos(angle)) for angle in np.linspace(0, 6.4, 25)]],
    "٦": [[(0.05, 0.05), (0.3, 0.08), (0.6, 0), (0.58, 0.5), (0.62, 1)]],
    "٧": [[(0, 0), (0.3, 1), (0.65, 0)]],
    "٨": [[(0, 1), (0.32, 0), (0.65, 1)]],
    "٩": [[(0.55, 0.2), (0.35, 0), (0.1, 0.18), (0.3, 0.4), (0.56, 0.3), (0.55, 0.1), (0.55, 0.6), (0.58, 1)]],
}
Sample = tuple[Picture, str]
"""A picture and the text to be read from it; empty where no number is to be read."""


@dataclass(frozen=True)
class Kind:
    """A kind of picture: draws the sample numbered `index` in a writer's hand."""

    name: str
    draw: Callable[[Writer, Generator, int], Sample]
    part: str = ""
    """Name of the total that it counts for."""


def kinds(font: str) -> list[Kind]:
    """Return all kinds; lone Greek letters are drawn with `font`, the name or path of a font file."""
    out = [
        Kind(template, partial(_text, partial(random_text, template)), "signs" if template in SIGNED else "")
        for template in TEMPLATES
    ]
    for lean in (0.15, 0.4, 0.7):
        for name, overshoot in (("", 0.0), (", overshoot", 0.15)):
            out.append(Kind(f"d/m/yy, lean {lean}{name}", partial(_date, lean, overshoot), "slashes"))
    out += [Kind("d.m.yyyy", partial(_text, _dotted_date), "signs"), Kind("h:mm", partial(_text, _time), "signs")]
    out += [Kind(f"circle by pen, digits: {count}", partial(_circled, count, False)) for count in (1, 2, 3)]
    out += [Kind("circle printed, digits: 1", partial(_circled, 1, True)), Kind("digit in a box", _boxed)]
    out += [Kind(f"struck out, {strike}", partial(_struck_out, strike)) for strike in STRIKES]
    out += [Kind("corrected digit above", _corrected), Kind("lone Greek letter", partial(_greek, font))]
    out.append(Kind("Arabic-Indic digits", _arabic_indic))
    return out + [Kind(f"two numbers, gap {gap}", partial(_two_numbers, gap)) for gap in GAPS]


def random_text(template: str, rng: Generator) -> str:
    """Return the template with random digits in place of N, the first one not 0."""
    out = ""
    for character in template:
        is_first = not any(map(str.isdigit, out))
        out += str(rng.integers(1 if is_first else 0, 10)) if character == "N" else character
    return out


def _text(text_of: Callable[[Generator], str], writer: Writer, rng: Generator, _: int) -> Sample:
    text = text_of(rng)
    return draw_on_paper(writer.write(text, rng), rng), text


def _date(lean: float, overshoot: float, writer: Writer, rng: Generator, index: int) -> Sample:
    text = f"{rng.integers(1, 32)}/{rng.integers(1, 13)}/{rng.integers(0, 100):02}"
    slash = Slash(lean, overshoot, gap=(0.0, 0.3)[index % 2])
    return draw_on_paper(writer.write(text, rng, slash), rng), text


def _dotted_date(rng: Generator) -> str:
    return f"{rng.integers(1, 32)}.{rng.integers(1, 13)}.{rng.integers(1950, 2030)}"


def _time(rng: Generator) -> str:
    return f"{rng.integers(0, 24)}:{rng.integers(0, 60):02}"


def _circled(count: int, is_printed: bool, writer: Writer, rng: Generator, index: int) -> Sample:
    text = random_text("N" * count, rng)
    strokes, pad = writer.write(text, rng), PADS[index % len(PADS)]
    left, top, right, bottom = bounds(strokes)
    middle = np.array([left + right, top + bottom]) / 2
    radii = np.array([right - left, bottom - top]) * 0.55 + pad
    if is_printed:
        radii[:] = radii.max()
    start, span = (0.0, 2 * np.pi) if is_printed else (rng.uniform(0, 6), 2 * np.pi + rng.uniform(-0.1, 0.5))
    angles = np.linspace(start, start + span, 60)
    wobble = 0.0 if is_printed else rng.normal(0, 0.03) * np.sin(angles * 2 + rng.uniform(0, 6))[:, None]
    circle = [middle + radii * (1 + wobble) * np.stack([np.cos(angles), np.sin(angles)], axis=1)]
    if is_printed:
        return draw_on_paper(strokes, rng, printed=circle), text
    return draw_on_paper(strokes + circle, rng), text


def _boxed(writer: Writer, rng: Generator, index: int) -> Sample:
    text = random_text("N", rng)
    strokes, pad = writer.write(text, rng), PADS[index % len(PADS)]
    left, top, right, bottom = np.array(bounds(strokes)) + pad * np.array([-1, -1, 1, 1])
    box = np.array([(left, top), (right, top), (right, bottom), (left, bottom), (left, top)])
    return draw_on_paper(strokes, rng, printed=[box]), text


def strike_out(strokes: Strokes, strike: str, rng: Generator) -> Strokes:
    """Return the strokes with which a writer strikes out those given; `strike` is one of STRIKES."""
    left, top, right, bottom = np.array(bounds(strokes)) + 0.15 * np.array([-1, 0, 1, 0])
    middle = (top + bottom) / 2 + rng.normal(0, 0.05)
    level = np.array([(left, middle), (right, middle + rng.normal(0, 0.05))])
    rising, falling = np.array([(left, bottom), (right, top)]), np.array([(left, top), (right, bottom)])
    if strike == "scribble":
        xs = np.linspace(left, right, max(round((right - left) * 14), 12))
        ys = np.where(np.arange(len(xs)) % 2, top, bottom) + rng.normal(0, 0.05, len(xs))
        return [np.stack([xs + rng.normal(0, 0.08, len(xs)), ys], axis=1)]
    lines = {
        "line": [level], "double line": moved([level], 0, -0.1) + moved([level], 0, 0.1), "diagonal": [rising],
        "cross": [rising, falling],
    }  # fmt: skip
    return lines[strike]


def _struck_out(strike: str, writer: Writer, rng: Generator, _: int) -> Sample:
    old, new = random_text("NNN", rng), random_text("NNN", rng)
    first = writer.write(old, rng)
    second = moved(writer.write(new, rng), bounds(first)[2] + rng.uniform(1.3, 1.8))
    return draw_on_paper(first + strike_out(first, strike, rng) + second, rng), new


def _corrected(writer: Writer, rng: Generator, _: int) -> Sample:
    text, place, digit = random_text("NNNN", rng), int(rng.integers(4)), random_text("N", rng)
    before = writer.write(text[:place], rng) if place else []
    x = bounds(before)[2] + 0.18 if before else 0.0
    wrong = moved(writer.write(text[place], rng), x)
    after = moved(writer.write(text[place + 1 :], rng), bounds(wrong)[2] + 0.18) if text[place + 1 :] else []
    above = [stroke * 0.75 + (x, -1.0) for stroke in writer.write(digit, rng)]
    strokes = before + wrong + strike_out(wrong, "diagonal", rng) + after + above
    return draw_on_paper(strokes, rng), text[:place] + digit + text[place + 1 :]


def _greek(font: str, _writer: Writer, rng: Generator, _: int) -> Sample:
    return draw_with_font(GREEK[int(rng.integers(len(GREEK)))], font, rng), ""


def _arabic_indic(_writer: Writer, rng: Generator, _: int) -> Sample:
    strokes, lean = Strokes(), rng.normal(0.1, 0.1)
    for place in range(4):
        for line in ARABIC_INDIC[chr(ord("٠") + int(rng.integers(10)))]:
            points = np.array(line, dtype=np.float64) + rng.normal(0, 0.02, (len(line), 2))
            strokes.append(points + np.stack([lean * (1 - points[:, 1]) + 0.9 * place, 0 * points[:, 1]], axis=1))
    return draw_on_paper(strokes, rng), ""


def _two_numbers(gap: float, writer: Writer, rng: Generator, _: int) -> Sample:
    texts = [random_text("NN", rng) for _ in range(2)]
    first, second = (writer.write(text, rng) for text in texts)
    return draw_on_paper(first + moved(second, bounds(first)[2] - bounds(second)[0] + gap), rng), " ".join(texts)
