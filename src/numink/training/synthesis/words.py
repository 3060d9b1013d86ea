"""Words of composed lines: UNIPEN's handwriting, letters put together, and text set in fonts."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from ...datasets.fonts import draw_text, tall_height
from ...datasets.strokes import draw
from ...recognition.alphabet import CHARACTERS, OTHER_MARK
from . import texts
from .line_layout import LinePart, top_on_baseline
from .non_digit_glyphs import FONTS, cropped
from .typography import ASCENDERS, DESCENDERS
from .writers import DIGIT_HEIGHT, LineWriter, resized

Floats = NDArray[np.float32]
LONGEST_PEN_LINE = 26
"""Longer lines of text are left out: they would make a whole batch wide."""
FONT_SIZE = 64
"""Size at which fonts are drawn before they are scaled to the line."""
DISTINCT_LETTERS = {
    "greek": "αβγδζηλμξπρσψωΓΔΛΞΠΣΨΩ",
    "devanagari": "४५६७८९कखगचजटतदनपमरल",
    "arabic": "٢٣٤٦٧٨بتجدرسفقكلمنه",
}
"""Letters and digits of other scripts that do not look like one of ours."""


def pen_line(writer: LineWriter) -> tuple[LinePart, bool]:
    """Return a word or a line that somebody wrote, and whether its text says which letters are upper case."""
    rng, lines = writer.rng, writer.pool.pen_lines
    while True:
        index = int(rng.choice(writer.pool.usable_lines))
        text = str(lines.text[index])
        if len(text) <= LONGEST_PEN_LINE and all(character in CHARACTERS or character == " " for character in text):
            break
    tall = any(character in ASCENDERS or character.isupper() or character.isdigit() for character in text)
    deep = any(character in DESCENDERS for character in text)
    height = DIGIT_HEIGHT * (1.0 if tall else 0.62) * math.exp(rng.normal(0, 0.15)) + (deep * 0.4 * DIGIT_HEIGHT)
    strokes = lines.strokes(index)
    extent = max(float(np.ptp(np.concatenate(strokes)[:, 1])), 1.0)
    pen = max(writer.pen * DIGIT_HEIGHT / 100, 1.2)
    slant = np.array([[writer.stretch, -rng.normal(0, 0.12)], [0.0, 1.0]])
    glyph = (cropped(draw(strokes, pen, slant, height / extent)) / 255).astype(np.float32)
    top = 1 - glyph.shape[0] / DIGIT_HEIGHT + (0.35 if deep else 0.0) + rng.normal(0, 0.08)
    return LinePart(glyph, rng.uniform(0.4, 1.2), top, text), lines.case_is_reliable(index)


def composed_word(writer: LineWriter, text: str, cursive: bool = False) -> list[LinePart]:
    """Return letters, digits and signs side by side; they touch and overlap where the word is `cursive`."""
    rng = writer.rng
    parts: list[LinePart] = []
    for index, character in enumerate("".join(text.split())):
        if character.isdigit():
            glyph = writer.digit(int(character))
            top = top_on_baseline(glyph, rng)
        else:
            glyph, top = writer.sign(character)
        low, high = (0.4, 1.2) if not index else (-0.12, 0.0) if cursive else (0.0, 0.2)
        parts.append(LinePart(glyph, rng.uniform(low, high), top, character))
    return parts


def random_word(writer: LineWriter) -> str:
    """Return a word of the pen lines, or, rarely, letters in no order."""
    rng, lines = writer.rng, writer.pool.pen_lines
    if rng.random() < 0.25:
        return texts.letters(rng, 2, 8)
    words = str(lines.text[int(rng.choice(writer.pool.usable_lines))]).split()
    word = words[int(rng.integers(len(words)))] if words else "a"
    word = "".join(character for character in word if character in CHARACTERS)[:10] or "a"
    return word.upper() if rng.random() < 0.2 else word.capitalize() if rng.random() < 0.2 else word


def set_in_font(text: str, font: Path, height: float, rng: Generator) -> Floats:
    """Return `text` in a font, cropped: float32 (h, w) in 0..1, about `height` tall where it has tall letters."""
    canvas = draw_text(text, font, FONT_SIZE)
    if rng.random() < 0.3:
        kernel = np.ones((int(rng.integers(2, 5)),) * 2, np.uint8)
        changed = cv2.dilate(canvas, kernel) if rng.random() < 0.7 else cv2.erode(canvas, kernel[:2, :2])
        canvas = changed.astype(np.uint8)
    glyph = cropped(canvas)
    scale = height / tall_height(font, FONT_SIZE)
    return resized(glyph, glyph.shape[1] * scale, glyph.shape[0] * scale, cv2.INTER_AREA)


def font_line(writer: LineWriter, text: str, *, printed: bool) -> list[LinePart]:
    """Return `text` in a handwriting font or in print; drawn in a stroke font where there are no font files."""
    rng, fonts = writer.rng, writer.pool.fonts
    height = DIGIT_HEIGHT * math.exp(rng.normal(0, 0.1))
    if fonts is None:
        glyph = _stroke_font(text.encode("ascii", "ignore").decode() or "a", height, rng)
    else:
        files = fonts.printed if printed else fonts.handwriting
        glyph = set_in_font(text, files[int(rng.integers(len(files)))], height, rng)
    deep = any(character in DESCENDERS for character in text)
    top = 1 - glyph.shape[0] / DIGIT_HEIGHT + (0.25 if deep else 0.0)
    return [LinePart(glyph, rng.uniform(0.3, 1.0), top, text)]


def other_script(writer: LineWriter) -> list[LinePart]:
    """Return one to three letters or digits of another script, each an other mark; empty without font files."""
    rng, fonts = writer.rng, writer.pool.fonts
    if fonts is None:
        return []
    path, script = fonts.other_scripts[int(rng.integers(len(fonts.other_scripts)))]
    parts = []
    for _ in range(1 if rng.random() < 0.6 else int(rng.integers(2, 4))):
        letter = str(rng.choice(list(DISTINCT_LETTERS[script])))
        glyph = set_in_font(letter, path, DIGIT_HEIGHT * rng.uniform(0.8, 1.3), rng)
        parts.append(LinePart(glyph, rng.uniform(0.0, 0.4), top_on_baseline(glyph, rng), OTHER_MARK))
    return parts


def _stroke_font(text: str, height: float, rng: Generator) -> Floats:
    """Return `text` in one of OpenCV's stroke fonts."""
    font, pen = FONTS[int(rng.integers(len(FONTS)))], int(rng.integers(1, 6))
    size = 2.6 if font == cv2.FONT_HERSHEY_PLAIN else 1.3
    canvas = np.zeros((72, 60 * len(text)), np.uint8)
    cv2.putText(canvas, text, (8, 50), font, size, 255, pen, cv2.LINE_AA)
    foreground = cropped(canvas)
    return resized(foreground, foreground.shape[1] * height / foreground.shape[0], height, cv2.INTER_AREA)
