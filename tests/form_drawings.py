"""A blank form of fields of all kinds, drawn with Pillow, and where its fields are."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from PIL import Image, ImageDraw, ImageFont

from pictures import Grey

SIZE = (1240, 1754)
"""A4 at 150 dpi."""
RULE, PRINT = 70, 25
"""Grey values of rules and of captions."""
Place = tuple[int, int, int, int]


@dataclass
class DrawnForm:
    """A form while it is drawn."""

    image: Image.Image = field(default_factory=lambda: Image.new("L", SIZE, 252))
    frames: dict[str, Place] = field(default_factory=dict)
    """The box of each field, by its name."""

    @property
    def page(self) -> Grey:
        return np.asarray(self.image).copy()

    def text(self, x: int, y: int, text: str, size: int = 24) -> None:
        ImageDraw.Draw(self.image).text((x, y), text, font=ImageFont.load_default(size), fill=PRINT)

    def rectangle(self, x: int, y: int, w: int, h: int) -> None:
        ImageDraw.Draw(self.image).rectangle((x, y, x + w, y + h), outline=RULE, width=2)

    def line(self, *points: int) -> None:
        ImageDraw.Draw(self.image).line(points, fill=RULE, width=2)

    def box(self, name: str, x: int, y: int, w: int, h: int) -> None:
        self.rectangle(x, y, w, h)
        self.frames[name] = (x, y, w, h)

    def boxes(self, name: str, x: int, y: int, count: int, side: int = 44) -> None:
        """Draw a row of boxes that share their sides."""
        for index in range(count):
            self.rectangle(x + index * side, y, side, side + 8)
        self.frames[name] = (x, y, count * side, side + 8)

    def comb(self, name: str, x: int, y: int, count: int, side: int = 44) -> None:
        """Draw a line with teeth, which stands at the row `y`."""
        self.line(x, y, x + count * side, y)
        for index in range(count + 1):
            self.line(x + index * side, y - 20, x + index * side, y)
        self.frames[name] = (x, y - round(1.2 * side), count * side, round(1.2 * side))

    def table(self, name: str, columns: list[int], rows: list[int], heads: list[str], items: list[str]) -> None:
        """Draw a table with a printed first row and first column."""
        for x in columns:
            self.line(x, rows[0], x, rows[-1])
        for y in rows:
            self.line(columns[0], y, columns[-1], y)
        for x, head in zip(columns, heads, strict=False):
            self.text(x + 12, rows[0] + 12, head)
        for y, item in zip(rows[1:], items, strict=False):
            self.text(columns[0] + 12, y + 12, item)
        for row in range(1, len(rows) - 1):
            for column in range(1, len(columns) - 1):
                w, h = columns[column + 1] - columns[column], rows[row + 1] - rows[row]
                self.frames[f"{name} row {row + 1} column {column + 1}"] = (columns[column], rows[row], w, h)


def visit_form() -> DrawnForm:
    """Draw a form of 12 fields beside a table with six empty cells."""
    form = DrawnForm()
    form.text(100, 80, "Visit of a patient", 44)
    form.text(100, 190, "Member number")
    form.boxes("field 1", 360, 176, 8)
    form.text(800, 190, "Code")
    form.comb("field 2", 900, 228, 5)
    form.text(100, 290, "Age")
    form.box("field 3", 360, 276, 140, 54)
    form.text(620, 290, "Weight")
    form.box("field 4", 760, 276, 180, 54)
    form.text(100, 390, "Date")
    for x, count in ((360, 2), (470, 2), (580, 4)):
        form.boxes("part", x, 376, count)
    del form.frames["part"]
    form.frames["field 5"] = (360, 376, 396, 52)
    form.text(100, 490, "Height")
    form.line(360, 518, 640, 518)
    form.frames["field 6"] = (360, 480, 280, 37)
    form.text(700, 490, "Pulse")
    form.line(800, 518, 1100, 518)
    form.frames["field 7"] = (800, 480, 300, 37)
    form.text(100, 582, "Smoker")
    for number, (x, choice) in enumerate(((360, "yes"), (520, "no"), (680, "unknown")), 8):
        form.box(f"field {number}", x, 580, 28, 28)
        form.text(x + 44, 582, choice)
    form.table(
        "table 1", [100, 340, 500, 660], [700, 750, 800, 850, 900], ["Item", "Count", "Sum"], ["A", "B", "Total"]
    )
    form.text(100, 990, "Phone ........................................................")
    form.frames["field 11"] = (178, 975, 278, 33)
    form.text(100, 1060, "Please write clearly with a black pen, one digit in each box. Thank you.", 22)
    form.rectangle(100, 1140, 1000, 260)
    form.text(110, 1150, "Remarks")
    form.frames["field 12"] = (100, 1182, 1000, 218)
    return form
