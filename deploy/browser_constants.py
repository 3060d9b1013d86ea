"""Writes the constants that the browser's reader shares with the Python reader.

    python deploy/browser_constants.py           writes src/numink/web/static/device/parameters.js (`make constants`)
    python deploy/browser_constants.py --check   changes nothing; exit code 1 where that file is not up to date

The scripts in the same folder take the steps of `Reader.read(..., single=True)` with these constants.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from numink.imaging import binarization, ruled_lines
from numink.recognition import components, glyph, layout
from numink.results import DIGIT_COUNT

TARGET = Path(__file__).parents[1] / "src" / "numink" / "web" / "static" / "device" / "parameters.js"
HEAD = """// Constants of the reader: written by deploy/browser_constants.py from the Python parameters. Do not edit.
"""


def parameters() -> dict[str, dict[str, Any]]:
    """Return the constants of each step, by the name of the step in the scripts."""
    return {
        "binarization": asdict(binarization.PARAMETERS),
        "ruledLines": asdict(ruled_lines.PARAMETERS),
        "components": _component_parameters(),
        "glyph": _glyph_parameters(),
        "answer": _answer_parameters(),
    }


def script() -> str:
    """Return the content of the script."""
    return HEAD + "".join(_object(name, values) for name, values in parameters().items())


def main() -> int:
    """Write the script, or check it; return the exit code."""
    if "--check" not in sys.argv[1:]:
        TARGET.write_text(script())
        return 0
    if TARGET.read_text() == script():
        return 0
    print(f"{TARGET} is not up to date: run 'make constants'", file=sys.stderr)
    return 1


def _component_parameters() -> dict[str, Any]:
    return {
        "foreground_threshold": components.INKY,
        "least_side": components.SMALLEST,
        "least_area": 8,
        "most_components": components.MOST_PIECES,
        "greatest_margin_line_aspect": 0.2,
    }


def _glyph_parameters() -> dict[str, Any]:
    return {
        "side": glyph.SIDE,
        "digit_side": glyph.INNER,
        "least_pen_width": glyph.THIN,
        "edge_threshold": 0.2,
        "pen_threshold": 0.5,
        "greatest_side": 160,
        "most_scan_grey": glyph.HARD,
        "greatest_scan_side": glyph.COARSE,
        "scan_blur": glyph.SOFTENED,
    }


def _answer_parameters() -> dict[str, Any]:
    return {
        "digit_count": DIGIT_COUNT,
        "most_alternatives": layout.ALTERNATIVES,
        "least_alternative": layout.LEAST,
    }


def _object(name: str, values: Mapping[str, Any]) -> str:
    lines = [f"  {_camel_case(field)}: {json.dumps(value)},\n" for field, value in values.items()]
    return f"\nexport const {name} = {{\n{''.join(lines)}}};\n"


def _camel_case(name: str) -> str:
    first, *others = name.split("_")
    return first + "".join(word.capitalize() for word in others)


if __name__ == "__main__":
    sys.exit(main())
