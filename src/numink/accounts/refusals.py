"""Errors of accounts; each message ends with advice."""

from __future__ import annotations

from ..errors import NuminkError


class InvalidAccountData(NuminkError):
    """An e-mail address, a password or a name is invalid or taken."""

    kind = "invalid"


class WrongPassword(NuminkError):
    """The password is not that of the account."""

    kind = "wrong-password"


class LinkExpired(NuminkError):
    """A link of an e-mail was used already, or is too old."""

    kind = "link-gone"


class RegistrationClosed(NuminkError):
    """Registration is closed."""

    kind = "registration-closed"


class AccountNotFound(NuminkError):
    """There is no such account, or it is blocked."""

    kind = "no-account"


class DailyQuotaExceeded(NuminkError):
    """All readings of the day are used; `retry_after` is the number of seconds until the next day."""

    kind = "quota-readings"

    def __init__(self, detail: str, retry_after: int, **values: object) -> None:
        super().__init__(detail, **values)
        self.retry_after = retry_after


class StorageQuotaExceeded(NuminkError):
    """The pictures of an account use all of its storage."""

    kind = "quota-pictures"
