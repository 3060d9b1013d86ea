"""The lock files of requirements/, as the tests read them."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

REQUIREMENTS = Path(__file__).parents[1] / "requirements"


@dataclass(frozen=True)
class Locked:
    """One dependency of a lock file."""

    name: str
    version: str
    here: bool
    """Whether its marker holds for this Python and platform."""
    hashes: tuple[str, ...]


def locked(name: str) -> list[Locked]:
    """Return the dependencies of one lock file."""
    entries = (REQUIREMENTS / f"{name}.txt").read_text().replace("\\\n", " ").splitlines()
    return [_entry(entry) for entry in entries if entry[:1].isalnum()]


def _entry(text: str) -> Locked:
    requirement, *hashes = text.split(" --hash=")
    parsed = Requirement(requirement)
    (pin,) = parsed.specifier
    assert pin.operator == "==", f"{text} names no exact version"
    here = parsed.marker is None or parsed.marker.evaluate()
    return Locked(canonicalize_name(parsed.name), pin.version, here, tuple(word.strip() for word in hashes))


def versions_here(*names: str) -> dict[str, str]:
    """Return the versions that this machine gets from some lock files, by name."""
    return {entry.name: entry.version for name in names for entry in locked(name) if entry.here}
