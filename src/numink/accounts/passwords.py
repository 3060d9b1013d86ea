"""Passwords: a check of their strength (zxcvbn), and Argon2id hashes."""

from __future__ import annotations

import threading
import unicodedata

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from .refusals import InvalidAccountData

MIN_PASSWORD_LENGTH, MAX_PASSWORD_LENGTH = 10, 200
"""Characters of a password."""
SCORED_LENGTH = 72
"""Characters from the start of a password that zxcvbn scores."""
MIN_SCORE = 3
"""Least score of zxcvbn, 0 to 4: more than a hundred million guesses."""
MEMORY_KILOBYTES, ITERATIONS = 19 * 1024, 2
"""OWASP's minimum for Argon2id with one lane: 30 ms and 19 MB for each hash."""
MAX_CONCURRENT_HASHES = 2
"""Hashes computed at a time, so that many log-ins at once use neither all memory nor all cores."""


class Passwords:
    """Hashes and checks passwords; thread-safe."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=ITERATIONS, memory_cost=MEMORY_KILOBYTES, parallelism=1)
        self._slots = threading.BoundedSemaphore(MAX_CONCURRENT_HASHES)
        self._dummy_hash = self._hasher.hash("nobody's password")

    def check(self, password: str, email: str) -> None:
        """Raise InvalidAccountData for a weak password or one of a wrong length."""
        if not MIN_PASSWORD_LENGTH <= len(password) <= MAX_PASSWORD_LENGTH:
            raise InvalidAccountData(
                "a password has {least} to {most} characters: "
                "several words in a row are hard to guess and easy to remember",
                least=MIN_PASSWORD_LENGTH,
                most=MAX_PASSWORD_LENGTH,
            )
        if _score(password, email) < MIN_SCORE:
            raise InvalidAccountData(
                "this password is too easy to guess: several words in a row are hard to guess and easy to remember"
            )

    def hash(self, password: str, email: str) -> str:
        """Return the hash to store. Raises InvalidAccountData for a weak password or one of a wrong length."""
        self.check(password, email)
        with self._slots:
            return self._hasher.hash(normalised(password))

    def matches(self, password_hash: str, password: str) -> bool:
        """Return whether the password has this hash; an empty hash, which matches none, takes as long to check."""
        content = normalised(password)
        with self._slots:
            try:
                return self._hasher.verify(password_hash or self._dummy_hash, content) and bool(password_hash)
            except (VerificationError, InvalidHashError):
                return False


def _score(password: str, email: str) -> int:
    from zxcvbn import zxcvbn  # noqa: PLC0415 - its lists take a tenth of a second to load, and 8 MB

    return int(zxcvbn(password[:SCORED_LENGTH], [email, *email.split("@"), "numink"])["score"])


def normalised(password: str) -> str:
    """Return the same text for every keyboard (NFKC, as NIST SP 800-63B recommends), cut where it is too long."""
    return unicodedata.normalize("NFKC", password[: MAX_PASSWORD_LENGTH + 1])
