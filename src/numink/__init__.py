"""numink: handwritten digits, read right.

>>> from numink import Reader
>>> Reader().read("digit.png").text
'7'
"""

from importlib.metadata import version

from .errors import NuminkError
from .pattern import Known
from .reader import Reader
from .results import Box, Digit, Number, Page

__all__ = ["Box", "Digit", "Known", "Number", "NuminkError", "Page", "Reader", "__version__"]
__version__ = version("numink")
