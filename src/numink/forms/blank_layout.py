"""The layout of an own form on its page: where its captions, boxes and marks are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from ..errors import InvalidTemplate
from ..imaging.lettering import text_width
from ..results import Box
from ..structure.template import FieldKind
from .blank_spec import BlankField, BlankForm, Paper

DPI = 300
MILLIMETRES_PER_INCH = 25.4


def pixels(millimetres: float) -> int:
    """Return a length on the page in pixels; it is even, so that it is whole at half the resolution."""
    return 2 * round(millimetres * DPI / MILLIMETRES_PER_INCH / 2)


@dataclass(frozen=True)
class BlankLayoutParameters:
    """Sizes on an own form, in millimetres."""

    margin: float = 10.0
    """Outside it nothing is printed: printers leave an edge."""
    mark: float = 12.192
    """Side of a mark: 24 pixels for each of its six modules."""
    quiet_zone: float = 4.0
    """Nothing is printed so near to a mark."""
    head: float = 30.0
    """Height of the title and the QR code."""
    comb_box: tuple[float, float] = (7.0, 9.0)
    """Width and height of a box for one character."""
    number: tuple[float, float] = (40.0, 10.0)
    """Width and height of a box for a number."""
    digit: float = 6.0
    """Width of a digit in a box for a number whose length is known."""
    tick: float = 5.0
    """Side of a box to tick."""
    remark: float = 22.0
    """Height of a field that is not read."""
    gap: float = 2.5
    """Between a box to tick and its choice."""
    row_gap: float = 6.0
    """Between two rows."""
    columns: int = 4
    """Fields begin at columns of the page, so that they stand below each other."""
    title: float = 7.0
    caption: float = 4.2
    """Sizes of the fonts."""


PARAMETERS = BlankLayoutParameters()
PAPERS: Mapping[Paper, tuple[float, float]] = {Paper.A4: (210.0, 297.0), Paper.LETTER: (215.9, 279.4)}
"""Width and height in millimetres."""


@dataclass(frozen=True)
class Text:
    """A text on the page, at the beginning of its baseline."""

    text: str
    x: int
    y: int


@dataclass
class Placed:
    """A field on the page."""

    spec: BlankField
    texts: list[Text] = field(default_factory=list)
    boxes: dict[str, Box] = field(default_factory=dict)
    """The box of each field of the template, by its name."""


def page_size(paper: Paper) -> tuple[int, int]:
    """Return the width and height of a page in pixels."""
    width, height = PAPERS[paper]
    return pixels(width), pixels(height)


def mark_boxes(paper: Paper) -> list[Box]:
    """Return the boxes of the marks 0 to 3: clockwise from the corner at the top left."""
    width, height = page_size(paper)
    near, side = pixels(PARAMETERS.margin), pixels(PARAMETERS.mark)
    right, bottom = width - near - side, height - near - side
    return [Box(x, y, side, side) for x, y in ((near, near), (right, near), (right, bottom), (near, bottom))]


def place_fields(form: BlankForm) -> list[Placed]:
    """Return the fields of a form on its page, row by row. Raises InvalidTemplate where it is too small for them."""
    width, height = page_size(form.paper)
    left = pixels(PARAMETERS.margin)
    column = (width - 2 * left) // PARAMETERS.columns // 2 * 2
    last = height - pixels(PARAMETERS.margin + PARAMETERS.mark + PARAMETERS.quiet_zone)
    x, y, tallest, placed = left, pixels(PARAMETERS.margin + PARAMETERS.head), 0, []
    for number, spec in enumerate(form.fields, 1):
        wide, tall = _size(spec, width - 2 * left)
        if x > left and x + wide > width - left:
            x, y, tallest = left, y + tallest + pixels(PARAMETERS.row_gap), 0
        if y + tall > last:
            raise InvalidTemplate(
                "only {count} of the {all} fields fit on the page: make two forms of them",
                count=number - 1, all=len(form.fields),
            )  # fmt: skip
        if x + wide > width - left:
            raise InvalidTemplate("the field '{name}' is wider than the page: shorten it", name=spec.caption)
        placed.append(_placed(spec, x, y))
        x += -(-(wide + pixels(PARAMETERS.row_gap)) // column) * column
        tallest = max(tallest, tall)
    return placed


def _size(spec: BlankField, page_width: int) -> tuple[int, int]:
    """Return the width and height of a field with its caption."""
    caption = pixels(PARAMETERS.caption)
    boxes = list(_boxes(spec, 0, 0))
    right = max(
        box.x + box.w + (pixels(PARAMETERS.gap) + text_width(choice, caption) if choice else 0) for choice, box in boxes
    )
    width = page_width if spec.kind is FieldKind.NONE else max(right, text_width(spec.caption, caption))
    return width, max(box.h for _, box in boxes) + caption_height()


def caption_height() -> int:
    """Return the height of a caption with the space below it, in pixels."""
    return pixels(1.5 * PARAMETERS.caption)


def _placed(spec: BlankField, x: int, y: int) -> Placed:
    size = pixels(PARAMETERS.caption)
    placed = Placed(spec, [Text(spec.caption, x, y + size)])
    for choice, box in _boxes(spec, x, y + caption_height()):
        placed.boxes[f"{spec.caption.rstrip(':?')}: {choice}" if choice else spec.caption] = box
        if choice:
            baseline = box.y + (box.h + round(0.7 * size)) // 2
            placed.texts.append(Text(choice, box.x + box.w + pixels(PARAMETERS.gap), baseline))
    return placed


def _boxes(spec: BlankField, x: int, y: int) -> Iterator[tuple[str, Box]]:
    """Return the boxes of a field at a place: one, or one for each choice."""
    if spec.kind is FieldKind.TICK:
        side = pixels(PARAMETERS.tick)
        for choice in spec.choices or ("",):
            yield choice, Box(x, y, side, side)
            x += side + pixels(PARAMETERS.gap) + pixels(PARAMETERS.row_gap)
            x += (text_width(choice, pixels(PARAMETERS.caption)) + 1) // 2 * 2
    elif spec.kind is FieldKind.NONE:
        width = min(PAPERS.values())[0] - 2 * PARAMETERS.margin
        yield "", Box(x, y, pixels(width), pixels(PARAMETERS.remark))
    elif spec.comb_length:
        yield "", Box(x, y, spec.comb_length * pixels(PARAMETERS.comb_box[0]), pixels(PARAMETERS.comb_box[1]))
    else:
        width = (spec.length + 1) * PARAMETERS.digit if spec.length else PARAMETERS.number[0]
        yield "", Box(x, y, pixels(width), pixels(PARAMETERS.number[1]))
