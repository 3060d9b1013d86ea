"""Settings: every variable is understood, and what is not is refused with a sentence that helps."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numink.errors import SettingsError
from numink.imaging.decode import Limits
from numink.settings import Settings, markdown_table, read_environment, table

ROOT = Path(__file__).parents[1]


def test_nothing_set_gives_one_machine_on_the_loopback_address() -> None:
    settings = Settings.from_environment({"PATH": "/bin"})

    assert (settings.host, settings.port) == ("127.0.0.1", 8000)
    assert settings.store == "sqlite:///instance/numink.db"
    assert settings.limits == Limits()


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("port", "0", 0),
        ("max_bytes", " 1000 ", 1000),
        ("keep_pictures", "No", False),
        ("keep_pictures", "true", True),
        ("model", "/srv/other.onnx", Path("/srv/other.onnx")),
        ("model", "", None),
        ("data", "", Path("data")),
        ("host", "", "127.0.0.1"),
        ("owner", "anna@example.org", "anna@example.org"),
        ("rate_limit", "60 per minute", "60 per minute"),
        ("log_level", "debug", "debug"),
    ],
)
def test_a_variable_sets_the_field_of_its_name(name: str, text: str, value: Any) -> None:
    settings = Settings.from_environment({f"NUMINK_{name.upper()}": text})

    assert settings == dataclasses.replace(Settings(), **{name: value})


def test_a_misspelt_variable_is_refused_with_the_nearest_known_one() -> None:
    with pytest.raises(SettingsError, match=r"there is no setting NUMINK_PROT: did you mean NUMINK_PORT\?"):
        Settings.from_environment({"NUMINK_PROT": "80"})


def test_a_variable_in_small_letters_is_refused_with_the_right_one() -> None:
    with pytest.raises(SettingsError, match="did you mean NUMINK_MAX_BYTES"):
        Settings.from_environment({"NUMINK_max_bytes": "80"})


def test_a_variable_like_none_is_refused_with_the_command_that_lists_them() -> None:
    with pytest.raises(SettingsError, match="'numink settings' lists them all"):
        Settings.from_environment({"NUMINK_QQQQQQ": "1"})


@pytest.mark.parametrize("name", ["NUMINK_TEST_COUCHDB_URL", "NUMINK_PEER", "NUMINK_PEER_READER"])
def test_variables_of_tests_and_peers_are_no_business_of_ours(name: str) -> None:
    assert Settings.from_environment({name: "anything"}) == Settings()


@pytest.mark.parametrize(
    ("name", "text", "remedy"),
    [
        ("PORT", "eighty", "must be a whole number"),
        ("PORT", "", "must be a whole number"),
        ("PORT", "８０", "must be a whole number"),
        ("PORT", "70000", "from 0 to 65535"),
        ("WORKERS", "0", "from 1 to 64"),
        ("QUEUE", "-1", "from 0 to 10000"),
        ("MAX_PIXELS", "9" * 400, "must be a whole number"),
        ("KEEP_PICTURES", "maybe", "may be yes or no"),
        ("LOG_LEVEL", "loud", "may be debug, info, warning, error"),
        ("OWNER", "a:b", "letters, digits"),
        ("OWNER", "a\nb", "letters, digits"),
    ],
)
def test_a_value_without_sense_is_refused_and_says_what_may_stand_there(name: str, text: str, remedy: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(remedy)) as caught:
        Settings.from_environment({f"NUMINK_{name}": text})

    assert str(caught.value).startswith(f"NUMINK_{name} is ")


@given(st.dictionaries(st.sampled_from([name for name, _, _ in table()]), st.text(max_size=40)))
def test_whatever_is_set_is_either_settings_or_a_sentence(environment: dict[str, str]) -> None:
    sentence = ""
    try:
        Settings.from_environment(environment)
    except SettingsError as error:
        sentence = str(error)

    assert re.match(r"(NUMINK_[A-Z_]+ is |$)", sentence)


def test_the_environment_of_the_process_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMINK_PORT", "8123")

    assert read_environment().port == 8123


def test_the_table_has_each_setting_once_with_default_and_meaning() -> None:
    rows = {name: (default, meaning) for name, default, meaning in table()}

    assert list(rows) == [f"NUMINK_{field.name.upper()}" for field in dataclasses.fields(Settings)]
    assert rows["NUMINK_WORKERS"][0] == str(Settings().workers)
    assert rows["NUMINK_KEEP_PICTURES"][0] == "yes"
    assert rows["NUMINK_MODEL"][0] == ""
    assert all(meaning for _, meaning in rows.values())


def test_every_default_of_the_table_may_be_set() -> None:
    assert Settings.from_environment({name: default for name, default, _ in table() if default}) == Settings()


def test_the_document_of_settings_is_fresh() -> None:
    """Where this fails: write `markdown_table()` into docs/settings.md, below its heading."""
    assert (ROOT / "docs" / "settings.md").read_text().endswith(markdown_table())
