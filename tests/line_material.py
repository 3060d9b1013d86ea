"""Small stand-ins of MNIST, of UNIPEN's strokes and of its pen lines, that lines are composed of in tests."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from numink.datasets.mnist import Mnist
from numink.datasets.pen_lines import PEN_LINES_FILE
from numink.recognition.alphabet import DIGITS, LETTERS, OTHER_MARK, SIGNS
from numink.training.synthesis.writer_pool import SIGN_LABELS, WriterFiles, WriterPool, load_writer_pool
from pictures import STROKES, strokes_file

Lines = list[list[tuple[float, float]]]
NOT_IN_UNIPEN = "€£×°"
SIGN_STROKES: dict[str, Lines] = {
    ".": [[(0.5, 0.5), (0.52, 0.52)]], ",": [[(0.5, 0.1), (0.42, 0.4)]], "-": [[(0.1, 0.5), (0.9, 0.5)]],
    "=": [[(0.1, 0.4), (0.9, 0.4)], [(0.1, 0.6), (0.9, 0.6)]], "/": [[(0.8, 0), (0.2, 1)]],
    ":": [[(0.5, 0.2), (0.52, 0.22)], [(0.5, 0.8), (0.52, 0.82)]],
    "+": [[(0.1, 0.5), (0.9, 0.5)], [(0.5, 0.1), (0.5, 0.9)]],
    "(": [[(0.6, 0), (0.45, 0.25), (0.4, 0.5), (0.45, 0.75), (0.6, 1)]],
    ")": [[(0.4, 0), (0.55, 0.25), (0.6, 0.5), (0.55, 0.75), (0.4, 1)]],
}  # fmt: skip
LEGIBLE = DIGITS + "".join(SIGN_STROKES)
"""Characters that a person could read here; the strokes of all others are random."""
WORDS = ("Paid", "total 42", "Ann", "No. 7", "zoe")
SOURCES = ("aga", "ced", "imp")
"""A training source, one whose labels do not say the letters' case, and one that is held out."""
PEN_WRITERS = 24
IMAGES = 400


def character_strokes(character: str) -> Lines:
    """Return strokes of a character in a square of side 1; always the same."""
    if character in STROKES:
        return STROKES[character]
    rng = np.random.default_rng(ord(character))
    return SIGN_STROKES.get(character, [[(float(x), float(y)) for x, y in rng.random((5, 2))]])


def write_collections(folder: Path) -> None:
    """Write the three files of strokes: digits, letters and signs, words."""
    strokes_file(folder / "unipen_digits.npz", STROKES)
    labels = {character: label for label, character in SIGN_LABELS.items()}
    characters = [character for character in SIGNS + LETTERS + OTHER_MARK if character not in NOT_IN_UNIPEN]
    strokes_file(
        folder / "unipen_nondigits.npz",
        {labels.get(character, character): character_strokes(character) for character in characters},
    )
    points, strokes, lines, texts, sources, writers = [], [0], [0], [], [], []
    for writer in range(PEN_WRITERS):
        for text in WORDS:
            for place, character in enumerate(text):
                for stroke in character_strokes(character) if character != " " else []:
                    moved = [(x + place * 0.95, y) for x, y in stroke]
                    points.append((np.array(moved) * 1000).astype(np.int16))
                    strokes.append(strokes[-1] + len(stroke))
            lines.append(len(strokes) - 1)
            texts.append(text)
            sources.append(SOURCES[writer % len(SOURCES)])
            writers.append(f"writer{writer:02}")
    np.savez(
        folder / PEN_LINES_FILE, points=np.concatenate(points), stroke_offsets=np.array(strokes),
        segment_offsets=np.array(lines), label=np.array(texts), source=np.array(sources), writer=np.array(writers),
    )  # fmt: skip


def drawn_mnist() -> Mnist:
    """Return images in MNIST's form, drawn with pens of several widths; both parts are the same."""
    rng = np.random.default_rng(0)
    labels = (np.arange(IMAGES) % 10).astype(np.uint8)
    images = np.zeros((IMAGES, 28, 28), np.uint8)
    for image, label in zip(images, labels.tolist(), strict=True):
        slant, pen = rng.normal(0, 0.08), int(rng.integers(2, 4))
        for stroke in STROKES[str(label)]:
            points = np.array([(14 + (x - 0.5 - slant * (y - 0.5)) * 20, 4 + y * 20) for x, y in stroke])
            cv2.polylines(
                image, [np.round(points * 16).astype(np.int32).reshape(-1, 1, 2)], False, 255, pen, cv2.LINE_AA, 4
            )
    return Mnist(images, labels, images, labels)


def writer_pool(collections: Path, *, held_out: bool = False) -> WriterPool:
    """Return the pool of the stand-ins; without fonts and doodles, which a folder without MNIST lacks."""
    files = WriterFiles(collections, collections, None)
    return load_writer_pool(drawn_mnist(), np.arange(IMAGES), files, held_out=held_out)
