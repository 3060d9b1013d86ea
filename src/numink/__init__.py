"""numink reads handwritten numbers from pictures.

>>> import numpy as np
>>> from numink import Reader
>>> picture = np.full((200, 100), 255, np.uint8)
>>> picture[40:160, 45:55] = 0  # an upright stroke of a black pen
>>> Reader().read(picture).text
'1'
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .client import Client
    from .errors import NuminkError
    from .reader import Reader
    from .recognition.constraints import Constraints
    from .recognition.digit_model import Classifier as Classifier
    from .results import Box, Digit, Number, Page

    __version__: str

__all__ = ["Box", "Client", "Constraints", "Digit", "Number", "NuminkError", "Page", "Reader", "__version__"]
HOMES = {
    "Box": "results", "Classifier": "recognition.digit_model", "Client": "client",
    "Constraints": "recognition.constraints", "Digit": "results", "Number": "results", "NuminkError": "errors",
    "Page": "results", "Reader": "reader",
}  # fmt: skip
"""Modules of the public names."""


def __getattr__(name: str) -> Any:
    """Import a public name on first use, so that a decoder process need not load all of numink."""
    if name == "__version__":
        return import_module("importlib.metadata").version("numink")
    if name not in HOMES:
        raise AttributeError(f"module 'numink' has no attribute '{name}'")
    return getattr(import_module(f".{HOMES[name]}", __name__), name)
