"""Archive in which Watson accepts a model."""

from __future__ import annotations

import tarfile
from pathlib import Path


def pack(model: Path, target: Path) -> Path:
    """Write the tar.gz with the ONNX file that Watson requires; return its path, `target`."""
    with tarfile.open(target, "w:gz") as archive:
        archive.add(model, arcname=model.name)
    return target
