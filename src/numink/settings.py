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
from .image import Limits

PREFIX = "NUMINK_"
TOLERATED = ("NUMINK_TEST_", "NUMINK_PEER")
"""Beginnings of names that tests and the measures beside numink use; not settings."""
YES_OR_NO = {"yes": True, "on": True, "true": True, "1": True, "no": False, "off": False, "false": False, "0": False}


def _setting(default: Any, meaning: str, **bounds: Any) -> Any:
    """One field of Settings. Bounds: `least` and `most` of a number, `choices`, or `pattern` with what it `allows`."""
    return field(default=default, metadata={"meaning": meaning, **bounds})


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
    store: str = _setting("sqlite:///instance/numink.db", "where the history is kept, from the folder of the start")
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
    preview_side: int = _setting(1024, "longer side of the copy kept of a picture, in pixels", least=16, most=8192)
    keep_pictures: bool = _setting(True, "whether a copy of each picture is kept with its reading")
    keep_days: int = _setting(0, "days after which a reading is removed for good; 0 keeps all", least=0, most=36_500)
    rate_limit: str = _setting("off", "readings a client may ask for, such as '60 per minute'; off: no limit")
    secret_key: str = _setting("", "signs cookies; made once and kept beside the history where it is not set")
    data: Path = _setting(Path("data"), "folder of MNIST's files, for training")
    collections: Path | None = _setting(None, "folder of further collections, for training and measuring")
    log_level: str = _setting("info", "how much is told on stderr", choices=("debug", "info", "warning", "error"))

    @property
    def limits(self) -> Limits:
        """What a picture may have at most."""
        return Limits(self.max_bytes, self.max_pixels, self.max_side, self.max_frames, self.max_pages)

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
    """The settings of this process."""
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
