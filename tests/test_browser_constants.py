"""The constants that the browser's reader shares with the Python reader."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "deploy" / "browser_constants.py"
DEVICE = ROOT / "src" / "numink" / "web" / "static" / "device"


def test_the_browsers_constants_are_up_to_date() -> None:
    """If this fails, run `make constants`."""
    done = subprocess.run([sys.executable, SCRIPT, "--check"], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stderr


def test_each_step_in_the_browser_imports_its_constants() -> None:
    for step in ("binarization", "components", "glyph", "reader"):
        assert 'from "./parameters.js"' in (DEVICE / f"{step}.js").read_text(), step
