"""Passwords: what may be one, by how many guesses it takes (zxcvbn), and its Argon2id hash. The only home of both."""

from __future__ import annotations

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from .refusals import InvalidAccountData

MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH = 10, 200
"""Signs of a password."""
GUESSED, OF_WHICH = 72, 3
"""Signs that are looked at, and the least score of 0 to 4: more than a hundred million guesses."""
KILOBYTES, ROUNDS = 19 * 1024, 2
"""OWASP's least for Argon2id with one lane: 30 ms and 19 MB for each check."""
AT_ONCE = 2
"""Checks that run together, so that many log-ins at once take neither all memory nor all cores."""


class Passwords:
    """Safe for many threads."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=ROUNDS, memory_cost=KILOBYTES, parallelism=1)
        self._turns = threading.BoundedSemaphore(AT_ONCE)
        self._nobodys = self._hasher.hash("nobody's password")

    def hash(self, password: str, email: str) -> str:
        """To be kept. Raises InvalidAccountData where the password is too easy to guess."""
        if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
            raise InvalidAccountData(
                "a password has from {least} to {most} signs: "
                "several words in a row are hard to guess, and easy to keep in mind",
                least=MIN_PASSWORD_LENGTH,
                most=MAX_PASSWORD_LENGTH,
            )
        if _score(password, email) < OF_WHICH:
            raise InvalidAccountData(
                "this password is too easy to guess: several words in a row are hard to guess, and easy to keep in mind"
            )
        with self._turns:
            return self._hasher.hash(_signs(password))

    def fits(self, kept: str, password: str) -> bool:
        """Whether it is the password of the hash; takes as long where there is no hash."""
        with self._turns:
            try:
                return self._hasher.verify(kept or self._nobodys, _signs(password[: MAX_PASSWORD_LENGTH + 1])) and bool(
                    kept
                )
            except (VerificationError, InvalidHashError):
                return False


def _score(password: str, email: str) -> int:
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take a tenth of a second to load, and 8 MB

    return int(zxcvbn(password[:GUESSED], [email, *email.split("@"), "numink"])["score"])


def _signs(password: str) -> bytes:
    """The same bytes on every keyboard (NFKC, as NIST SP 800-63B asks for)."""
    return unicodedata.normalize("NFKC", password).encode()
