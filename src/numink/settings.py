"""Every NUMINK_* variable, read once into one frozen dataclass. The only file that knows the environment.

A name that starts with NUMINK_ and is none of these is an error, so that a misspelt one is not lost. Nothing below
the doors reads settings: it is told.
"""

from __future__ import annotations

import difflib
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from .errors import SettingsError
from .image import Limits

PREFIX = "NUMINK_"
TOLERATED = ("NUMINK_TEST_", "NUMINK_PEER")
"""Variables of tests and of the measures beside numink."""


def _setting(default: Any, meaning: str, *, least: float | None = None) -> Any:
    return field(default=default, metadata={"meaning": meaning, "least": least})


@dataclass(frozen=True, kw_only=True)
class Settings:
    """What may be set, with the default and the meaning. The variable of `max_bytes` is NUMINK_MAX_BYTES."""

    host: str = _setting("127.0.0.1", "address to listen on; 0.0.0.0 serves the network, put HTTPS before it")
    port: int = _setting(8000, "port to listen on", least=0)
    workers: int = _setting(1, "serving processes; each takes about 120 MB", least=1)
    threads: int = _setting(4, "pictures read at once by a serving process", least=1)
    queue: int = _setting(64, "requests that may wait in a process before it answers 503", least=0)
    timeout: int = _setting(30, "seconds a request may take before its worker is restarted", least=1)
    store: str = _setting("sqlite:///instance/numink.db", "where the history is kept")
    owner: str = _setting("local", "whose readings these are, where there are no accounts")
    model: Path | None = _setting(None, "a model file instead of the shipped one")
    max_bytes: int = _setting(Limits.max_bytes, "bytes of one picture's file", least=1)
    max_pixels: int = _setting(Limits.max_pixels, "pixels of one picture", least=1)
    max_side: int = _setting(Limits.max_side, "pixels of a picture's longer side", least=1)
    max_frames: int = _setting(Limits.max_frames, "frames or pages of one picture's file", least=1)
    preview_side: int = _setting(1024, "longer side of the copy kept of a picture, in pixels", least=16)
    keep_pictures: bool = _setting(True, "whether a copy of each picture is kept with its reading")
    rate_limit: str = _setting("off", "readings a client may ask for, such as '60 per minute'; off: no limit")
    secret_key: str = _setting("", "signs cookies; made once and kept beside the history where it is not set")
    data: Path = _setting(Path("data"), "folder of MNIST's files, for training")
    collections: Path | None = _setting(None, "folder of further collections, for training and measuring")
    log_level: str = _setting("info", "debug, info, warning or error")

    @property
    def limits(self) -> Limits:
        """What a picture may have at most."""
        return Limits(self.max_bytes, self.max_pixels, self.max_side, self.max_frames)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> Settings:
        """Raises SettingsError that names an unknown variable and its nearest known one, or a value without sense."""
        known = {PREFIX + setting.name.upper(): setting for setting in fields(cls)}
        values = {}
        for name, text in environment.items():
            if not name.startswith(PREFIX) or name.startswith(TOLERATED):
                continue
            if name not in known:
                raise SettingsError(f"there is no setting {name}{_nearest(name, list(known))}")
            values[known[name].name] = _parse(name, text, known[name])
        return cls(**values)


def read_environment() -> Settings:
    """The settings of this process."""
    return Settings.from_environment(os.environ)


def share_metrics(workers: int) -> None:
    """Where several processes serve, their counts are kept in files of a folder that prometheus_client reads here."""
    if workers > 1:
        os.environ.setdefault("PROMETHEUS_MULTIPROC_DIR", tempfile.mkdtemp(prefix="numink-metrics-"))


def table() -> list[tuple[str, str, str]]:
    """Every variable with its default and its meaning, for people."""
    rows = []
    for setting in fields(Settings):
        default = "" if setting.default is None else str(setting.default)
        rows.append((PREFIX + setting.name.upper(), default, setting.metadata["meaning"]))
    return rows


def _nearest(name: str, known: list[str]) -> str:
    near = difflib.get_close_matches(name, known, 1, 0.5)
    return f": did you mean {near[0]}?" if near else "; 'numink settings' lists them all"


def _parse(name: str, text: str, setting: Any) -> Any:
    try:
        value = _value(text, str(setting.type))
    except ValueError:
        raise SettingsError(f"{name} is '{text}', which is not {_kind(str(setting.type))}") from None
    least = setting.metadata["least"]
    if least is not None and value < least:
        raise SettingsError(f"{name} is {text}; the least that makes sense is {least}")
    if setting.name == "log_level" and text not in ("debug", "info", "warning", "error"):
        raise SettingsError(f"{name} is '{text}'; it may be debug, info, warning or error")
    return value


def _value(text: str, kind: str) -> Any:
    if kind == "int":
        return int(text)
    if kind == "bool":
        words = {
            "yes": True,
            "on": True,
            "true": True,
            "1": True,
            "no": False,
            "off": False,
            "false": False,
            "0": False,
        }
        if text.lower() not in words:
            raise ValueError
        return words[text.lower()]
    if kind.startswith("Path"):
        return Path(text) if text else None
    return text


def _kind(kind: str) -> str:
    return {"int": "a whole number", "bool": "yes or no"}.get(kind, "a value that fits")
