"""Model files: ONNX Runtime behind two methods, and the check of a file's metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ..errors import ModelError

MODELS = Path(__file__).parents[1] / "models"
"""Folder of the shipped models."""


class ModelFile:
    """A network in an ONNX file, loaded once and shared by all threads.

    Each call runs on one thread, since calls come from many threads at once.
    """

    def __init__(self, path: Path) -> None:
        """Load the file at `path`. Raises ModelError where it is missing or not a model."""
        self.path = path
        if not path.is_file():
            raise ModelError(f"there is no model file {path}: install numink again, or make one with 'numink train'.")
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        options.inter_op_num_threads = 1
        options.log_severity_level = 3
        options.enable_cpu_mem_arena = False
        options.add_session_config_entry("session.intra_op.allow_spinning", "0")
        try:
            self._session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime's exceptions share no base class of their own
            raise ModelError(
                f"{path} cannot be loaded ({str(error).splitlines()[0][:160]}): "
                "it is damaged or not an ONNX model; install numink again, or make one with 'numink train'."
            ) from None
        self._input = self._session.get_inputs()[0].name

    def metadata(self, names: Sequence[str], expected: Mapping[str, str]) -> dict[str, str]:
        """Return the metadata under `names`. Raises ModelError for the first that is missing or not as `expected`."""
        metadata: dict[str, str] = self._session.get_modelmeta().custom_metadata_map
        for name in names:
            if name not in metadata:
                raise ModelError(
                    f"{self.path} is not a numink model: its metadata has no '{name}'. "
                    "Make one with 'numink train', or take the shipped one."
                )
        for name, value in expected.items():
            if metadata[name] != value:
                raise ModelError(
                    f"{self.path} was made for {name} '{metadata[name]}', this numink reads with '{value}': "
                    "train it again with this version."
                )
        return {name: metadata[name] for name in names}

    def run(self, values: NDArray[np.float32]) -> NDArray[np.float32]:
        """Return the network's output for a batch."""
        output: NDArray[np.float32] = self._session.run(None, {self._input: values})[0]
        return output
