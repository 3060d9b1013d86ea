"""Settings from NUMINK_* environment variables, read once into a frozen dataclass.

An unknown variable with the prefix NUMINK_ is an error, so that a misspelt one is noticed. Only commands and
the web application read settings; all else receives values.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Mapping
from dataclasses import Field, dataclass, field, fields
from pathlib import Path
from typing import Any

from .errors import SettingsError
from .imaging.limits import Limits
from .store.couchdb.service_bindings import cloudant_variables
from .timeouts import Timeouts

PREFIX = "NUMINK_"
IGNORED_PREFIXES = ("NUMINK_TEST_", "NUMINK_PEER")
"""Prefixes of variables that tests and benchmarks use; they are no settings."""
BOOLEANS = {"yes": True, "on": True, "true": True, "1": True, "no": False, "off": False, "false": False, "0": False}


def _setting(default: Any, meaning: str, **bounds: Any) -> Any:
    """Define a field of Settings.

    Bounds: `choices`, or a `pattern` with its explanation `allows`.
    """
    return field(default=default, metadata={"meaning": meaning, **bounds})


def _number(default: int, meaning: str, minimum: int, maximum: int = 2**53) -> Any:
    """Define a field that is a whole number."""
    return field(default=default, metadata={"meaning": meaning, "minimum": minimum, "maximum": maximum})


_https = {"pattern": r"https://[A-Za-z0-9.\[\]:-]+", "allows": "an address such as https://example.com, without a path"}
_url = {"pattern": r"https?://[A-Za-z0-9.:\[\]-]+/?", "allows": "http:// or https://, a name, and no path"}
_names = {"pattern": r"[A-Za-z0-9._-]+( *, *[A-Za-z0-9._-]+)*", "allows": "names such as numink.local, without ports"}
_origins = {
    "pattern": r"https?://[^/\s,]+( *, *https?://[^/\s,]+)*",
    "allows": "such as https://a.example, without paths",
}
_id = {"pattern": r"[A-Za-z0-9_-]{1,128}", "allows": "letters, digits, _ and - only, at most 128"}


def _secret(meaning: str) -> Any:
    """Define a field that `repr` leaves out."""
    return field(default="", metadata={"meaning": meaning}, repr=False)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """All settings with defaults and descriptions. The variable of `max_bytes` is NUMINK_MAX_BYTES.

    Example:
        >>> Settings.from_environment({"NUMINK_PORT": "8080"}).port
        8080
    """

    host: str = _setting("127.0.0.1", "address to listen on; 0.0.0.0 serves the network and needs a proxy with HTTPS")
    port: int = _number(8000, "port to listen on; 0 picks a free one", 0, 65535)
    workers: int = _number(1, "worker processes; each needs about 120 MB", 1, 64)
    threads: int = _number(4, "pictures that a worker process reads at once", 1, 256)
    queue: int = _number(64, "requests that may wait in a worker process before it answers 503", 0, 10_000)
    timeout: int = _number(30, "seconds after which a request without an answer is aborted", 1, 3600)
    patience: int = _number(10, "seconds within which a request has to arrive, plus one for each 500 bytes", 1)
    connections: int = _number(128, "connections that an address may hold open; proxies are exempt", 1, 10_000)
    store: str = _setting(
        "sqlite:///instance/numink.db",
        "store of the history: sqlite:///FILE, relative to the working directory, or cloudant://DATABASE",
    )
    cloudant_connect: int = _number(3, "seconds to connect to Cloudant", 1, 60)
    cloudant_answer: int = _number(10, "seconds for an answer from Cloudant", 1, 300)
    cloudant_patience: int = _number(
        5, "seconds to retry a failed call of Cloudant; then readings wait in the outbox", 1, 300
    )
    outbox: Path = _setting(Path("instance/outbox.db"), "file of readings that wait until Cloudant is available")
    outbox_bytes: int = _number(200_000_000, "size limit of the outbox in bytes; 0 turns it off", 0)
    owner: str = _setting(
        "local",
        "owner of the readings where there are no accounts",
        pattern=r"[A-Za-z0-9_.@+-]{1,128}",  # ids in the store begin with it
        allows="letters, digits and _ . @ + - only, at most 128",
    )
    model: Path | None = _setting(None, "model file to use instead of the shipped one")
    max_bytes: int = _number(Limits.max_bytes, "size limit of a picture file in bytes", 1)
    max_pixels: int = _number(Limits.max_pixels, "size limit of a picture or page in pixels", 1)
    max_side: int = _number(Limits.max_side, "limit of a picture's longer side in pixels", 1)
    max_frames: int = _number(Limits.max_frames, "limit of frames in a picture file", 1)
    max_pages: int = _number(Limits.max_pages, "limit of pages in a document", 1)
    decode_seconds: int = _number(2, "seconds of processor time to decode a picture or page", 1, 600)
    decode_bytes: int = _number(Limits.max_memory, "bytes of memory to decode a picture or page", 30_000_000)
    max_valid_numbers: int = _number(50_000, "limit of valid numbers that a request may list", 1, 1_000_000)
    batch_files: int = _number(1000, "limit of files in a batch, including those in ZIP files", 1, 100_000)
    batch_bytes: int = _number(1_000_000_000, "size limit of all files of a batch, unpacked, in bytes", 1)
    batch_threads: int = _number(2, "files of batches that a worker process reads at once", 1, 256)
    zip_bytes: int = _number(500_000_000, "size limit of a ZIP file, and of a request with several files, in bytes", 1)
    zip_ratio: int = _number(200, "greatest compression ratio of a file in a ZIP file", 1)
    retry_hours: int = _number(24, "hours to keep failed files of a batch for another attempt; 0 keeps none", 0, 8760)
    preview_side: int = _number(1024, "longer side of the stored copy of a picture in pixels", 16, 8192)
    keep_pictures: bool = _setting(True, "store a copy of each picture with its reading")
    keep_days: int = _number(0, "days after which a reading is deleted for good; 0 keeps all", 0, 36_500)
    rate_limit: str = _setting(
        "auto", "rate limit of readings per client, such as '60 per minute'; off: none; auto: only with accounts"
    )
    language: str = _setting("", "language of all pages, such as de; empty: the language that the browser asks for")
    secret_key: str = _secret(
        "key that signs cookies and links; if not set, one is created and stored beside the history"
    )
    hosts: str = _setting("", "further host names to answer, separated by commas; in a network, only these", **_names)
    origins: str = _setting(
        "", "origins whose pages may use the API with API keys (CORS), separated by commas", **_origins
    )
    accounts: bool = _setting(False, "let users register and log in, each with their own history")
    url: str = _setting("", "public address, such as https://numink.example.org, for links in e-mails", **_url)
    proxies: int = _number(0, "number of proxies in front of numink whose X-Forwarded headers are trusted", 0, 10)
    daily_readings: int = _number(1000, "pictures that an account may read per day; 0: no limit", 0)
    room: int = _number(1_000_000_000, "storage for the pictures of an account in bytes; 0: no limit", 0)
    session_days: int = _number(30, "days after which users have to log in again", 1, 3650)
    login_limit: str = _setting("10 per 15 minutes", "rate limit of failed log-ins per IP address and per account")
    mail_limit: str = _setting("5 per hour", "rate limit of e-mails per requesting IP address and per recipient")
    smtp_host: str = _setting("", "SMTP server for e-mails of accounts; empty: no registration with a password")
    smtp_port: int = _number(587, "port of the SMTP server", 1, 65535)
    smtp_user: str = _setting("", "user name for the SMTP server, if it requires one")
    smtp_password: str = _secret("password for the SMTP server")
    smtp_tls: str = _setting("starttls", "encryption towards the SMTP server", choices=("starttls", "tls", "off"))
    smtp_sender: str = _setting(
        "", "sender address of e-mails", pattern=r"[^\s@<>]+@[^\s@<>]+", allows="one e-mail address, without a name"
    )
    oidc_issuer: str = _setting("", "OpenID Connect provider for signing in, such as https://accounts.google.com")
    oidc_name: str = _setting("", "name of the provider on the pages; empty: its host")
    oidc_client_id: str = _setting("", "client id of this server at the provider")
    oidc_client_secret: str = _secret("client secret of this server at the provider")
    classifier: str = _setting(
        "local", "classifier of digits; watson: a deployment at IBM (docs/ibm.md)", choices=("local", "watson")
    )
    watson_apikey: str = _secret("API key for IBM Cloud")
    watson_space: str = _setting("", "id of the deployment space", **_id)
    watson_deployment: str = _setting("", "id of the deployment, as 'numink watson deploy' prints it", **_id)
    watson_url: str = _setting("https://us-south.ml.cloud.ibm.com", "watsonx.ai Runtime in your region", **_https)
    watson_iam_url: str = _setting("https://iam.cloud.ibm.com", "address of IBM Cloud's token service", **_https)
    watson_platform_url: str = _setting("", "service for deployment spaces; empty: that of the region", **_https)
    watson_certificates: Path | None = _setting(None, "PEM file of certificate authorities, not the default ones")
    watson_timeout: int = _number(5, "seconds per page for Watson; then the local model reads the rest", 1, 600)
    watson_type: str = _setting("onnxruntime_1.17", "model type of the stored model, in IBM's terms")
    watson_specification: str = _setting("onnxruntime_opset_21", "software specification, in IBM's terms")
    watson_hardware: str = _setting("S", "hardware specification, in IBM's terms")
    data: Path = _setting(Path("data"), "folder of the MNIST files, for training")
    collections: Path | None = _setting(None, "folder of further data sets, for training and evaluation")
    log_level: str = _setting("info", "log level", choices=("debug", "info", "warning", "error"))

    @property
    def limits(self) -> Limits:
        """Limits on pictures and documents, and on their decoding."""
        sizes = (self.max_bytes, self.max_pixels, self.max_side, self.max_frames, self.max_pages)
        return Limits(*sizes, self.decode_bytes, self.decode_seconds, self.timeout)

    @property
    def store_timeouts(self) -> Timeouts:
        """Timeouts for a remote store."""
        return Timeouts(self.cloudant_connect, self.cloudant_answer, self.cloudant_patience)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Parse the NUMINK_* variables of an environment.

        Raises:
            SettingsError: A variable is unknown (the message names the most similar one), or its value is invalid.
        """
        settings = {_variable(setting): setting for setting in fields(cls)}
        values = {}
        for name, text in environment.items():
            if not name.startswith(PREFIX) or name.startswith(IGNORED_PREFIXES):
                continue
            if name not in settings:
                raise SettingsError(f"there is no setting {name}{_suggestion(name, list(settings))}")
            values[settings[name].name] = _parse(name, text.strip(), settings[name])
        return cls(**values)


def read_environment() -> Settings:
    """Read the settings of this process, and copy a Cloudant binding's credentials to the variables of IBM's SDK."""
    os.environ.update(cloudant_variables(os.environ))
    return Settings.from_environment(os.environ)


def table() -> list[tuple[str, str, str]]:
    """Return the name, the default and the description of every variable."""
    rows = []
    for setting in fields(Settings):
        choices = setting.metadata.get("choices", ())
        meaning = setting.metadata["meaning"] + (f": {', '.join(choices)}" if choices else "")
        rows.append((_variable(setting), _formatted(setting.default), meaning))
    return rows


def markdown_table() -> str:
    """Format the table of settings as in docs/settings.md, which a test keeps up to date."""
    rows = [("variable", "default", "meaning"), ("---", "---", "---"), *table()]
    return "\n".join(f"| {name} | {default} | {meaning} |" for name, default, meaning in rows) + "\n"


def _formatted(default: object) -> str:
    if isinstance(default, bool):
        return "yes" if default else "no"
    return "" if default is None else str(default)


def _variable(setting: Field[Any]) -> str:
    return PREFIX + setting.name.upper()


def _suggestion(name: str, variables: list[str]) -> str:
    suffixes = [variable.removeprefix(PREFIX) for variable in variables]
    similar = difflib.get_close_matches(name.removeprefix(PREFIX).upper(), suffixes, 1, 0.6)
    return f": did you mean {PREFIX}{similar[0]}?" if similar else "; 'numink settings' lists them all"


def _parse(name: str, text: str, setting: Field[Any]) -> Any:
    """Parse the value of a variable. Raises SettingsError with the values allowed."""
    kind, bounds = str(setting.type), setting.metadata
    if kind == "int":
        return _whole_number(name, text, bounds)
    if kind == "bool":
        if text.lower() not in BOOLEANS:
            raise SettingsError(f"{name} is '{text}'; it may be yes or no")
        return BOOLEANS[text.lower()]
    if kind.startswith("Path"):
        return Path(text) if text else setting.default
    if not text:
        return setting.default
    if "choices" in bounds and text not in bounds["choices"]:
        raise SettingsError(f"{name} is '{text}'; it may be {', '.join(bounds['choices'])}")
    if "pattern" in bounds and not re.fullmatch(bounds["pattern"], text):
        raise SettingsError(f"{name} is '{text}'; allowed: {bounds['allows']}")
    return text


def _whole_number(name: str, text: str, bounds: Mapping[str, Any]) -> int:
    minimum, maximum = bounds["minimum"], bounds["maximum"]
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise SettingsError(f"{name} is '{text}'; it must be a whole number, such as {minimum}")
    if not minimum <= int(text) <= maximum:
        raise SettingsError(f"{name} is {text}; it must be from {minimum} to {maximum}")
    return int(text)
