"""numink reads handwritten numbers from pictures.

>>> import numpy as np
>>> from numink import Reader
>>> picture = np.full((200, 100), 255, np.uint8)
>>> picture[40:160, 45:55] = 0  # an upright stroke of a black pen
>>> Reader().read(picture).text
'1'
"""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from .errors import NuminkError
from .reader import Reader
from .recognition.constraints import Constraints
from .recognition.digit_model import Classifier as Classifier
from .results import Box, Digit, Number, Page

__all__ = ["Box", "Client", "Constraints", "Digit", "Number", "NuminkError", "Page", "Reader", "__version__"]
__version__ = version("numink")

if TYPE_CHECKING:
    from .client import Client


def __getattr__(name: str) -> Any:
    """Import `Client` on first use: HTTP and TLS take longer to load than all of the reader's own code."""
    if name != "Client":
        raise AttributeError(f"module 'numink' has no attribute '{name}'")
    from .client import Client  # noqa: PLC0415

    return Client
