"""What comes out of a ZIP file that somebody sent, whoever made it and whatever for."""

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


def packed(fill: Callable[[zipfile.ZipFile], object], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        fill(archive)
    return out.getvalue()


def unpack(content: bytes, name: str = "slips.zip", limits: ZipLimits = LIMITS) -> list[File]:
    return list(files_in(io.BytesIO(content), name, limits))


def one(name: str, content: bytes = PICTURE) -> list[File]:
    return unpack(packed(lambda archive: archive.writestr(name, content)))


def test_a_picture_is_itself_and_a_zip_file_is_its_files_in_order() -> None:
    assert unpack(PICTURE, "a.png") == [File("a.png", PICTURE)]

    def fill(archive: zipfile.ZipFile) -> None:
        for name in ("b.png", "folder/", "folder/a.png"):
            archive.writestr(name, PICTURE if name.endswith("png") else b"")

    assert unpack(packed(fill)) == [File("b.png", PICTURE), File("folder/a.png", PICTURE)]


def test_what_systems_put_beside_files_is_passed_over() -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        for name in ("__MACOSX/._a.png", ".DS_Store", "x/.DS_Store", "x/Thumbs.db", "x/._b.png", "a.png"):
            archive.writestr(name, PICTURE)

    assert [file.name for file in unpack(packed(fill))] == ["a.png"]


@pytest.mark.parametrize(
    ("name", "shown"),
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
def test_a_name_can_be_shown_and_leads_nowhere(name: str, shown: str) -> None:
    assert one(name) == [File(shown, PICTURE)]


def test_a_link_is_not_followed() -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        entry = zipfile.ZipInfo("link.png")
        entry.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(entry, "/etc/passwd")

    (file,) = unpack(packed(fill))
    assert "is a link" in file.error


def test_a_file_with_a_password_says_so_and_the_others_are_read() -> None:
    def fill(archive: zipfile.ZipFile) -> None:
        archive.writestr("locked.png", PICTURE)
        archive.writestr("plain.png", PICTURE)

    content = bytearray(packed(fill))
    content[6] |= 1  # the flag in the file's own head, and in the list of contents
    content[content.index(b"PK\x01\x02") + 8] |= 1
    locked, plain = unpack(bytes(content))
    assert "locked by a password" in locked.error
    assert plain == File("plain.png", PICTURE)


def test_a_zip_file_in_a_zip_file_is_not_opened() -> None:
    inner = packed(lambda archive: archive.writestr("a.png", PICTURE))
    (file,) = one("inner.png", inner)
    assert "within a ZIP file is not opened" in file.error


def test_a_file_that_grows_out_of_nothing_is_not_unpacked() -> None:
    (file,) = one("white.bmp", bytes(1_900_000))
    assert "100 times as large" in file.error
    (file,) = one("huge.bmp", bytes(2_100_000))
    assert "more than 2.0 MB" in file.error


def test_other_ways_of_packing_are_not_unpacked() -> None:
    (file,) = unpack(packed(lambda archive: archive.writestr("a.png", PICTURE), zipfile.ZIP_LZMA))
    assert "does not know" in file.error


def test_a_damaged_file_says_so() -> None:
    content = bytearray(packed(lambda archive: archive.writestr("a.png", PICTURE), zipfile.ZIP_STORED))
    content[60] ^= 0xFF
    (file,) = unpack(bytes(content))
    assert "damaged in the ZIP file" in file.error


def test_an_empty_file_says_so() -> None:
    assert "is empty" in one("a.png", b"")[0].error


def lying(size: int) -> bytes:
    """A ZIP file whose end says that its list of contents has so many bytes."""
    content = packed(lambda archive: archive.writestr("a.png", PICTURE))
    end = content.index(b"PK\x05\x06")
    return content[: end + 12] + struct.pack("<I", size) + content[end + 16 :]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (packed(lambda archive: [archive.writestr(f"{at}.png", b"x") for at in range(11)]), "a batch has at most 10"),
        (packed(lambda archive: [archive.writestr(f"{at}", bytes(1_800_000)) for at in range(3)]), "more than 5 MB"),
        (packed(lambda archive: archive.writestr(".DS_Store", b"x")), "no file in this ZIP"),
        (packed(lambda _: None), "no file in this ZIP"),
        (packed(lambda archive: archive.writestr("[Content_Types].xml", b"x")), "an office document"),
        (packed(lambda archive: archive.writestr("a.png", PICTURE))[:-30], "damaged or cut off"),
        (b"PK\x03\x04", "damaged or cut off"),
        (lying(100), "damaged or cut off"),
        (bytes(3_000_000).join([b"PK\x03\x04", lying(2_900_000)]), "far too many files"),
    ],
    ids=["files", "bytes", "junk", "empty", "office", "cut off", "four bytes", "lying", "a list of megabytes"],
)
def test_a_zip_file_over_a_limit_or_without_sense_is_refused_as_a_whole(content: bytes, sentence: str) -> None:
    with pytest.raises(BadZip, match=sentence):
        unpack(content)


def test_a_file_over_the_limit_outside_a_zip_file_says_so() -> None:
    (file,) = unpack(bytes(2_000_001), "a.bmp")
    assert "more than 2.0 MB" in file.error


@given(st.data())
def test_whatever_is_changed_in_a_zip_file_something_is_said_or_read(data: st.DataObject) -> None:
    content = bytearray(packed(lambda archive: [archive.writestr(f"{at}.png", PICTURE) for at in range(3)]))
    for _ in range(data.draw(st.integers(1, 6))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    try:
        found = unpack(bytes(content))
    except BadZip as error:
        found = [File("", error=str(error))]
    assert all(bool(file.error) != bool(file.content) for file in found)
