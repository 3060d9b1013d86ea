"""Where Watson is and whose key opens it; and texts without that key."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

TOKEN = re.compile(r"(Bearer\s+\S+|eyJ[\w-]+\.[\w.-]+)")
"""What a token of IAM looks like in a text."""
HIDDEN = "***"
LONGEST = 200
"""So much of what a service says is told."""


@dataclass(frozen=True)
class Account:
    """An instance of watsonx.ai Runtime and a deployment space in it. Addresses are https:// and without a path."""

    apikey: str = field(repr=False)
    space: str
    url: str = "https://us-south.ml.cloud.ibm.com"
    iam_url: str = "https://iam.cloud.ibm.com"
    platform_url: str = ""
    """Where spaces and assets are kept; empty: as IBM's library knows it for `url`."""
    certificates: Path | None = None
    """A PEM file of authorities to trust instead of the usual ones. Whom nobody vouches for is never talked to."""

    @property
    def verify(self) -> str | bool:
        """As HTTP libraries take it; never False."""
        return str(self.certificates) if self.certificates else True

    def told(self, text: object) -> str:
        """What a service said, on one line, without the key or a token, and not too long."""
        clean = TOKEN.sub(HIDDEN, str(text).replace(self.apikey, HIDDEN) if self.apikey else str(text))
        line = " ".join("".join(sign if sign.isprintable() else " " for sign in clean).split())
        return line if len(line) <= LONGEST else line[:LONGEST] + " ..."
