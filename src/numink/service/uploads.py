"""Files in an upload: the entries of a ZIP file, within limits, or the uploaded file itself.

No file is ever written under a name from a ZIP file; names are only displayed. A file that cannot be read carries a
sentence with the reason.
"""

from __future__ import annotations

import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from zlib import error as ZlibError  # noqa: N812 - it is a class

from ..errors import InputError, marked
from ..store.batches import File
from .filenames import printable

ZIP_SIGNATURES = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")
"""First bytes of a ZIP file, of an empty one, and of one in several parts."""
SYSTEM_FILES = ("__MACOSX", ".DS_Store", "Thumbs.db", "desktop.ini")
"""Files that operating systems add on their own; they are skipped."""
PACKAGE_MARKERS = ("[Content_Types].xml", "mimetype", "META-INF/MANIFEST.MF")
"""Entries that mark an office document or a program packed as a ZIP file."""
SUPPORTED_COMPRESSION = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
"""Compression methods that are unpacked: those of ordinary programs, which need little memory."""
RATIO_EXEMPT_BYTES = 1_000_000
"""Size up to which the compression ratio is not checked: a picture of white paper compresses well."""
DIRECTORY_BYTES_PER_FILE = 600
"""Size of a ZIP file's directory per permitted file: enough for the two records of a name of 250 characters."""
DIRECTORY_BASE_BYTES = 1_000_000
"""Size of a ZIP file's directory that is permitted besides, so that a few files too many are counted and named."""
ENCRYPTED_FLAG = 0x1
"""Flag of an entry with a password."""


class BadZip(InputError):
    """A ZIP file that cannot be opened or exceeds a limit."""

    kind = "bad-zip"


@dataclass(frozen=True)
class ZipLimits:
    """Limits of a ZIP file: number of files, bytes of one file, bytes of all, and compression ratio."""

    files: int
    file_bytes: int
    bytes: int
    ratio: int


def files_in(upload: IO[bytes], name: str, limits: ZipLimits) -> Iterator[File]:
    """Yield the files of an upload, of which only one is in memory at a time. Raises BadZip before the first."""
    display_name = printable(name) or "unnamed"
    signature = upload.read(4)
    upload.seek(0)
    if signature not in ZIP_SIGNATURES:
        content = upload.read(limits.file_bytes + 1)
        yield (
            File(display_name, error=too_large(limits.file_bytes))
            if len(content) > limits.file_bytes
            else File(display_name, content)
        )
        return
    with _open_zip(upload, limits) as archive:
        entries = [entry for entry in archive.infolist() if not (entry.is_dir() or _is_system_file(entry.filename))]
        _check(archive, entries, limits)
        for entry in entries:
            yield _unpack(archive, entry, limits)


def too_large(limit: int) -> str:
    """Return the error message for a file of more than `limit` bytes."""
    return f"the file has more than {limit / 1e6:.1f} MB: make the picture smaller, and send it again"


def _open_zip(upload: IO[bytes], limits: ZipLimits) -> zipfile.ZipFile:
    max_directory_bytes = DIRECTORY_BYTES_PER_FILE * limits.files + DIRECTORY_BASE_BYTES
    try:
        return zipfile.ZipFile(_BoundedReader(upload, max_directory_bytes))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError):
        raise BadZip("the ZIP file is damaged or incomplete: create it again, and send it again") from None


class _BoundedReader:
    """A file that refuses to read more than `limit` bytes at once: zipfile reads the directory of a file as a whole."""

    def __init__(self, file: IO[bytes], limit: int) -> None:
        self._file = file
        self._limit = limit
        self.seek, self.tell, self.seekable = file.seek, file.tell, file.seekable

    def read(self, size: int = -1) -> bytes:
        if size > self._limit:
            raise BadZip("the ZIP file lists far too many files: put fewer into one")
        return self._file.read(min(size, self._limit) if size >= 0 else self._limit)


def _check(archive: zipfile.ZipFile, entries: list[zipfile.ZipInfo], limits: ZipLimits) -> None:
    if any(name in archive.NameToInfo for name in PACKAGE_MARKERS):
        raise BadZip("this is an office document or a program, not a ZIP file of pictures: save the document as PDF")
    if not entries:
        raise BadZip("the ZIP file is empty: put the pictures into it, and send it again")
    if len(entries) > limits.files:
        raise BadZip(
            "the ZIP file has {count:,} files, and a batch may have {most:,}: put fewer into one",
            count=len(entries),
            most=limits.files,
        )
    if sum(entry.file_size for entry in entries) > limits.bytes:
        raise BadZip(
            "the ZIP file has more than {most:,.0f} MB unpacked: put fewer files into one", most=limits.bytes / 1e6
        )


def _unpack(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limits: ZipLimits) -> File:
    """Unpack one file; zipfile stops at the size that the entry declares, and compares the checksum."""
    name = _display_path(entry.filename)
    if reason := _reason_to_skip(entry, limits):
        return File(name, error=reason)
    try:
        with archive.open(entry) as packed:
            content = packed.read(limits.file_bytes + 1)
    except (zipfile.BadZipFile, ZlibError, EOFError, OSError, ValueError, RuntimeError, NotImplementedError):
        return File(
            name, error=marked("the file is damaged within the ZIP file: create the ZIP file again, and send it again")
        )
    if content.startswith(ZIP_SIGNATURES):
        return File(
            name,
            error=marked("ZIP files and office documents within a ZIP file are not opened: send this file by itself"),
        )
    return File(name, content) if content else File(name, error=marked("the file is empty: save it again, and send it"))


def _reason_to_skip(entry: zipfile.ZipInfo, limits: ZipLimits) -> str:
    """Return the reason why a file is not unpacked, empty where it is."""
    if stat.S_ISLNK(entry.external_attr >> 16):
        return marked("the entry is a link, not a file: put the file itself into the ZIP file")
    if entry.flag_bits & ENCRYPTED_FLAG:
        return marked("the file has a password: create the ZIP file without one, and send it again")
    if entry.compress_type not in SUPPORTED_COMPRESSION:
        return marked("the compression method of this file is not supported: create an ordinary ZIP file")
    if entry.file_size > limits.file_bytes:
        return too_large(limits.file_bytes)
    if entry.file_size > RATIO_EXEMPT_BYTES and entry.file_size > limits.ratio * entry.compress_size:
        return f"the file is more than {limits.ratio} times as large unpacked, as no picture is: send it by itself"
    return ""


def _is_system_file(path: str) -> bool:
    parts = path.split("/")
    return any(part in SYSTEM_FILES for part in parts) or parts[-1].startswith("._")


def _display_path(path: str) -> str:
    """Return a path from a ZIP file without root, parent directories and control characters."""
    parts = printable(path.replace("\\", "/")).split("/")
    return "/".join(part for part in parts if part.strip(" .")) or "unnamed"
