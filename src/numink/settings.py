"""Every NUMINK_* variable, read once into one frozen dataclass. The only file that knows the environment.

A name that starts with NUMINK_ and is none of these is an error, so that a misspelt one is not lost. Nothing below
the doors reads settings: it is told.
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
from .imaging.decode import Limits
from .store.couchdb.service_bindings import cloudant_variables
from .timeouts import Timeouts

PREFIX = "NUMINK_"
TOLERATED = ("NUMINK_TEST_", "NUMINK_PEER")
"""Beginnings of names that tests and the measures beside numink use; not settings."""
YES_OR_NO = {"yes": True, "on": True, "true": True, "1": True, "no": False, "off": False, "false": False, "0": False}


def _setting(default: Any, meaning: str, **bounds: Any) -> Any:
    """One field of Settings. Bounds: `least` and `most` of a number, `choices`, or `pattern` with what it `allows`."""
    return field(default=default, metadata={"meaning": meaning, **bounds})


_https = {"pattern": r"https://[A-Za-z0-9.\[\]:-]+", "allows": "an address such as https://example.com, no path"}
_id = {"pattern": r"[A-Za-z0-9_-]{1,128}", "allows": "letters, digits, _ and - only"}


def _secret(meaning: str) -> Any:
    """One that is not shown where settings are."""
    return field(default="", metadata={"meaning": meaning}, repr=False)


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What may be set, with the default and the meaning. The variable of `max_bytes` is NUMINK_MAX_BYTES.

    Example: Settings.from_environment({"NUMINK_PORT": "8080"}).port == 8080
    """

    host: str = _setting("127.0.0.1", "address to listen on; 0.0.0.0 serves the network, put HTTPS before it")
    port: int = _setting(8000, "port to listen on; 0 takes a free one", least=0, most=65535)
    workers: int = _setting(1, "serving processes; each takes about 120 MB", least=1, most=64)
    threads: int = _setting(4, "pictures read at once by a serving process", least=1, most=256)
    queue: int = _setting(64, "requests that may wait in a process before it answers 503", least=0, most=10_000)
    timeout: int = _setting(30, "seconds until a request that has no answer is given up", least=1, most=3600)
    patience: int = _setting(10, "seconds that a request may take to arrive, and one more for each 500 bytes", least=1)
    store: str = _setting(
        "sqlite:///instance/numink.db",
        "where the history is kept: sqlite:///FILE, from the folder of the start, or cloudant://DATABASE",
    )
    cloudant_connect: int = _setting(3, "seconds for a connection to Cloudant", least=1, most=60)
    cloudant_answer: int = _setting(10, "seconds for an answer of Cloudant", least=1, most=300)
    cloudant_patience: int = _setting(
        5, "seconds in which Cloudant is asked again; then a new reading goes to the outbox", least=1, most=300
    )
    outbox: Path = _setting(Path("instance/outbox.db"), "where readings wait that Cloudant cannot take just now")
    outbox_bytes: int = _setting(200_000_000, "bytes that may wait there; 0: no outbox", least=0)
    owner: str = _setting(
        "local",
        "whose readings these are, where there are no accounts",
        pattern=r"[A-Za-z0-9_.@+-]{1,128}",  # what an id of the store may begin with
        allows="letters, digits and _ . @ + - only, at most 128",
    )
    model: Path | None = _setting(None, "a model file instead of the shipped one")
    max_bytes: int = _setting(Limits.max_bytes, "bytes of one picture's file", least=1)
    max_pixels: int = _setting(Limits.max_pixels, "pixels of one picture", least=1)
    max_side: int = _setting(Limits.max_side, "pixels of a picture's longer side", least=1)
    max_frames: int = _setting(Limits.max_frames, "frames of one picture's file", least=1)
    max_pages: int = _setting(Limits.max_pages, "pages of one document", least=1)
    batch_files: int = _setting(1000, "files of one batch, those in ZIP files among them", least=1, most=100_000)
    batch_bytes: int = _setting(1_000_000_000, "bytes of one batch's files together, unpacked", least=1)
    batch_threads: int = _setting(2, "files of batches read at once by a serving process", least=1, most=256)
    zip_bytes: int = _setting(500_000_000, "bytes of one ZIP file, and of a request with several files", least=1)
    zip_ratio: int = _setting(200, "times that a file may be larger than in its ZIP file", least=1)
    retry_hours: int = _setting(
        24, "hours that a batch's file that failed is kept to be tried again; 0: not at all", least=0, most=8760
    )
    preview_side: int = _setting(1024, "longer side of the copy kept of a picture, in pixels", least=16, most=8192)
    keep_pictures: bool = _setting(True, "whether a copy of each picture is kept with its reading")
    keep_days: int = _setting(0, "days after which a reading is removed for good; 0 keeps all", least=0, most=36_500)
    rate_limit: str = _setting(
        "auto", "readings a client may ask for, such as '60 per minute'; off: no limit; auto: one with accounts only"
    )
    language: str = _setting("", "language of all pages, such as de; empty: what each browser asks for")
    secret_key: str = _secret("signs cookies; made once and kept beside the history where it is not set")
    accounts: bool = _setting(False, "whether people register and log in, each with a history of his own")
    url: str = _setting(
        "",
        "address that people open, such as https://numink.example.org; accounts need it for their mails",
        pattern=r"https?://[A-Za-z0-9.:\[\]-]+/?",
        allows="http:// or https://, a name, and no path",
    )
    proxies: int = _setting(0, "proxies before numink whose X-Forwarded headers are believed", least=0, most=10)
    daily_readings: int = _setting(1000, "pictures that an account may have read a day; 0: no limit", least=0)
    room: int = _setting(1_000_000_000, "bytes of pictures that are kept of an account; 0: no limit", least=0)
    session_days: int = _setting(30, "days until one has to log in again", least=1, most=3650)
    login_limit: str = _setting("10 per 15 minutes", "failed log-ins of one address, and for one account")
    mail_limit: str = _setting("5 per hour", "mails that one address asks for, and that one e-mail address gets")
    smtp_host: str = _setting("", "server that takes mails of accounts; empty: nobody registers with a password")
    smtp_port: int = _setting(587, "its port", least=1, most=65535)
    smtp_user: str = _setting("", "name to log in to it with, where it asks for one")
    smtp_password: str = _secret("password to log in to it with")
    smtp_tls: str = _setting("starttls", "how it is spoken to", choices=("starttls", "tls", "off"))
    smtp_sender: str = _setting(
        "", "e-mail address that mails come from", pattern=r"[^\s@<>]+@[^\s@<>]+", allows="one address, without a name"
    )
    oidc_issuer: str = _setting("", "OpenID Connect provider to sign in with, such as https://accounts.google.com")
    oidc_name: str = _setting("", "its name, as the pages say it; its host where it is empty")
    oidc_client_id: str = _setting("", "what it calls this numink")
    oidc_client_secret: str = _secret("what this numink proves itself with to it")
    classifier: str = _setting(
        "local", "who tells the digits; watson: a deployment at IBM (docs/ibm.md)", choices=("local", "watson")
    )
    watson_apikey: str = _secret("key of IBM Cloud")
    watson_space: str = _setting("", "id of the deployment space", **_id)
    watson_deployment: str = _setting("", "id of the deployment, as 'numink watson deploy' prints it", **_id)
    watson_url: str = _setting("https://us-south.ml.cloud.ibm.com", "watsonx.ai Runtime in your region", **_https)
    watson_iam_url: str = _setting("https://iam.cloud.ibm.com", "where IBM Cloud gives tokens", **_https)
    watson_platform_url: str = _setting("", "where spaces are kept; empty: that of the region", **_https)
    watson_certificates: Path | None = _setting(None, "PEM file of authorities to trust instead of the usual ones")
    watson_timeout: int = _setting(5, "seconds a page may wait for Watson, until it is read here", least=1, most=600)
    watson_type: str = _setting("onnxruntime_1.17", "type of the stored model, as IBM names it")
    watson_specification: str = _setting("onnxruntime_opset_21", "software specification, as IBM names it")
    watson_hardware: str = _setting("S", "hardware specification, as IBM names it")
    data: Path = _setting(Path("data"), "folder of MNIST's files, for training")
    collections: Path | None = _setting(None, "folder of further collections, for training and measuring")
    log_level: str = _setting("info", "how much is told on stderr", choices=("debug", "info", "warning", "error"))

    @property
    def limits(self) -> Limits:
        """What a picture may have at most."""
        return Limits(self.max_bytes, self.max_pixels, self.max_side, self.max_frames, self.max_pages)

    @property
    def store_patience(self) -> Timeouts:
        """How long a store elsewhere is waited for."""
        return Timeouts(self.cloudant_connect, self.cloudant_answer, self.cloudant_patience)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Raises SettingsError that names an unknown variable and its nearest known one, or a value without sense."""
        known = {_variable(setting): setting for setting in fields(cls)}
        values = {}
        for name, text in environment.items():
            if not name.startswith(PREFIX) or name.startswith(TOLERATED):
                continue
            if name not in known:
                raise SettingsError(f"there is no setting {name}{_nearest(name, list(known))}")
            values[known[name].name] = _parse(name, text.strip(), known[name])
        return cls(**values)


def read_environment() -> Settings:
    """The settings of this process. A Cloudant that is bound to it becomes the variables that IBM's library reads."""
    os.environ.update(cloudant_variables(os.environ))
    return Settings.from_environment(os.environ)


def table() -> list[tuple[str, str, str]]:
    """Every variable with its default and its meaning, for people."""
    rows = []
    for setting in fields(Settings):
        choices = setting.metadata.get("choices", ())
        meaning = setting.metadata["meaning"] + (f": {', '.join(choices)}" if choices else "")
        rows.append((_variable(setting), _shown(setting.default), meaning))
    return rows


def markdown_table() -> str:
    """The same table for docs/settings.md, which a test keeps fresh."""
    rows = [("variable", "default", "meaning"), ("---", "---", "---"), *table()]
    return "\n".join(f"| {name} | {default} | {meaning} |" for name, default, meaning in rows) + "\n"


def _shown(default: object) -> str:
    if isinstance(default, bool):
        return "yes" if default else "no"
    return "" if default is None else str(default)


def _variable(setting: Field[Any]) -> str:
    return PREFIX + setting.name.upper()


def _nearest(name: str, known: list[str]) -> str:
    endings = [other.removeprefix(PREFIX) for other in known]
    near = difflib.get_close_matches(name.removeprefix(PREFIX).upper(), endings, 1, 0.6)
    return f": did you mean {PREFIX}{near[0]}?" if near else "; 'numink settings' lists them all"


def _parse(name: str, text: str, setting: Field[Any]) -> Any:
    """The value that `text` stands for. Raises SettingsError that says what may stand there."""
    kind, bounds = str(setting.type), setting.metadata
    if kind == "int":
        return _whole_number(name, text, bounds)
    if kind == "bool":
        if text.lower() not in YES_OR_NO:
            raise SettingsError(f"{name} is '{text}'; it may be yes or no")
        return YES_OR_NO[text.lower()]
    if kind.startswith("Path"):
        return Path(text) if text else setting.default
    if not text:
        return setting.default
    if "choices" in bounds and text not in bounds["choices"]:
        raise SettingsError(f"{name} is '{text}'; it may be {', '.join(bounds['choices'])}")
    if "pattern" in bounds and not re.fullmatch(bounds["pattern"], text):
        raise SettingsError(f"{name} is '{text}'; it may have {bounds['allows']}")
    return text


def _whole_number(name: str, text: str, bounds: Mapping[str, Any]) -> int:
    least, most = bounds.get("least", 0), bounds.get("most", 2**53)
    if not re.fullmatch(r"-?[0-9]{1,18}", text):
        raise SettingsError(f"{name} is '{text}'; it must be a whole number, such as {least}")
    if not least <= int(text) <= most:
        raise SettingsError(f"{name} is {text}; it must be from {least} to {most}")
    return int(text)
