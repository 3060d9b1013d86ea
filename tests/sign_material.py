"""A reading of numbers with signs, with everything that a page can say of a number."""

from __future__ import annotations

import io
from contextlib import closing
from pathlib import Path
from typing import Any

from PIL import Image, ImageDraw

from numink.factories import open_store
from numink.results import Alternative, Box, Digit, Number, Page
from numink.store.ids import new_id, now
from numink.store.reading import Reading

WIDTH, HEIGHT = 700, 420
NUMBERS: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("24,15", "", {"kind": "decimal", "value": "24.15", "alternatives": (Alternative("24,75", 0.03),)}),
    ("-186", "-", {"value": "-186"}),
    ("1.234", "", {"kind": "decimal", "ambiguous": True}),
    ("6/2/98", "", {"kind": "date", "value": "1998-02-06", "accepted": False}),
    ("827", "827", {"struck_out": True, "value": "827"}),
    ("1 450", "", {"value": "1450"}),
)  # fmt: skip
"""Text, characters that are not accepted, and other fields of each number; the fourth is doubtful as a whole only."""
LEFT_OVER = Box(500, 300, 120, 60)


def signs_page() -> Page:
    """Return a page with two of NUMBERS on each line."""
    numbers = []
    for index, (text, doubtful, fields) in enumerate(NUMBERS):
        characters = "".join(text.split())
        left, top = 40 + 340 * (index % 2), 40 + 120 * (index // 2)
        digits = tuple(
            Digit(
                character, 0.6 if character in doubtful else 0.999, character not in doubtful,
                Box(left + 45 * place, top, 38, 70), (Alternative("7", 0.2),),
            )
            for place, character in enumerate(characters)
        )  # fmt: skip
        box = Box.around([digit.box for digit in digits])
        values: dict[str, Any] = {"accepted": not doubtful, **fields}
        numbers.append(Number(text, index // 2 + 1, 0.9, box=box, digits=digits, **values))
    return Page(WIDTH, HEIGHT, tuple(numbers), "numink-2.0.0", 8.0, left_over=(LEFT_OVER,))


def save_signs(folder: Path) -> str:
    """Save the page with a picture in the history of a server that runs on `folder`; return the reading's id."""
    picture = Image.new("RGB", (WIDTH, HEIGHT), "#f4f0e6")
    pen = ImageDraw.Draw(picture)
    for number in signs_page().numbers:
        for digit in number.digits:
            pen.text((digit.box.x, digit.box.y), digit.text, "#1c2a66", font_size=70)
    pen.line([(510, 350), (540, 310), (560, 350), (610, 310)], "#1c2a66", 5)
    content = io.BytesIO()
    picture.save(content, "JPEG")
    reading = Reading(new_id("local"), now(), (signs_page(),), "signs.png", content.getvalue(), (content.getvalue(),))
    with closing(open_store(f"sqlite:///{folder}/history.db")) as store:
        store.save(reading)
    return reading.id
