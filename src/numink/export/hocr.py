"""Pages as hOCR 1.2, the HTML that OCR tools exchange: a word is a number, a character is a digit or a sign.

Source: K. Baierer and T. Breuel, hOCR - OCR Workflow and Output embedded in HTML, version 1.2.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from itertools import groupby

from ..results import Box, Number, Page

HOCR_HEAD = """<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.0 Transitional//EN" "http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd">
<html xmlns="http://www.w3.org/1999/xhtml" lang="en">
<head><title>{title}</title>
<meta http-equiv="Content-Type" content="text/html; charset=utf-8"/>
<meta name="ocr-system" content="{system}"/>
<meta name="ocr-capabilities" content="ocr_page ocr_line ocrx_word ocrx_cinfo"/>
</head>
<body>
"""


def to_hocr(pages: Sequence[Page]) -> str:
    """Format all pages of a file as one hOCR document; confidences are in per cent, as `x_wconf` requires."""
    system = escape(pages[0].model if pages else "numink", quote=True)
    title = escape(pages[0].file if pages else "")
    return HOCR_HEAD.format(title=title, system=system) + "".join(map(_page, pages)) + "</body>\n</html>\n"


def _page(page: Page) -> str:
    image = escape(page.file, quote=True).replace(";", "&#59;")
    title = f'image "{image}"; bbox 0 0 {page.width} {page.height}; ppageno {page.page - 1}'.replace('"', "&quot;")
    grouped = groupby(page.numbers, key=lambda number: number.line)
    lines = "".join(_line(page.page, line, list(numbers)) for line, numbers in grouped)
    return f'<div class="ocr_page" id="page_{page.page}" title="{title}">\n{lines}</div>\n'


def _line(page: int, line: int, numbers: list[Number]) -> str:
    box = _box(Box.around([number.box for number in numbers]))
    words = "\n".join(_word(f"{page}_{line}_{position}", number) for position, number in enumerate(numbers, 1))
    return f'<span class="ocr_line" id="line_{page}_{line}" title="{box}">\n{words}\n</span>\n'


def _word(name: str, number: Number) -> str:
    digits = "".join(
        f'<span class="ocrx_cinfo" title="{_box(digit.box)}; x_conf {100 * digit.confidence:.2f}">'
        f"{escape(digit.text)}</span>"
        for digit in number.digits
    )
    confidence = f"x_wconf {100 * number.confidence:.0f}"
    return f'<span class="ocrx_word" id="word_{name}" title="{_box(number.box)}; {confidence}">{digits}</span>'


def _box(box: Box) -> str:
    return f"bbox {box.x} {box.y} {box.x + box.w} {box.y + box.h}"
