"""Decoding of pictures: every format and mode, limits, and files that are no pictures or are damaged."""

import io
import os
import struct
import time
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from numink.errors import BrokenPicture, InputError, NoSuchFile, NotAPicture, NuminkError, TooLarge
from numink.imaging.decode import Limits, encode_png, open_picture
from pictures import as_file, one_digit

FORMATS = ("PNG", "JPEG", "WEBP", "AVIF", "JPEG2000", "GIF", "BMP", "TIFF", "PPM")


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(width: int, height: int, *chunks: bytes, rows: int = 0) -> bytes:
    """Encode a one-bit PNG whose header may claim more rows than it holds."""
    packer = zlib.compressobj(9)
    row = bytes(1 + (width + 7) // 8)
    body = b"".join(packer.compress(row) for _ in range(rows or height)) + packer.flush()
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + b"".join(chunks) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize("file_format", FORMATS)
def test_every_common_format_gives_the_same_pixels(file_format: str) -> None:
    grey = open_picture(as_file(one_digit("5"), file_format)).grey
    assert grey.dtype == np.uint8
    assert grey.shape == (240, 200)
    assert np.abs(grey.astype(int) - one_digit("5")).mean() < 3


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB", "RGBA", "LA", "CMYK", "I", "F", "I;16"])
def test_every_pixel_mode_keeps_dark_dark_and_light_light(mode: str) -> None:
    levels = np.where(one_digit("0") > 128, 255, 0).astype(np.uint8)
    if mode == "I;16":
        image = Image.fromarray(levels.astype(np.uint16) * 257)
    elif mode in ("I", "F"):
        image = Image.fromarray(levels.astype(np.int32 if mode == "I" else np.float32) * (257 if mode == "I" else 1))
    else:
        image = Image.fromarray(levels).convert(mode)
    grey = open_picture(as_file(image, "TIFF")).grey
    assert (grey[levels == 0] < 40).all()
    assert (grey[levels == 255] > 215).all()


def test_a_palette_with_a_transparent_colour_lies_on_white() -> None:
    image = Image.fromarray(one_digit("1")).convert("P")
    image.info["transparency"] = image.getpixel((0, 0))
    grey = open_picture(as_file(image, "PNG", transparency=image.getpixel((0, 0)))).grey
    assert grey[0, 0] == 255


def test_half_transparent_black_is_decoded_half_as_dark() -> None:
    image = Image.new("RGBA", (10, 10), (0, 0, 0, 128))
    assert abs(int(open_picture(as_file(image)).grey[5, 5]) - 127) <= 1


def test_an_animation_is_read_by_its_first_frame() -> None:
    frames = [Image.fromarray(one_digit(digit)) for digit in "12"]
    data = as_file(frames[0], "GIF", save_all=True, append_images=frames[1:])
    assert np.abs(open_picture(data).grey.astype(int) - one_digit("1")).mean() < 3


def test_an_array_keeps_its_pixels_and_one_of_another_shape_or_type_is_refused() -> None:
    assert np.array_equal(open_picture(one_digit("3")).grey, one_digit("3"))
    assert open_picture(np.zeros((4, 5, 3), np.uint8)).rgb.shape == (4, 5, 3)
    for wrong in (
        np.zeros((4, 5), np.float32),
        np.zeros((4, 5, 4), np.uint8),
        np.zeros(4, np.uint8),
        np.zeros((0, 3), np.uint8),
    ):
        with pytest.raises(ValueError, match="a picture must"):
            open_picture(wrong)


@pytest.mark.parametrize(
    ("data", "error", "message"),
    [
        (b"", NotAPicture, "empty"),
        (b"hello, world" * 20, NotAPicture, "use PNG"),
        (b"%PDF-1.7 ...", NotAPicture, "PDF"),
        (b"PK\x03\x04" + bytes(40), NotAPicture, "ZIP"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", NotAPicture, "SVG"),
        (b"<?xml version='1.0'?><svg/>", NotAPicture, "SVG"),
        (b"%!PS-Adobe-3.0 EPSF-3.0", NotAPicture, "PostScript"),
        (bytes(4) + b"ftypheic" + bytes(40), NotAPicture, "HEIC|supported format"),
        (b"<html><body>GIF89a</body></html>", NotAPicture, "use PNG"),
    ],
)
def test_a_file_that_is_no_picture_is_refused_with_advice(data: bytes, error: type[NuminkError], message: str) -> None:
    with pytest.raises(error, match=message) as caught:
        open_picture(data)
    assert "Traceback" not in str(caught.value)


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "GIF", "WEBP", "AVIF", "JPEG2000", "TIFF"])
def test_a_picture_cut_off_anywhere_is_an_input_error_or_still_readable(kind: str) -> None:
    whole = as_file(one_digit("8"), kind)
    for share in range(1, 100, 3):
        try:
            picture = open_picture(whole[: len(whole) * share // 100])
        except InputError:
            continue
        assert picture.grey.shape == (240, 200)
    with pytest.raises(InputError):
        open_picture(whole[: len(whole) // 3])


@given(st.data())
@settings(max_examples=300, deadline=None)
def test_damaged_bytes_never_raise_anything_else(data: st.DataObject) -> None:
    whole = bytearray(as_file(one_digit("6"), data.draw(st.sampled_from(FORMATS))))
    for _ in range(data.draw(st.integers(1, 12))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        open_picture(bytes(whole), Limits(max_pixels=1_000_000)).grey.shape  # noqa: B018 - decoding is the test
    except InputError as error:
        assert len(str(error)) > 20  # noqa: PT017


@pytest.mark.parametrize(
    "bomb",
    [
        png(30_000, 30_000, rows=300),
        png(60_000, 10, rows=10),
        b"GIF89a" + struct.pack("<HH", 65_000, 65_000) + bytes(60),
        b"BM" + bytes(16) + struct.pack("<ii", 50_000, 50_000) + bytes(200),
    ],
    ids=["png", "long", "gif", "bmp"],
)
def test_a_bomb_is_refused_from_its_header(bomb: bytes) -> None:
    started = time.monotonic()
    with pytest.raises(InputError):
        open_picture(bomb)
    assert time.monotonic() - started < 5  # decoding nine hundred million pixels takes far longer


def test_a_gif_of_ten_thousand_frames_costs_no_more_than_its_first() -> None:
    frame = as_file(Image.new("P", (8, 8)), "GIF")
    start, image = frame[:-1].split(b",", 1)
    data = start + (b"," + image) * 10_000 + b";"
    assert open_picture(data).grey.shape == (8, 8)


def test_text_of_64_megabytes_in_a_png_is_not_unpacked_into_memory() -> None:
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(64_000_000), 9))
    try:
        assert open_picture(png(16, 16, text)).grey.shape == (16, 16)
    except BrokenPicture as error:
        assert "too large" in str(error).lower() or "text" in str(error).lower()  # noqa: PT017


def test_the_given_limits_are_enforced() -> None:
    data = as_file(one_digit("2"))
    with pytest.raises(TooLarge, match="NUMINK_MAX_BYTES"):
        open_picture(data, Limits(max_bytes=len(data) - 1))
    with pytest.raises(TooLarge, match="NUMINK_MAX_PIXELS"):
        open_picture(data, Limits(max_pixels=47_999))
    assert open_picture(data, Limits(max_bytes=len(data), max_pixels=48_000)).width == 200
    pages = [Image.new("L", (9, 9))] * 12
    stack = as_file(pages[0], "TIFF", save_all=True, append_images=pages[1:])
    with pytest.raises(TooLarge, match="frames"):
        open_picture(stack, Limits(max_frames=11))


def test_the_content_of_a_file_counts_not_its_suffix(tmp_path: Path) -> None:
    (tmp_path / "photo.png").write_bytes(as_file(one_digit("4"), "JPEG"))
    assert open_picture(tmp_path / "photo.png").width == 200


def test_a_path_without_a_readable_file_is_refused_with_advice(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    for name, message in (
        (tmp_path, "folder"),
        (tmp_path / "none.png", "no such file"),
        (tmp_path / "pipe", "regular"),
    ):
        with pytest.raises(NoSuchFile, match=message):
            open_picture(name)
    with pytest.raises(NoSuchFile):
        open_picture("a\0b.png")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_file_without_permission_is_refused_with_advice(tmp_path: Path) -> None:
    path = tmp_path / "secret.png"
    path.write_bytes(as_file(one_digit("1")))
    path.chmod(0)
    with pytest.raises(NoSuchFile, match="permission"):
        open_picture(path)


def test_a_preview_is_upright_small_and_without_metadata() -> None:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "secret place"
    picture = open_picture(as_file(Image.fromarray(one_digit("7")), "JPEG", exif=exif, comment=b"secret note"))
    (preview,) = picture.previews(100)
    shown = Image.open(io.BytesIO(preview))
    assert (shown.format, shown.size) == ("JPEG", (100, 83))
    assert b"secret" not in preview
    assert not shown.getexif()


def test_a_preview_of_a_png_has_none_of_its_text() -> None:
    info = PngImagePlugin.PngInfo()
    info.add_text("Comment", "<script>secret</script>")
    assert b"secret" not in open_picture(as_file(Image.fromarray(one_digit("7")), pnginfo=info)).previews(4000)[0]


def test_an_encoded_png_decodes_to_the_same_array() -> None:
    assert np.array_equal(open_picture(encode_png(one_digit("9"))).grey, one_digit("9"))
