"""Who tries too often: log-ins and mails, counted by address and by account, in this process's memory."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence

from limits import RateLimitItem, parse_many
from limits.storage import MemoryStorage
from limits.strategies import MovingWindowRateLimiter

from ...errors import NuminkError, SettingsError, marked
from ...settings import Settings

log = logging.getLogger(__name__)
PLACE = 5
"""A network address, behind which a whole school may sit, has so many times what one account has."""


class TooManyTries(NuminkError):
    """Wait; `retry_after` seconds."""

    kind = "too-many-tries"

    def __init__(self, retry_after: int) -> None:
        minutes = max(1, round(retry_after / 60))
        super().__init__(
            marked("this was tried too often: wait 1 minute")
            if minutes == 1
            else marked("this was tried too often: wait {count} minutes"),
            count=minutes,
        )
        self.retry_after = retry_after


class Throttle:
    """Raises SettingsError for limits without sense."""

    def __init__(self, settings: Settings) -> None:
        self._login = limits_of("NUMINK_LOGIN_LIMIT", settings.login_limit)[0]
        self._mail = limits_of("NUMINK_MAIL_LIMIT", settings.mail_limit)[0]
        self._counts = MovingWindowRateLimiter(MemoryStorage())

    def log_in(self, address: str, email: str) -> None:
        """Somebody tries to log in. Raises TooManyTries."""
        if not self._counts.test(_larger(self._login), "log in from", address):
            raise self._too_many(_larger(self._login), "log in from", address)
        self._hit(self._login, "log in", email)

    def failed(self, address: str) -> None:
        """The password was wrong."""
        log.info("a log-in from %s failed", address)
        self._counts.hit(_larger(self._login), "log in from", address)

    def succeeded(self, email: str) -> None:
        """The password was right: what was tried before is forgotten."""
        self._counts.clear(self._login, "log in", email)

    def mail(self, address: str, email: str) -> None:
        """Somebody asks for a mail. Raises TooManyTries."""
        self._hit(_larger(self._mail), "mail from", address)
        self._hit(self._mail, "mail", email)

    def _hit(self, limit: RateLimitItem, *names: str) -> None:
        if not self._counts.hit(limit, *names):
            raise self._too_many(limit, *names)

    def _too_many(self, limit: RateLimitItem, *names: str) -> TooManyTries:
        log.warning("too many tries: %s", names[0])
        until = self._counts.get_window_stats(limit, *names).reset_time
        return TooManyTries(max(1, int(until - time.time()) + 1))


def limits_of(name: str, text: str) -> Sequence[RateLimitItem]:
    """Limits as a setting has them. Raises SettingsError."""
    try:
        return parse_many(text)
    except ValueError:
        raise SettingsError(f"{name} is '{text}', which is not like '60 per minute'") from None


def _larger(limit: RateLimitItem) -> RateLimitItem:
    return type(limit)(limit.amount * PLACE, limit.multiples)
