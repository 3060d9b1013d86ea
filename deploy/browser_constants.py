"""Writes the constants that the browser's reader shares with the Python reader.

    python deploy/browser_constants.py           writes src/numink/web/static/device/parameters.js (`make constants`)
    python deploy/browser_constants.py --check   changes nothing; exit code 1 where that file is not up to date

The scripts in the same folder take the steps of `Reader.read(..., single=True)` with these constants, and those of
`Reader.read` up to the strings of a line.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

from numink.imaging import binarization, rule_erasure, ruled_lines
from numink.recognition import (
    alphabet,
    components,
    ctc,
    glyph,
    line_image,
    line_model,
    line_segmentation,
    number_making,
    token_line,
)
from numink.results import DIGIT_COUNT

TARGET = Path(__file__).parents[1] / "src" / "numink" / "web" / "static" / "device" / "parameters.js"
HEAD = """// Constants of the reader: written by deploy/browser_constants.py from the Python parameters. Do not edit.
"""
EDGE_DISTANCE = 0.015
"""How near to both sides a ruled line ends, as a share: a drawing page has no other rules, and the scripts look for no
other."""


def parameters() -> dict[str, dict[str, Any]]:
    """Return the constants of each step, by the name of the step in the scripts."""
    return {
        "binarization": asdict(binarization.PARAMETERS),
        "ruledLines": {
            "threshold": rule_erasure.PARAMETERS.threshold, "edge_distance": EDGE_DISTANCE,
            "unbroken": ruled_lines.PARAMETERS.unbroken, "frame_depth": ruled_lines.PARAMETERS.frame_depth,
        },
        "components": asdict(components.PARAMETERS),
        "glyph": {"side": glyph.GLYPH_SIDE, "digit_side": glyph.GLYPH_DIGIT_SIDE, **asdict(glyph.PARAMETERS)},
        "answer": {
            "digit_count": DIGIT_COUNT,
            "most_alternatives": number_making.PARAMETERS.most_alternatives,
            "least_alternative": number_making.PARAMETERS.least_alternative,
        },
        "textLine": {
            **asdict(line_segmentation.PARAMETERS), "counted_width": 0.0,  # widths count for no height any more
            "gap": token_line.PARAMETERS.digits.usual_gap,
        },
        "lineImage": {
            "height": line_image.LINE_IMAGE_HEIGHT, "body_height": line_image.BODY_HEIGHT,
            "frame_width": line_model.FRAME_WIDTH, **asdict(line_image.PARAMETERS),
        },
        "ctc": {
            "characters": alphabet.CHARACTERS, "other_mark": alphabet.OTHER_MARK,
            "beam_width": ctc.PARAMETERS.beam_width, "least_probability": ctc.PARAMETERS.least_probability,
        },
    }  # fmt: skip


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


def _object(name: str, values: Mapping[str, Any]) -> str:
    lines = [f"  {_camel_case(field)}: {json.dumps(value)},\n" for field, value in values.items()]
    return f"\nexport const {name} = {{\n{''.join(lines)}}};\n"


def _camel_case(name: str) -> str:
    first, *other_words = name.split("_")
    return first + "".join(word.capitalize() for word in other_words)


if __name__ == "__main__":
    sys.exit(main())
