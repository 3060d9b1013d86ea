"""File formats: those that are decoded, and those that are refused by their first bytes."""

from __future__ import annotations

from functools import cache

from ..errors import NotAPicture, marked

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "JPEG2000", "GIF", "BMP", "TIFF", "PPM")
"""Pillow's names of the formats that are decoded, AVIF and JPEG 2000 where Pillow was built with them.

EPS is not among them, since Pillow starts Ghostscript for it.
"""
MAGIC = {
    b"%PDF": marked("this is a PDF document, not a picture: "
                    "open it with `open_pages`, or save the page as PNG or JPEG"),
    b"PK\x03\x04": marked("this is a ZIP archive or an office document, not a picture: "
                          "take the pictures out of it first"),
    b"%!PS": marked("this is a PostScript file, not a picture: save the page as PNG or JPEG"),
}  # fmt: skip
"""First bytes of unsupported kinds of file that people send, with the error message for each."""
TIFF_MAGIC = (b"II*\x00", b"MM\x00*")
HEIC_BRANDS = (b"heic", b"heix", b"mif1", b"heim", b"hevc", b"msf1")
"""Brands of HEIC photos, which some phones take; decoded where the extra [heic] is installed."""


def refuse_unsupported(data: bytes) -> None:
    """Raise NotAPicture for a file of a known kind that is not supported."""
    start = data[:512].lstrip()
    for magic, message in MAGIC.items():
        if start.startswith(magic):
            raise NotAPicture(message)
    if is_heic(data) and not _heic_is_supported():
        raise NotAPicture("this is a HEIC photo: run pip install 'numink[heic]' to read it, or save it as JPEG")
    if start[:5].lower() in (b"<?xml", b"<svg ", b"<svg>") or b"<svg" in data[:512].lower():
        raise NotAPicture("this is an SVG drawing, which is not supported: export it as PNG")


def is_heic(data: bytes) -> bool:
    """Return whether the file is a HEIC photo."""
    return data[4:8] == b"ftyp" and data[8:12] in HEIC_BRANDS


@cache
def _heic_is_supported() -> bool:
    """Register the HEIC decoder with Pillow; False where the extra [heic] is not installed."""
    try:
        from pillow_heif import register_heif_opener  # noqa: PLC0415 - an extra, and 26 MB
    except ImportError:
        return False
    register_heif_opener()
    return True
