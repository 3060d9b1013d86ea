"""The parts that settings choose between, for all doors alike: store, classifier, and the account at Watson."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .errors import NuminkError, SettingsError
from .recognition.digit_model import Classifier, DigitClassifier
from .settings import Settings
from .timeouts import Timeouts

if TYPE_CHECKING:
    from .store.protocol import Store
    from .watson.account import Account
    from .watson.classifier import WatsonClassifier


def open_store(url: str, patience: Timeouts | None = None) -> Store:
    """The store that `url` names: sqlite:///relative.db, sqlite:////absolute.db, or cloudant://DATABASE.

    `cloudant://` alone is the database `numink`; `?service=NAME` names the variables that hold the credentials, which
    else begin with CLOUDANT. `patience` is for a store elsewhere. Raises SettingsError for a URL of another kind,
    StoreError where it cannot be opened.
    """
    if url.startswith("sqlite:///") and len(url) > len("sqlite:///"):
        from .store.sqlite.store import SqliteStore  # noqa: PLC0415 - only the store in use is loaded

        return SqliteStore(url.removeprefix("sqlite:///"))
    if url.startswith("cloudant://"):
        try:
            from .store.couchdb.store import CloudantStore  # noqa: PLC0415 - IBM's library takes half a second to load
        except ImportError as error:
            raise SettingsError(f"a store in Cloudant needs {error.name}: pip install 'numink[cloudant]'") from None
        return CloudantStore(url, patience or Timeouts())
    kind = url.partition(":")[0]
    raise SettingsError(f"there is no store of the kind '{kind}': use sqlite:///FILE, or cloudant://DATABASE")


def store_of(settings: Settings) -> Store:
    """Where readings are kept; a store elsewhere has an outbox before it. Raises SettingsError, StoreError."""
    store = open_store(settings.store, settings.store_patience)
    if settings.store.startswith("sqlite:") or not settings.outbox_bytes:
        return store
    from .store.outbox.queue import WriteQueue  # noqa: PLC0415
    from .store.outbox.store import WriteBehindStore  # noqa: PLC0415

    return WriteBehindStore(store, WriteQueue(settings.outbox, settings.outbox_bytes))


def classifier_of(settings: Settings) -> DigitClassifier:
    """The model here, or Watson with the model here behind it. Raises ModelError, SettingsError."""
    return Classifier(settings.model) if settings.classifier == "local" else watson_classifier(settings)


def watson_classifier(settings: Settings, deployment: str = "", *, falls_back: bool = True) -> WatsonClassifier:
    """Watson, at `deployment` or the one that is set. Raises SettingsError where something is not set."""
    try:
        from .watson.classifier import WatsonClassifier  # noqa: PLC0415 - an extra, for who asks Watson
        from .watson.rest import Scorer  # noqa: PLC0415
    except ImportError as error:
        raise NuminkError(f"asking Watson needs {error.name}: pip install 'numink[scoring]'") from None
    account = watson_account(settings)
    deployment = deployment or settings.watson_deployment
    if not deployment:
        raise SettingsError("NUMINK_WATSON_DEPLOYMENT is not set: 'numink watson deploy' prints it")
    scorer = Scorer(account, deployment, settings.watson_timeout)
    return WatsonClassifier(Classifier(settings.model), scorer, falls_back=falls_back)


def watson_account(settings: Settings) -> Account:
    """Raises SettingsError that names what is not set."""
    from .watson.account import Account  # noqa: PLC0415 - nothing of Watson is loaded where it is not asked for

    needed = {"NUMINK_WATSON_APIKEY": settings.watson_apikey, "NUMINK_WATSON_SPACE": settings.watson_space}
    missing = [name for name, value in needed.items() if not value]
    if missing:
        raise SettingsError(f"Watson needs {' and '.join(missing)}: docs/ibm.md says where to find them")
    certificates = settings.watson_certificates
    if certificates is not None and not certificates.is_file():
        raise SettingsError(f"there is no file {certificates}: NUMINK_WATSON_CERTIFICATES names a PEM file")
    return Account(
        apikey=settings.watson_apikey, space=settings.watson_space, url=settings.watson_url,
        iam_url=settings.watson_iam_url, platform_url=settings.watson_platform_url, certificates=certificates,
    )  # fmt: skip
