"""What accounts refuse; each message says what to do."""

from __future__ import annotations

from ..errors import NuminkError


class InvalidAccountData(NuminkError):
    """An e-mail address, a password or a name that cannot be taken."""

    kind = "invalid"


class WrongPassword(NuminkError):
    """The password is not that of the account."""

    kind = "wrong-password"


class LinkExpired(NuminkError):
    """A link of a mail that was used, or is too old."""

    kind = "link-gone"


class RegistrationClosed(NuminkError):
    """Nobody can register at present."""

    kind = "registration-closed"


class AccountNotFound(NuminkError):
    """There is no such account."""

    kind = "no-account"


class DailyQuotaExceeded(NuminkError):
    """All readings of the day are spent; `retry_after` seconds until there are new ones."""

    kind = "quota-readings"

    def __init__(self, detail: str, retry_after: int, **values: object) -> None:
        super().__init__(detail, **values)
        self.retry_after = retry_after


class StorageQuotaExceeded(NuminkError):
    """The pictures that are kept take all the room of an account."""

    kind = "quota-pictures"
