"""Pictures whose heads bound the work of decoding are decoded in this process, all others are not."""

from __future__ import annotations

import io
import struct
import zlib

import numpy as np
import pytest
from PIL import Image

from numink.imaging.decoder.bounded import decode_bounded, is_bounded
from numink.imaging.decoder.protocol import Request
from numink.imaging.limits import Limits

PIXELS = np.random.default_rng(1).integers(0, 256, (60, 80, 3), np.uint8)


def encoded(kind: str, pixels: np.ndarray = PIXELS, **options: object) -> bytes:
    out = io.BytesIO()
    Image.fromarray(pixels).save(out, kind, **options)
    return out.getvalue()


def request(data: bytes) -> Request:
    return Request(len(data), Limits(), memory=64_000_000)


def with_chunk(png: bytes, kind: bytes, content: bytes) -> bytes:
    """Put a chunk behind the head of a PNG."""
    chunk = struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
    return png[:33] + chunk + png[33:]


def test_a_plain_png_and_a_baseline_jpeg_are_decoded_here() -> None:
    png, jpeg = encoded("PNG"), encoded("JPEG")
    page = decode_bounded(png, request(png))

    assert page is not None
    assert page.colour is not None
    assert (page.colour == PIXELS).all()
    assert decode_bounded(jpeg, request(jpeg)) is not None


@pytest.mark.parametrize(
    "data",
    [
        encoded("JPEG", progressive=True), encoded("WEBP"), encoded("GIF"), encoded("TIFF"), encoded("BMP"),
        encoded("PNG", np.zeros((2100, 2000, 3), np.uint8)), encoded("JPEG", np.zeros((2100, 2000, 3), np.uint8)),
        with_chunk(encoded("PNG"), b"zTXt", bytes(70_000)), with_chunk(encoded("PNG"), b"acTL", bytes(8)),
        encoded("JPEG").replace(b"\xff\xda", b"\xff\xfe\0\2" * 100 + b"\xff\xda", 1),
        encoded("JPEG")[:2] + b"\xff\xe2\0\x0aMPF\0abcd" + encoded("JPEG")[2:], b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8",
    ],
    ids=[
        "progressive", "webp", "gif", "tiff", "bmp", "large png", "large jpeg", "long text", "animation", "comments",
        "several pictures", "empty", "png without a head", "jpeg without a frame",
    ],
)  # fmt: skip
def test_any_other_file_is_not(data: bytes) -> None:
    assert not is_bounded(data)
    assert decode_bounded(data, request(data)) is None


def test_a_damaged_picture_is_left_to_a_process_that_can_be_ended() -> None:
    png = encoded("PNG")

    assert is_bounded(png[:-60])
    assert decode_bounded(png[:-60], request(png)) is None
