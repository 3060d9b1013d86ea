"""Fonts of the npm packages `@fontsource/...` (OFL or Apache) to compose training lines with: handwriting and print."""

from __future__ import annotations

import math
import tarfile
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path, PurePosixPath

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from ..errors import DataError
from .npm import npm_package

FONTS_FOLDER = "fonts"
HANDWRITING = (
    "annie-use-your-telescope", "bad-script", "caveat", "caveat-brush", "cedarville-cursive", "covered-by-your-grace",
    "delicious-handrawn", "gaegu", "gloria-hallelujah", "gochi-hand", "handlee", "indie-flower", "kalam", "mansalva",
    "marck-script", "nanum-pen-script", "oooh-baby", "patrick-hand", "permanent-marker", "reenie-beanie", "rock-salt",
    "schoolbell", "shadows-into-light", "shantell-sans", "short-stack", "sue-ellen-francisco", "swanky-and-moo-moo",
    "the-girl-next-door",
)  # fmt: skip
PRINT = ("courier-prime", "noto-serif", "open-sans", "roboto")
OPEN_FONTS = 600
"""Fonts, each at one size, that `set_type` keeps open: about 100 KB each."""
OTHER_SCRIPTS = (("mansalva", "greek"), ("open-sans", "greek"), ("kalam", "devanagari"), ("aref-ruqaa", "arabic"))
"""Packages with the script that their letters and digits are taken from, to be told from ours."""


@dataclass(frozen=True)
class FontFiles:
    """Font files by their use."""

    handwriting: tuple[Path, ...]
    printed: tuple[Path, ...]
    other_scripts: tuple[tuple[Path, str], ...]
    """Files with the script that is taken from each."""


def load_fonts(folder: Path) -> FontFiles | None:
    """Return the fonts in `folder` by their use; None where not all of them are there."""

    def file(package: str, script: str = "latin") -> Path:
        return _path(folder, package, script)

    files = FontFiles(
        tuple(map(file, HANDWRITING)), tuple(map(file, PRINT)),
        tuple((file(package, script), script) for package, script in OTHER_SCRIPTS),
    )  # fmt: skip
    paths = (*files.handwriting, *files.printed, *(path for path, _ in files.other_scripts))
    return files if all(path.is_file() for path in paths) else None


def fetch_fonts(folder: Path, npm: str = "npm") -> int:
    """Write the font files into `folder`/fonts from their npm packages; return their number.

    Raises DataError where npm cannot get a package, or one lacks a file.
    """
    scripts: dict[str, set[str]] = {}
    for package, script in (*((name, "latin") for name in (*HANDWRITING, *PRINT)), *OTHER_SCRIPTS):
        scripts.setdefault(package, set()).add(script)
    (folder / FONTS_FOLDER).mkdir(parents=True, exist_ok=True)
    for package, wanted in scripts.items():
        if all(_path(folder, package, script).is_file() for script in wanted):
            continue
        with npm_package(f"@fontsource/{package}", npm) as archive, tarfile.open(archive) as files:
            for script in sorted(wanted):
                _extract(files, package, _path(folder, package, script))
    return sum(map(len, scripts.values()))


def _extract(files: tarfile.TarFile, package: str, target: Path) -> None:
    members = (member for member in files.getmembers() if PurePosixPath(member.name).name == target.name)
    member = next(members, None)
    content = files.extractfile(member) if member is not None else None
    if content is None:
        raise DataError(f"@fontsource/{package} has no file {target.name}: it is another package than the one expected")
    partial = target.with_suffix(".partial")
    partial.write_bytes(content.read())
    partial.replace(target)


def _path(folder: Path, package: str, script: str) -> Path:
    return folder / FONTS_FOLDER / f"{package}-{script}-400-normal.woff"


def draw_text(text: str, font: Path, size: int) -> NDArray[np.uint8]:
    """Return `text` in the font of a file at `size` pixels: uint8 (h, w), bright on 0, with a margin."""
    opened = _open_font(font, size)
    box = opened.getbbox(text)
    width, height = (max(math.ceil(last - first), 1) + 8 for first, last in zip(box[:2], box[2:], strict=True))
    image = Image.new("L", (width, height), 0)
    ImageDraw.Draw(image).text((4 - box[0], 4 - box[1]), text, font=opened, fill=255)
    return np.asarray(image)


def set_type(text: str, font: Path, size: int) -> NDArray[np.uint8]:
    """Return `text` in the font of a file at `size` pixels without a margin: uint8 (h, w), bright on 0.

    Letters are placed one after another without ligatures, which takes a quarter of the time of `draw_text`.
    """
    opened = _open_plain(font, size)
    left, top, right, bottom = (int(value) for value in opened.getbbox(text))
    image = Image.new("L", (max(right - left, 1), max(bottom - top, 1)), 0)
    ImageDraw.Draw(image).text((-left, -top), text, font=opened, fill=255)
    return np.asarray(image)


def tall_height(font: Path, size: int) -> float:
    """Return the height in pixels of capitals and digits in the font of a file at `size` pixels, at least 1."""
    box = _open_font(font, size).getbbox("H0")
    return max(box[3] - box[1], 1)


@cache
def _open_font(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size)


@lru_cache(maxsize=OPEN_FONTS)
def _open_plain(path: Path, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(path, size, layout_engine=ImageFont.Layout.BASIC)
