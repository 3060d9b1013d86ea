"""Words and lines of text by the held-out writers of UNIPEN's words, read with words: the character error rate.

    python benchmarks/words.py [--words ../shared/data/unipen_words_train.npz] [--limit 500] [--show 20]

The letter case and blanks do not count: the labels of several sources do not have the right case. The error rate is
the number of insertions, deletions and replacements over the number of characters written.
"""

from __future__ import annotations

import argparse
import re
from collections import defaultdict
from pathlib import Path

import numpy as np

from answers import edit_distance
from drawing import PENS, draw_field
from numink import Reader
from numink.datasets.pen_lines import load_pen_lines
from numink.recognition.options import ReadOptions
from report import COLLECTIONS, machine, table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--words", type=Path, default=COLLECTIONS / "unipen_words_train.npz")
    parser.add_argument("--limit", type=int, help="so many words or lines, spread evenly")
    parser.add_argument("--show", type=int, default=0, help="print so many wrong answers")
    options = parser.parse_args()
    print(machine())
    lines, reader, with_words = load_pen_lines(options.words), Reader(), ReadOptions(words=True)
    chosen = np.flatnonzero(lines.held_out)
    if options.limit and options.limit < len(chosen):
        chosen = chosen[np.linspace(0, len(chosen) - 1, options.limit).astype(int)]
    counts: dict[str, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    writers, wrong = defaultdict(set), []
    for place, index in enumerate(map(int, chosen)):
        strokes = [stroke.astype(np.float64) for stroke in lines.strokes(index)]
        page = reader.read(draw_field(strokes, PENS[place % 2]), options=with_words)
        label, read = folded(lines.text[index]), folded(page.text)
        errors = edit_distance(label, read)
        if errors:
            wrong.append(f"{lines.text[index]} ({lines.source[index]}) read {page.text!r}")
        for name in (
            f"source {lines.source[index]}",
            "single words" if " " not in lines.text[index] else "several words",
            "all",
        ):
            writers[name].add((lines.source[index], lines.writer[index]))
            for column, value in enumerate((1, len(label), errors, not errors)):
                counts[name][column] += value
    print(*wrong[: options.show], sep="\n", end="\n" if options.show else "")
    rows = [
        (name, n, len(writers[name]), characters, f"{errors / max(characters, 1):.1%}", f"{right / n:.1%}")
        for name, (n, characters, errors, right) in sorted(counts.items())
    ]
    print(table(("", "n", "writers", "characters", "character error", "exactly right"), rows))


def folded(text: str) -> str:
    """Return a text without blanks and letter case."""
    return re.sub(r"\s", "", text).casefold()


if __name__ == "__main__":
    main()
