"""Print fonts of the npm packages `@fontsource/...` (OFL, Apache or UFL) that pages are composed with."""

from __future__ import annotations

import tarfile
from pathlib import Path, PurePosixPath

from .fonts import FONTS_FOLDER
from .npm import npm_package

FAMILIES = (
    "anton", "arimo", "bitter", "courier-prime", "cousine", "eb-garamond", "ibm-plex-mono", "ibm-plex-sans",
    "inconsolata", "josefin-sans", "lato", "libre-baskerville", "merriweather", "montserrat", "noto-serif", "open-sans",
    "oswald", "playfair-display", "pt-sans", "pt-serif", "raleway", "roboto", "roboto-condensed", "roboto-slab",
    "source-serif-4", "space-mono", "special-elite", "tinos", "ubuntu", "vt323",
)  # fmt: skip
HELD_OUT_FAMILIES = frozenset({"bitter", "cousine", "lato", "pt-serif", "ubuntu"})
"""Families that no training may see: two with serifs, two without, a typewriter's."""
STYLES = ("400-normal", "700-normal", "400-italic", "700-italic")
"""Weights and slants that are taken from a family; not every one has them all."""
DEBIAN_FONTS = Path("/usr/share/fonts/truetype/dejavu")
"""Folder of Debian's fonts-dejavu, which are used, too, where they are installed."""


def load_print_fonts(folder: Path, *, held_out: bool = False) -> tuple[Path, ...]:
    """Return the files of print fonts in `folder`, those held out of training or the others; empty where none are."""
    files = [
        path
        for family in FAMILIES
        for style in STYLES
        if (family in HELD_OUT_FAMILIES) == held_out and (path := _path(folder, family, style)).is_file()
    ]
    if files and not held_out:
        files += [path for path in sorted(DEBIAN_FONTS.glob("*.ttf")) if "Math" not in path.name]
    return tuple(files)


def fetch_print_fonts(folder: Path, npm: str = "npm") -> int:
    """Write the files of print fonts into `folder`/fonts from their npm packages; return their number.

    Raises DataError where npm cannot get a package.
    """
    (folder / FONTS_FOLDER).mkdir(parents=True, exist_ok=True)
    for family in FAMILIES:
        if not _path(folder, family, STYLES[0]).is_file():
            with npm_package(f"@fontsource/{family}", npm) as archive, tarfile.open(archive) as files:
                _extract(files, folder, family)
    return sum(_path(folder, family, style).is_file() for family in FAMILIES for style in STYLES)


def _extract(files: tarfile.TarFile, folder: Path, family: str) -> None:
    """Write the styles that a family has, the plain one last: where it exists, the family is complete."""
    members = {PurePosixPath(member.name).name: member for member in files.getmembers()}
    for style in reversed(STYLES):
        target = _path(folder, family, style)
        member = members.get(target.name)
        content = files.extractfile(member) if member is not None else None
        if content is not None:
            partial = target.with_suffix(".partial")
            partial.write_bytes(content.read())
            partial.replace(target)


def _path(folder: Path, family: str, style: str) -> Path:
    return folder / FONTS_FOLDER / f"{family}-latin-{style}.woff"
