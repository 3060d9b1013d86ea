"""Hostile files for the tests of uploads, built byte by byte: decompression bombs, polyglots, files of other kinds."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from functools import cache

from PIL import Image

from web_pictures import bomb, draw, encoded

MARK = b"d7f1-never-served-back"
"""Part of every file that is sent; must not be in anything that is stored or served."""
SCRIPT = b"<script>alert('" + MARK + b"')</script>"


def chunk(kind: bytes, body: bytes) -> bytes:
    """Return a chunk of a PNG file."""
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_of(width: int, height: int, *more: bytes, rows: int = 1) -> bytes:
    """Return a one-bit PNG whose header may claim more than its `rows` hold."""
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(bytes(1 + (width + 7) // 8) * rows, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(more) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def tiff(*entries: tuple[int, int, int, int], following: int = 0) -> bytes:
    """Return a little-endian TIFF of one directory of entries (tag, type, count, value).

    `following` is the offset of the next directory.
    """
    listed = b"".join(struct.pack("<HHII", *entry) for entry in entries)
    return b"II*\0" + struct.pack("<IH", 8, len(entries)) + listed + struct.pack("<I", following) + bytes(64)


def tiff_of(width: int, height: int, following: int = 0) -> bytes:
    """Return a grey TIFF whose header claims `width` x `height` pixels."""
    return tiff(
        (256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
        (273, 4, 1, 120), (277, 3, 1, 1), (278, 4, 1, height), (279, 4, 1, width * height), following=following,
    )  # fmt: skip


def pdf(*objects: bytes) -> bytes:
    """Return a PDF of these objects, numbered from 1; the first is the catalogue."""
    out, offsets = b"%PDF-1.7\n", []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n" % number + content + b"\nendobj\n"
    table = b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    end = b"trailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (len(objects) + 1, len(out))
    return out + b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1) + table + end


def stream(content: bytes, head: bytes = b"", packed: int = 1) -> bytes:
    """Return a PDF stream, compressed `packed` times over."""
    for _ in range(packed):
        content = zlib.compress(content, 9)
    filters = b"/FlateDecode" * packed
    return b"<<%b/Filter[%b]/Length %d>>stream\n%b\nendstream" % (head, filters, len(content), content)


def pdf_page(content: bytes, *more: bytes, box: bytes = b"0 0 200 200", resources: bytes = b"") -> bytes:
    """Return a PDF of one page that draws the stream `content`."""
    return pdf(
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Count 1/Kids[3 0 R]>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[%b]/Contents 4 0 R/Resources<<%b>>>>" % (box, resources),
        content,
        *more,
    )


def pdf_of_pictures_in_pictures(depth: int = 12) -> bytes:
    """Return a PDF of three kilobytes that draws ten to the power of `depth` strokes."""
    head = b"/Type/XObject/Subtype/Form/BBox[0 0 200 200]/Resources<<%b>>"
    forms = [
        stream(b"/F%d Do " % (level + 1) * 10, head % (b"/XObject<</F%d %d 0 R>>" % (level + 1, level + 6)))
        for level in range(depth - 1)
    ]
    forms.append(stream(b"0 0 m 9 9 l S", head % b""))
    return pdf_page(stream(b"/F0 Do " * 10), *forms, resources=b"/XObject<</F0 5 0 R>>")


def gif_of_frames(count: int) -> bytes:
    """Return an animated GIF of `count` frames."""
    frame = encoded(Image.new("P", (8, 8)), "GIF")
    start, image = frame[:-1].split(b",", 1)
    return start + (b"," + image) * count + b";"


def nested_zip(depth: int = 5) -> bytes:
    """Return a ZIP file of four ZIP files, `depth` levels deep."""
    content = bytes(1_000_000)
    for _ in range(depth):
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as zip_file:
            for number in range(4):
                zip_file.writestr(f"{number}.zip", content)
        content = buffer.getvalue()
    return content


def jpeg_of_65_535_pixels() -> bytes:
    """Return a JPEG whose header claims the most pixels that it can, both ways."""
    return encoded(Image.new("L", (8, 8)), "JPEG").replace(b"\0\x08\0\x08\x01", b"\xff\xff\xff\xff\x01", 1)


@cache
def zeros() -> bytes:
    """Return 64 MB of zeros, compressed."""
    return zlib.compress(bytes(64_000_000), 9)


class Bombs(Mapping[str, bytes]):
    """Files by name; each is made when it is first asked for, since many take seconds to compress."""

    def __init__(self, makers: Mapping[str, Callable[[], bytes]]) -> None:
        self._makers = {name: cache(make) for name, make in makers.items()}

    def __getitem__(self, name: str) -> bytes:
        return self._makers[name]()

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)


@cache
def bombs() -> Bombs:
    """Return small files that claim, or decompress to, very much."""
    return Bombs({
        "png of one colour": bomb,
        "png header": lambda: png_of(2**31 - 1, 2**31 - 1),
        "png text": lambda: png_of(16, 16, chunk(b"zTXt", b"Comment\0\0" + zeros()), rows=16),
        "png profile": lambda: png_of(16, 16, chunk(b"iCCP", b"x\0\0" + zeros()), rows=16),
        "gif screen": lambda: b"GIF89a" + struct.pack("<HH", 65_000, 65_000) + bytes(60),
        "gif frames": lambda: gif_of_frames(10_000),
        "jpeg header": jpeg_of_65_535_pixels,
        "bmp header": lambda: b"BM" + bytes(16) + struct.pack("<ii", 50_000, 50_000) + bytes(200),
        "ppm header": lambda: b"P6 60000 60000 255\n" + bytes(100),
        "tiff header": lambda: tiff_of(60_000, 60_000),
        "tiff loop": lambda: tiff_of(8, 8, following=8),
        "zip in zip": nested_zip,
        "pdf of blanks": lambda: pdf_page(stream(b" " * 300_000_000, packed=2)),
        "pdf of pictures in pictures": pdf_of_pictures_in_pictures,
        "pdf sheet": lambda: pdf_page(stream(b"0 0 m 9 9 l S"), box=b"0 0 14400000 14400000"),
        "pdf count": lambda: pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 2000000000/Kids[]>>"),
        "pdf loop": lambda: pdf(b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Count 5/Kids[2 0 R 2 0 R]>>"),
    })  # fmt: skip


@cache
def polyglots() -> dict[str, bytes]:
    """Return pictures that are valid files of another kind as well."""
    seven = draw("7")
    gif, png = encoded(seven, "GIF"), encoded(seven)
    return {
        "gif and javascript": gif[:-1] + b";/*" + MARK + b"*/=1;alert(1)//",
        "png and html": png + SCRIPT,
        "jpeg and html": encoded(seven, "JPEG") + b"<html>" + SCRIPT,
        "jpeg and zip": encoded(seven, "JPEG") + nested_zip(1) + MARK,
        "png with a script as its text": png[:33] + chunk(b"tEXt", b"Comment\0" + SCRIPT) + png[33:],
        "bmp and script": encoded(seven, "BMP") + b"#!/bin/sh\necho " + MARK,
    }


NO_PICTURES: dict[str, bytes] = {
    "svg": b"<svg xmlns='http://www.w3.org/2000/svg'>" + SCRIPT + b"</svg>",
    "svg after a blank": b"\n\n  <?xml version='1.0'?><svg onload='alert(1)'/>",
    "svg with an entity": b"<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg>&x;</svg>",
    "html": b"<html>" + SCRIPT,
    "html that says gif": b"GIF89a" + SCRIPT,
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n(x) (w) file",
    "postscript for windows": b"\xc5\xd0\xd3\xc6" + bytes(26) + b"%!PS",
    "program": b"\x7fELF" + bytes(200),
    "mvg": b"push graphic-context\nfill 'url(https://127.0.0.1/x\"|ls\")'",
    "php": b"<?php echo shell_exec($_GET['x']); ?>",
    "fits": b"SIMPLE  =                    T" + bytes(100),
    "psd": b"8BPS\0\1" + bytes(100),
    "icns": b"icns\0\0\1\0" + bytes(200),
    "wmf": b"\xd7\xcd\xc6\x9a" + bytes(100),
}
"""Files of kinds that an imaging library may open, and that numink must refuse."""
