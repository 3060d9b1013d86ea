"""The files in what was sent: a ZIP file's, one by one and within limits; any other file is itself.

Nothing is written under a name that stands in the file; a name is only shown. What is not to be read comes out with a
sentence that says why. Knows nothing of batches, pictures or HTTP.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from zlib import error as ZlibError  # noqa: N812 - it is a class

from ..errors import InputError, marked
from ..settings import Settings
from ..store.batches import File
from .filenames import printable

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
"""How a ZIP file begins; the second is an empty one, the third one of several parts."""
JUNK = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
"""What systems put beside the files of people."""
OFFICE = ("[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF")
"""Files that say that this is a document or a program, which is a ZIP file only inside."""
UNPACKED = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Ways of packing that are unpacked: the ones that ordinary programs use, and that need little memory."""
SMALL = 1_000_000
"""Bytes up to which nobody asks how well a file was packed: white paper packs well."""
ENTRY_ROOM = 600
"""Bytes of a ZIP file's list of contents for each file that a batch may have: two of them with names of 250 letters."""
LOCKED = 0x1
"""The flag of a file with a password."""


class BadZip(InputError):
    """A ZIP file that cannot be opened, or that is over a limit."""

    kind = "bad-zip"


@dataclass(frozen=True)
class ZipLimits:
    """At most: files, bytes of one of them, bytes of all, and times that one may be larger unpacked."""

    files: int
    file_bytes: int
    bytes: int
    ratio: int

    @classmethod
    def of(cls, settings: Settings) -> ZipLimits:
        """Those of the settings."""
        return cls(settings.batch_files, settings.max_bytes, settings.batch_bytes, settings.zip_ratio)


def files_in(upload: IO[bytes], name: str, limits: ZipLimits) -> Iterator[File]:
    """The files in an upload, one after the other, so that one of them is in memory. Raises BadZip before the first."""
    shown = printable(name) or "unnamed"
    start = upload.read(4)
    upload.seek(0)
    if start not in ZIP:
        content = upload.read(limits.file_bytes + 1)
        yield (
            File(shown, error=too_large(limits.file_bytes))
            if len(content) > limits.file_bytes
            else File(shown, content)
        )
        return
    with _opened(upload, limits) as archive:
        entries = [entry for entry in archive.infolist() if not (entry.is_dir() or _is_junk(entry.filename))]
        _check(archive, entries, limits)
        for entry in entries:
            yield _unpacked(archive, entry, limits)


def too_large(most: int) -> str:
    """What is said of a file that has more bytes."""
    return f"the file has more than {most / 1e6:.1f} MB: make the picture smaller, and send it again"


def _opened(upload: IO[bytes], limits: ZipLimits) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(_Careful(upload, ENTRY_ROOM * limits.files + SMALL))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise BadZip("the ZIP file is damaged or cut off: pack it anew, and send it again") from None


class _Careful:
    """A file of which no more than `most` bytes are read at once: zipfile reads a list of contents as a whole."""

    def __init__(self, file: IO[bytes], most: int) -> None:
        self._file = file
        self._most = most
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > self._most:
            raise BadZip("the ZIP file says that it has far too many files: pack fewer into one")
        return self._file.read(min(size, self._most) if size >= 0 else self._most)


def _check(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: ZipLimits) -> None:
    if any(name in archive.NameToInfo for name in OFFICE):
        raise BadZip("this is an office document or a program, not a ZIP file of pictures: save the document as PDF")
    if not entries:
        raise BadZip("there is no file in this ZIP file: pack the pictures into one, and send that")
    if len(entries) > limits.files:
        raise BadZip(
            "the ZIP file has {count:,} files, a batch has at most {most:,}: pack fewer",
            count=len(entries),
            most=limits.files,
        )
    if sum(entry.file_size for entry in entries) > limits.bytes:
        raise BadZip(
            "the ZIP file has more than {most:,.0f} MB unpacked: pack fewer files into one", most=limits.bytes / 1e6
        )


def _unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: ZipLimits) -> File:
    """No more is unpacked than the file says that it has: zipfile stops there, and compares the checksum."""
    name = _shown(entry.filename)
    if said := _refusal(entry, limits):
        return File(name, error=said)
    try:
        with archive.open(entry) as packed:
            content = packed.read(limits.file_bytes + 1)
    except (zipfile.BadZipFile, ZlibError, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
        return File(name, error=marked("the file is damaged in the ZIP file: pack it anew, and send it again"))
    if content.startswith(ZIP):
        return File(
            name, error=marked("a ZIP file or an office document within a ZIP file is not opened: send it by itself")
        )
    return (
        File(name, content) if content else File(name, error=marked("the file is empty: save it again, and send that"))
    )


def _refusal(entry: zipfile.ZipInfo, limits: ZipLimits) -> str:
    """Why a file is not even unpacked; empty where it is."""
    if stat.S_ISLNK(entry.external_attr >> 16):
        return marked("it is a link, not a file: pack the file itself")
    if entry.flag_bits & LOCKED:
        return marked("it is locked by a password: pack it without one, and send that")
    if entry.compress_type not in UNPACKED:
        return marked("it is packed in a way that numink does not know: pack it as an ordinary ZIP file")
    if entry.file_size > limits.file_bytes:
        return too_large(limits.file_bytes)
    if entry.file_size > SMALL and entry.file_size > limits.ratio * entry.compress_size:
        return f"it is more than {limits.ratio} times as large unpacked, as no picture is: send it by itself"
    return ""


def _is_junk(path: str) -> bool:
    parts = path.split("/")
    return any(part in JUNK for part in parts) or parts[-1].startswith("._")


def _shown(path: str) -> str:
    """A path in a ZIP file as it may be shown: no root, no way up, no signs that cannot be seen."""
    parts = printable(path.replace("\\", "/")).split("/")
    return "/".join(part for part in parts if part.strip(" .")) or "unnamed"
