"""Errors that numink reports. Each message states the problem and gives advice; each class has a stable `kind`.

    NuminkError
    ├── InputError              one picture or file cannot be read; others are not affected
    │   ├── NoSuchFile          no readable file of that name
    │   ├── TooLarge            a limit of bytes, pixels, frames or pages is exceeded
    │   ├── NotAPicture         not a picture, or not in a supported format
    │   ├── BrokenPicture       a picture or document that cannot be decoded
    │   ├── NoForeground        a picture without pen strokes, where some are required
    │   ├── NotOneCharacter     a picture that plainly holds more than the one character it is to hold
    │   └── InvalidRegion       a region to be read that lies outside the picture, or is none
    ├── DecoderBusy             a large picture had to wait for others for too long; a later attempt may succeed
    ├── InvalidConstraint       a pattern, check digit or list of valid numbers that cannot be used
    ├── InvalidTemplate         a form's template that cannot be used
    ├── ModelError              a model file is missing, damaged or incompatible
    ├── DataError               training or evaluation data is missing or wrong
    ├── SettingsError           a NUMINK_* variable is unknown or invalid
    ├── WatsonError             a request to IBM Watson failed
    │   ├── WatsonUnavailable   no valid answer in time; a later attempt may succeed
    │   ├── WatsonBusy          too many requests
    │   └── WatsonRefused       refused until a setting or the deployment is changed
    └── StoreError              the history cannot be read or written
        ├── ReadingNotFound     no reading with that id
        ├── StoreBusy           locked; a later attempt may succeed
        │   └── StoreUnavailable  no valid answer from a remote store in time; a later attempt may succeed
        ├── StoreFull           no space left on the disk or in the plan
        └── TooLargeToStore     a reading that exceeds the limits of a remote store

The web application and the command line translate errors to HTTP statuses and exit codes.
"""


def marked(message: str) -> str:
    """Return `message` unchanged; marks it for extraction into the translations (`make texts`)."""
    return message


INTERNAL_ERROR = marked(
    "something went wrong inside numink: try again, and contact the server's administrator if it happens again"
)
"""Message to users for an unexpected exception."""


class NuminkError(Exception):
    """Base class of the errors that numink reports; `str(error)` is a sentence for users, in English.

    Attributes:
        kind: Stable name of the kind of error; the type of the problem in the HTTP API.
        message: The sentence with placeholders, for translation.
        values: Values of the placeholders.

    Example:
        >>> str(NuminkError("more than {count} pages", count=7))
        'more than 7 pages'
    """

    kind = "error"

    def __init__(self, message: str = "", **values: object) -> None:
        super().__init__(message.format(**values) if values else message)
        self.message = message
        self.values = values


class InputError(NuminkError):
    """One picture or file cannot be read; others are not affected."""

    kind = "input"


class NoSuchFile(InputError):
    """There is no readable file of that name."""

    kind = "no-such-file"


class TooLarge(InputError):
    """A limit of bytes, pixels, frames or pages is exceeded."""

    kind = "too-large"


class NotAPicture(InputError):
    """The file is not a picture, or not in a supported format."""

    kind = "not-a-picture"


class BrokenPicture(InputError):
    """The picture or document cannot be decoded."""

    kind = "broken-picture"


class NoForeground(InputError):
    """The picture, or the part of it that was asked for, has no pen strokes."""

    kind = "nothing-there"


class NotOneCharacter(InputError):
    """A picture that is to hold exactly one character plainly holds more."""

    kind = "not-one-character"


class InvalidRegion(InputError):
    """A region to be read lies outside the picture."""

    kind = "bad-region"


class DecoderBusy(NuminkError):
    """A large picture had to wait for others for too long; a later attempt may succeed."""

    kind = "queue-full"


class InvalidConstraint(NuminkError):
    """A pattern, a check digit or a list of valid numbers cannot be used."""

    kind = "bad-knowledge"


class InvalidTemplate(NuminkError):
    """A form's template that cannot be used."""

    kind = "invalid-template"


class ModelError(NuminkError):
    """A model file is missing, damaged or incompatible."""

    kind = "model"


class DataError(NuminkError):
    """Training or evaluation data is missing or wrong."""

    kind = "data"


class SettingsError(NuminkError):
    """A setting is unknown or invalid."""

    kind = "settings"


class WatsonError(NuminkError):
    """A request to IBM Watson failed."""

    kind = "watson"


class WatsonUnavailable(WatsonError):
    """Watson gave no valid answer in time; a later attempt may succeed."""

    kind = "watson-away"


class WatsonBusy(WatsonError):
    """Watson received too many requests; `seconds` is the time to wait."""

    kind = "watson-busy"

    def __init__(self, message: str, seconds: float) -> None:
        super().__init__(f"{message}: wait {seconds:.0f} seconds")
        self.seconds = seconds


class WatsonRefused(WatsonError):
    """Watson refused the key, the deployment, the certificate or the request."""

    kind = "watson-refused"


class StoreError(NuminkError):
    """The history cannot be read or written."""

    kind = "store"


class ReadingNotFound(StoreError):
    """There is no reading with that id."""

    kind = "not-stored"


class StoreBusy(StoreError):
    """Another process holds the store; a later attempt may succeed."""

    kind = "store-busy"


class StoreUnavailable(StoreBusy):
    """A remote store gave no valid answer in time; a later attempt may succeed."""

    kind = "store-away"


class StoreFull(StoreError):
    """There is no space left on the disk or in the plan."""

    kind = "store-full"


class TooLargeToStore(StoreError):
    """A reading exceeds the limits of a remote store."""

    kind = "too-large-to-store"
