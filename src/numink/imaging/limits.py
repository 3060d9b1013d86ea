"""Limits on the size of pictures and documents, and on the time and memory that decoding them takes."""

from __future__ import annotations

from dataclasses import dataclass

from ..errors import TooLarge, marked

TOO_MANY_PIXELS = marked(
    "the picture has {pixels} pixels, the limit is {most:.0f} million and {side} a side: "
    "make it smaller, or raise NUMINK_MAX_PIXELS"
)
TOO_MUCH_MEMORY = marked(
    "decoding the picture takes {needed:.0f} MB of memory, the limit is {most:.0f} MB: "
    "make it smaller, save it as JPEG or PNG, or raise NUMINK_DECODE_BYTES"
)
TOO_COMPLEX = marked(
    "page {page} takes too much memory or time to decode: open it in a viewer and save it as a smaller picture"
)


@dataclass(frozen=True)
class Limits:
    """Limits on the size of a picture or document.

    Example:
        >>> Limits(max_pages=10).max_pages
        10
    """

    max_bytes: int = 20_000_000
    """Bytes of the file."""
    max_pixels: int = 50_000_000
    """Pixels of a picture or page."""
    max_side: int = 30_000
    """Pixels of the longer side."""
    max_frames: int = 1_000
    """Frames of an animation; only the first that is not empty is read."""
    max_pages: int = 100
    """Pages of a document."""
    max_memory: int = 300_000_000
    """Bytes of memory that decoding a picture or page may take."""
    max_seconds: float = 2.0
    """Processor time that decoding a picture or page may take, in seconds."""
    max_wait: float = 30.0
    """Seconds for which a picture waits until other large ones are decoded."""

    def check_bytes(self, size: int) -> None:
        """Raise TooLarge for a file of too many bytes."""
        if size > self.max_bytes:
            raise TooLarge(
                "the file has {size:.1f} MB, the limit is {most:.1f} MB: "
                "make the picture smaller, or raise NUMINK_MAX_BYTES", size=size / 1e6, most=self.max_bytes / 1e6,
            )  # fmt: skip

    def check_size(self, width: int, height: int) -> None:
        """Raise TooLarge for a picture of too many pixels."""
        if width * height > self.max_pixels or max(width, height) > self.max_side:
            raise self.too_many_pixels(f"{width} x {height}")

    def too_many_pixels(self, pixels: str) -> TooLarge:
        """Return the error for a picture of too many pixels, a text."""
        return TooLarge(TOO_MANY_PIXELS, pixels=pixels, most=self.max_pixels / 1e6, side=self.max_side)

    def check_frames(self, count: int) -> None:
        """Raise TooLarge for an animation of too many frames."""
        if count > self.max_frames:
            raise TooLarge(
                "the picture has more than {most} frames: save the frame to read as a picture of its own",
                most=self.max_frames,
            )

    def check_pages(self, message: str, count: int) -> None:
        """Raise TooLarge with `message`, a text with {count} and {most}, for a document of too many pages."""
        if count > self.max_pages:
            raise TooLarge(message, count=count, most=self.max_pages)

    def check_memory(self, needed: int) -> None:
        """Raise TooLarge for a picture whose decoding takes too much memory."""
        if needed > self.max_memory:
            raise TooLarge(TOO_MUCH_MEMORY, needed=needed / 1e6, most=self.max_memory / 1e6)
