"""Address of and credentials for IBM Watson, and texts of the service without the credentials."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

TOKEN_PATTERN = re.compile(r"(Bearer\s+\S+|eyJ[\w-]+\.[\w.-]+)")
"""IAM tokens in a text."""
REDACTED = "***"
MAX_TEXT_LENGTH = 200
"""Characters of a service's text that are quoted in an error message."""


@dataclass(frozen=True)
class Account:
    """An instance of watsonx.ai Runtime, and a deployment space in it. Addresses are https:// without a path."""

    apikey: str = field(repr=False)
    space: str
    """Id of the deployment space."""
    url: str = "https://us-south.ml.cloud.ibm.com"
    """Address of watsonx.ai Runtime."""
    iam_url: str = "https://iam.cloud.ibm.com"
    """Address of IBM Cloud's token service."""
    platform_url: str = ""
    """Address of the service for spaces and assets; empty: the one that IBM's library knows for `url`."""
    certificates: Path | None = None
    """PEM file of certificate authorities to trust instead of the default ones."""

    @property
    def verify(self) -> str | bool:
        """The `verify` option of HTTP libraries; never False."""
        return str(self.certificates) if self.certificates else True

    def redacted(self, text: object) -> str:
        """Return a text of the service on one line, shortened, without the key and without tokens.

        Example:
            >>> Account("secret", "space").redacted("no secret, no Bearer abc.def")
            'no ***, no ***'
        """
        clean = TOKEN_PATTERN.sub(REDACTED, str(text).replace(self.apikey, REDACTED) if self.apikey else str(text))
        line = " ".join("".join(char if char.isprintable() else " " for char in clean).split())
        return line if len(line) <= MAX_TEXT_LENGTH else line[:MAX_TEXT_LENGTH] + " ..."
