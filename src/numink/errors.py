"""The one family of errors. Each message says what is wrong and what to do; each class has a stable `kind`.

    NuminkError
    ├── InputError              this picture or file cannot be read (the next one may)
    │   ├── NoSuchFile          nothing there, a folder, or no permission
    │   ├── TooLarge            over a limit of bytes, pixels or frames
    │   ├── NotAPicture         not a picture, or a kind of file that is not supported
    │   ├── BrokenPicture       a picture that cannot be decoded
    │   └── NothingThere        a picture without ink, where ink is asked about
    ├── BadKnowledge            what was said to be known of the numbers makes no sense
    ├── ModelError              a model file is missing, damaged or of another contract
    ├── DataError               training or evaluation data is missing or wrong
    ├── SettingsError           a NUMINK_* variable is unknown or has no sense
    ├── WatsonError             Watson cannot be asked, or the model not be taken there
    │   ├── WatsonAway          no answer, or none in time; it may come back
    │   ├── WatsonBusy          too many requests; later
    │   └── WatsonRefused       it says no, and will again until something is changed
    └── StoreError              the history cannot be read or written
        ├── NotStored           no such reading
        ├── StoreBusy           locked; the same call may work later
        │   └── StoreAway       a store elsewhere that does not answer; likewise
        ├── StoreFull           no room left, on the disk or in the plan
        └── TooLargeToStore     a store elsewhere takes nothing so large

This file does not know exit codes or HTTP: the doors translate.
"""


def marked(message: str) -> str:
    """The same: says that it is shown to people, so that it is found by who translates (`make texts`)."""
    return message


INTERNAL_ERROR = marked("something went wrong inside numink: try again; if it stays, tell who runs this server")
"""What a user is told of a fault that is none of these."""


class NuminkError(Exception):
    """Anything that numink itself reports. `str(error)` is a sentence for the user, in English.

    `message` is that sentence with names in braces, `values` what they stand for: a door can say it in other languages.

    >>> str(NuminkError("more than {count} pages", count=7))
    'more than 7 pages'
    """

    kind = "error"

    def __init__(self, message: str = "", **values: object) -> None:
        super().__init__(message.format(**values) if values else message)
        self.message = message
        self.values = values


class InputError(NuminkError):
    """One input cannot be read; others are not touched."""

    kind = "input"


class NoSuchFile(InputError):
    """There is no readable file of that name."""

    kind = "no-such-file"


class TooLarge(InputError):
    """Over a limit of bytes, pixels or frames."""

    kind = "too-large"


class NotAPicture(InputError):
    """The bytes are not a picture that numink supports."""

    kind = "not-a-picture"


class BrokenPicture(InputError):
    """It begins like a picture, and cannot be decoded."""

    kind = "broken-picture"


class NoForeground(InputError):
    """There is no ink on the picture, where something about its ink was asked."""

    kind = "nothing-there"


class InvalidConstraint(NuminkError):
    """A pattern, a check digit or a list of valid numbers that cannot be used."""

    kind = "bad-knowledge"


class ModelError(NuminkError):
    """A model file is missing, damaged, or made for another contract."""

    kind = "model"


class DataError(NuminkError):
    """Training or evaluation data is missing or wrong."""

    kind = "data"


class SettingsError(NuminkError):
    """A setting is unknown or its value makes no sense."""

    kind = "settings"


class WatsonError(NuminkError):
    """Watson cannot be asked, or a model cannot be taken there."""

    kind = "watson"


class WatsonUnavailable(WatsonError):
    """No answer, half of one, or none in time; the same request may work later."""

    kind = "watson-away"


class WatsonBusy(WatsonError):
    """More requests than are allowed; `seconds` is how long to wait."""

    kind = "watson-busy"

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(f"{message}: wait {seconds:.0f} seconds")
        self.seconds = seconds


class WatsonRefused(WatsonError):
    """The key, the deployment, the certificate or the request is not accepted: somebody must change something."""

    kind = "watson-refused"


class StoreError(NuminkError):
    """The history cannot be read or written."""

    kind = "store"


class ReadingNotFound(StoreError):
    """There is no reading with that id."""

    kind = "not-stored"


class StoreBusy(StoreError):
    """Somebody else holds the store; trying again later may work."""

    kind = "store-busy"


class StoreUnavailable(StoreBusy):
    """A store elsewhere gives no answer, half of one, or none in time."""

    kind = "store-away"


class StoreFull(StoreError):
    """No room left, on the disk or in the plan."""

    kind = "store-full"


class TooLargeToStore(StoreError):
    """One reading that a store elsewhere does not take, and never will."""

    kind = "too-large-to-store"
