"""Limits of log-in attempts, wrong API keys and e-mails, by network address and account, counted in this process."""

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
ADDRESS_FACTOR = 5
"""Limit of a network address as a multiple of an account's: a whole school may share one address."""


class TooManyAttempts(NuminkError):
    """Too many attempts; `retry_after` is the number of seconds to wait."""

    kind = "too-many-tries"

    def __init__(self, retry_after: int) -> None:
        minutes = max(1, round(retry_after / 60))
        super().__init__(
            marked("there were too many attempts: wait 1 minute")
            if minutes == 1
            else marked("there were too many attempts: wait {count} minutes"),
            count=minutes,
        )
        self.retry_after = retry_after


class AttemptLimiter:
    """Counts attempts and refuses those over a limit. Raises SettingsError for invalid limits."""

    def __init__(self, settings: Settings) -> None:
        self._login_limit = parse_limits("NUMINK_LOGIN_LIMIT", settings.login_limit)[0]
        self._mail_limit = parse_limits("NUMINK_MAIL_LIMIT", settings.mail_limit)[0]
        self._counts = MovingWindowRateLimiter(MemoryStorage())

    def count_log_in(self, address: str, email: str) -> None:
        """Count an attempt to log in. Raises TooManyAttempts."""
        self._test(_address_limit(self._login_limit), "log in from", address)
        self._hit(self._login_limit, "log in", email)

    def log_in_failed(self, address: str) -> None:
        """Count a wrong password against the network address."""
        log.info("a log-in from %s failed", address)
        self._counts.hit(_address_limit(self._login_limit), "log in from", address)

    def log_in_succeeded(self, email: str) -> None:
        """Reset the attempts of an account after the right password."""
        self._counts.clear(self._login_limit, "log in", email)

    def test_key(self, address: str, label: str) -> None:
        """Raise TooManyAttempts after too many wrong keys from an address, or with this label from there.

        A program that goes on with a revoked key is stopped by the second, before it counts against its neighbours.
        """
        self._test(_address_limit(self._login_limit), "key from", address)
        self._test(self._login_limit, "key", address, label)

    def key_failed(self, address: str, label: str) -> None:
        """Count a wrong API key."""
        log.warning("a request from %s had a wrong API key (%s)", address, label or "malformed")
        self._counts.hit(_address_limit(self._login_limit), "key from", address)
        self._counts.hit(self._login_limit, "key", address, label)

    def count_mail(self, address: str, email: str) -> None:
        """Count a request for an e-mail. Raises TooManyAttempts."""
        self._hit(_address_limit(self._mail_limit), "mail from", address)
        self._hit(self._mail_limit, "mail", email)

    def _test(self, limit: RateLimitItem, *keys: str) -> None:
        if not self._counts.test(limit, *keys):
            raise self._too_many(limit, *keys)

    def _hit(self, limit: RateLimitItem, *keys: str) -> None:
        if not self._counts.hit(limit, *keys):
            raise self._too_many(limit, *keys)

    def _too_many(self, limit: RateLimitItem, *keys: str) -> TooManyAttempts:
        log.warning("too many attempts: %s", keys[0])
        reset_time = self._counts.get_window_stats(limit, *keys).reset_time
        return TooManyAttempts(max(1, int(reset_time - time.time()) + 1))


def parse_limits(name: str, text: str) -> Sequence[RateLimitItem]:
    """Parse the limits in the setting `name`, such as '60 per minute'. Raises SettingsError."""
    try:
        return parse_many(text)
    except ValueError:
        raise SettingsError(f"{name} is '{text}': write it like '60 per minute'") from None


def _address_limit(limit: RateLimitItem) -> RateLimitItem:
    return type(limit)(limit.amount * ADDRESS_FACTOR, limit.multiples)
