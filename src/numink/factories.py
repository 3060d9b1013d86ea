"""Factories of the parts that settings choose: the store, the classifier, and the account at IBM Watson.

Optional and large dependencies are imported inside the factories, so that only those in use are loaded.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from .errors import NuminkError, SettingsError
from .recognition.digit_model import Classifier, DigitClassifier
from .settings import Settings
from .timeouts import Timeouts

if TYPE_CHECKING:
    from .store.protocol import Store
    from .watson.account import Account
    from .watson.classifier import WatsonClassifier


def history_file(url: str) -> Path | None:
    """Return the file of a store, or None for one that is no file.

    >>> history_file("sqlite:////srv/numink.db"), history_file("cloudant://numink")
    (PosixPath('/srv/numink.db'), None)
    """
    scheme = "sqlite:///"
    return Path(url.removeprefix(scheme)) if url.startswith(scheme) and url != scheme else None


def open_store(url: str, timeouts: Timeouts | None = None) -> Store:
    """Open the store at a URL.

    Args:
        url: sqlite:///relative.db, sqlite:////absolute.db, or cloudant://DATABASE. The default database is `numink`;
            `?service=NAME` replaces the prefix CLOUDANT of the variables that hold the credentials.
        timeouts: Timeouts for a remote store.

    Returns:
        The open store.

    Raises:
        SettingsError: The URL is of another kind, or a library is missing.
        StoreError: The store cannot be opened.
    """
    if path := history_file(url):
        from .store.sqlite.store import SqliteStore  # noqa: PLC0415

        return SqliteStore(path)
    if url.startswith("cloudant://"):
        try:
            from .store.couchdb.store import CloudantStore  # noqa: PLC0415 - takes half a second
        except ImportError as error:
            raise SettingsError(f"a store in Cloudant needs {error.name}: run pip install 'numink[cloudant]'") from None
        return CloudantStore(url, timeouts or Timeouts())
    scheme = url.partition(":")[0]
    raise SettingsError(f"there is no store of the kind '{scheme}': use sqlite:///FILE, or cloudant://DATABASE")


def store_from_settings(settings: Settings) -> Store:
    """Open the store that the settings name, a remote one behind an outbox. Raises SettingsError, StoreError."""
    store = open_store(settings.store, settings.store_timeouts)
    if history_file(settings.store) or not settings.outbox_bytes:
        return store
    from .store.outbox.queue import WriteQueue  # noqa: PLC0415
    from .store.outbox.store import WriteBehindStore  # noqa: PLC0415

    return WriteBehindStore(store, WriteQueue(settings.outbox, settings.outbox_bytes))


def classifier_from_settings(settings: Settings) -> DigitClassifier:
    """Load the local classifier, or the one at Watson with the local one as fallback.

    Raises ModelError or SettingsError.
    """
    return Classifier(settings.model) if settings.classifier == "local" else watson_classifier(settings)


def watson_classifier(settings: Settings, deployment: str = "", *, falls_back: bool = True) -> WatsonClassifier:
    """Create the classifier at Watson, with the id `deployment` or that of the settings.

    Raises SettingsError for a missing setting, NuminkError for a missing library.
    """
    try:
        from .watson.classifier import WatsonClassifier  # noqa: PLC0415 - an extra
        from .watson.rest import Scorer  # noqa: PLC0415
    except ImportError as error:
        raise NuminkError(f"the classifier at Watson needs {error.name}: run pip install 'numink[scoring]'") from None
    account = watson_account(settings)
    deployment = deployment or settings.watson_deployment
    if not deployment:
        raise SettingsError("NUMINK_WATSON_DEPLOYMENT is not set: 'numink watson deploy' prints it")
    scorer = Scorer(account, deployment, settings.watson_timeout)
    return WatsonClassifier(Classifier(settings.model), scorer, falls_back=falls_back)


def watson_account(settings: Settings) -> Account:
    """Return the account at Watson that the settings name. Raises SettingsError for missing ones."""
    from .watson.account import Account  # noqa: PLC0415

    required = {"NUMINK_WATSON_APIKEY": settings.watson_apikey, "NUMINK_WATSON_SPACE": settings.watson_space}
    missing = [name for name, value in required.items() if not value]
    if missing:
        raise SettingsError(f"Watson needs {' and '.join(missing)}: docs/ibm.md says where to find them")
    certificates = settings.watson_certificates
    if certificates is not None and not certificates.is_file():
        raise SettingsError(f"there is no file {certificates}: NUMINK_WATSON_CERTIFICATES must name a PEM file")
    return Account(
        apikey=settings.watson_apikey, space=settings.watson_space, url=settings.watson_url,
        iam_url=settings.watson_iam_url, platform_url=settings.watson_platform_url, certificates=certificates,
    )  # fmt: skip
