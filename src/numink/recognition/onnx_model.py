"""A model file, opened: ONNX Runtime behind two words, and the check of what the file says about itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from numpy.typing import NDArray

from ..errors import ModelError

MODELS = Path(__file__).parents[1] / "models"
"""Where the shipped models lie."""


class ModelFile:
    """One network, loaded once and shared by all threads; one thread a call, since calls come from many threads."""

    def __init__(self, path: Path) -> None:
        """Raises ModelError where there is no such file, or it is no model."""
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
        """What the file says under `names`. Raises ModelError for the first that is missing or not as `expected`."""
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
        """The network's answer to a batch."""
        answer: NDArray[np.float32] = self._session.run(None, {self._input: values})[0]
        return answer
