"""Unpacking of uploaded ZIP files, also of hostile and damaged ones."""

from __future__ import annotations

import io
import stat
import struct
import zipfile
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numink.service.uploads import BadZip, ZipLimits, files_in
from numink.store.batches import File
from web_pictures import digits

LIMITS = ZipLimits(files=10, file_bytes=2_000_000, bytes=5_000_000, ratio=100)
PICTURE = digits("7", 40)


def make_zip(fill: Callable[[zipfile.ZipFile], object], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        fill(archive)
    return out.getvalue()


def unpack(content: bytes, name: str = "slips.zip", limits: ZipLimits = LIMITS) -> list[File]:
    return list(files_in(io.BytesIO(content), name, limits))


def unpack_single(name: str, content: bytes = PICTURE) -> list[File]:
    return unpack(make_zip(lambda archive: archive.writestr(name, content)))


def test_a_picture_yields_itself_and_a_zip_file_its_files_in_order() -> None:
    assert unpack(PICTURE, "a.png") == [File("a.png", PICTURE)]

    def fill(archive: zipfile.ZipFile) -> None:
        for name in ("b.png", "folder/", "folder/a.png"):
            archive.writestr(name, PICTURE if name.endswith("png") else b"")

    assert unpack(make_zip(fill)) == [File("b.png", PICTURE), File("folder/a.png", PICTURE)]


def test_files_added_by_operating_systems_are_skipped() -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        for name in ("__MACOSX/._a.png", ".DS_Store", "x/.DS_Store", "x/Thumbs.db", "x/._b.png", "a.png"):
            archive.writestr(name, PICTURE)

    assert [file.name for file in unpack(make_zip(fill))] == ["a.png"]


@pytest.mark.parametrize(
    ("name", "displayed"),
    [
        ("../../etc/passwd.png", "etc/passwd.png"),
        ("/root/a.png", "root/a.png"),
        ("C:\\Users\\..\\a.png", "C:/Users/a.png"),
        ("a\u202egnp.exe", "agnp.exe"),
        ("\x07\x1b[2J.png", "[2J.png"),
        ("..", "unnamed"),
        ("ä" * 300, "ä" * 200),
    ],
)
def test_a_name_is_printable_and_has_no_parent_directory(name: str, displayed: str) -> None:
    assert unpack_single(name) == [File(displayed, PICTURE)]


def test_a_link_is_not_followed() -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        entry = zipfile.ZipInfo("link.png")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")

    (file,) = unpack(make_zip(fill))
    assert "is a link" in file.error


def test_a_file_with_a_password_is_refused_and_the_others_are_read() -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        archive.writestr("locked.png", PICTURE)
        archive.writestr("plain.png", PICTURE)

    content = bytearray(make_zip(fill))
    content[6] |= 1  # the flag in the file's own header, and in the directory
    content[content.index(b"PK\x01\x02") + 8] |= 1
    locked, plain = unpack(bytes(content))
    assert "has a password" in locked.error
    assert plain == File("plain.png", PICTURE)


def test_a_zip_file_in_a_zip_file_is_not_opened() -> None:
    inner = make_zip(lambda archive: archive.writestr("a.png", PICTURE))
    (file,) = unpack_single("inner.png", inner)
    assert "within a ZIP file are not opened" in file.error


def test_a_file_with_too_high_a_compression_ratio_is_not_unpacked() -> None:
    (file,) = unpack_single("white.bmp", bytes(1_900_000))
    assert "100 times as large" in file.error
    (file,) = unpack_single("huge.bmp", bytes(2_100_000))
    assert "more than 2.0 MB" in file.error


def test_other_compression_methods_are_not_unpacked() -> None:
    (file,) = unpack(make_zip(lambda archive: archive.writestr("a.png", PICTURE), zipfile.ZIP_LZMA))
    assert "is not supported" in file.error


def test_a_damaged_file_is_reported() -> None:
    content = bytearray(make_zip(lambda archive: archive.writestr("a.png", PICTURE), zipfile.ZIP_STORED))
    content[60] ^= 0xFF
    (file,) = unpack(bytes(content))
    assert "damaged within the ZIP file" in file.error


def test_an_empty_file_is_reported() -> None:
    assert "is empty" in unpack_single("a.png", b"")[0].error


def with_directory_size(size: int) -> bytes:
    """A ZIP file whose end record claims a directory of `size` bytes."""
    content = make_zip(lambda archive: archive.writestr("a.png", PICTURE))
    end = content.index(b"PK\x05\x06")
    return content[: end + 12] + struct.pack("<I", size) + content[end + 16 :]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (
            make_zip(lambda archive: [archive.writestr(f"{index}.png", b"x") for index in range(11)]),
            "a batch may have 10",
        ),
        (
            make_zip(lambda archive: [archive.writestr(f"{index}", bytes(1_800_000)) for index in range(3)]),
            "more than 5 MB",
        ),
        (make_zip(lambda archive: archive.writestr(".DS_Store", b"x")), "the ZIP file is empty"),
        (make_zip(lambda _: None), "the ZIP file is empty"),
        (make_zip(lambda archive: archive.writestr("[Content_Types].xml", b"x")), "an office document"),
        (make_zip(lambda archive: archive.writestr("a.png", PICTURE))[:-30], "damaged or incomplete"),
        (b"PK\x03\x04", "damaged or incomplete"),
        (with_directory_size(100), "damaged or incomplete"),
        (bytes(3_000_000).join([b"PK\x03\x04", with_directory_size(2_900_000)]), "far too many files"),
    ],
    ids=[
        "files",
        "bytes",
        "system files only",
        "empty",
        "office",
        "cut off",
        "four bytes",
        "lying",
        "a directory of megabytes",
    ],
)
def test_a_zip_file_over_a_limit_or_damaged_is_refused_as_a_whole(content: bytes, sentence: str) -> None:
    with pytest.raises(BadZip, match=sentence):
        unpack(content)


def test_a_single_file_over_the_limit_is_refused() -> None:
    (file,) = unpack(bytes(2_000_001), "a.bmp")
    assert "more than 2.0 MB" in file.error


@given(st.data())
def test_every_file_of_a_corrupted_zip_file_has_content_or_an_error(data: st.DataObject) -> None:
    content = bytearray(make_zip(lambda archive: [archive.writestr(f"{index}.png", PICTURE) for index in range(3)]))
    for _ in range(data.draw(st.integers(1, 6))):
        index = data.draw(st.integers(0, len(content) - 1))
        content[index] = data.draw(st.integers(0, 255))
    try:
        files = unpack(bytes(content))
    except BadZip as error:
        files = [File("", error=str(error))]
    assert all(bool(file.error) != bool(file.content) for file in files)
