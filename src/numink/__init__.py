"""numink: handwritten digits, read right.

>>> from numink import Reader
>>> Reader().read("digit.png").text
'7'
"""

from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from .errors import NuminkError
from .reader import Reader
from .recognition.constraints import Constraints
from .results import Box, Digit, Number, Page

__all__ = ["Box", "Client", "Constraints", "Digit", "Number", "NuminkError", "Page", "Reader", "__version__"]
__version__ = version("numink")

if TYPE_CHECKING:
    from .client import Client


def __getattr__(name: str) -> Any:
    """`Client` when it is first asked for: HTTP and TLS take longer to load than all of the reader's own code."""
    if name != "Client":
        raise AttributeError(f"module 'numink' has no attribute '{name}'")
    from .client import Client  # noqa: PLC0415

    return Client
