"""The archive in which Watson takes a model."""

from __future__ import annotations

import tarfile
from pathlib import Path


def pack(model: Path, target: Path) -> Path:
    """The ONNX file alone in a tar.gz, as Watson takes it; a bare one is refused. Gives `target`."""
    with tarfile.open(target, "w:gz") as archive:
        archive.add(model, arcname=model.name)
    return target
