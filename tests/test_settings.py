"""Settings: parsing of every variable, and helpful errors for unknown names and invalid values."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from numink.errors import SettingsError
from numink.imaging.limits import Limits
from numink.settings import Settings, markdown_table, read_environment, table

ROOT = Path(__file__).parents[1]


def test_the_defaults_serve_one_machine_on_the_loopback_address() -> None:
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


def test_a_misspelt_variable_is_refused_with_the_most_similar_one() -> None:
    with pytest.raises(SettingsError, match=r"there is no setting NUMINK_PROT: did you mean NUMINK_PORT\?"):
        Settings.from_environment({"NUMINK_PROT": "80"})


def test_a_lower_case_variable_is_refused_with_the_right_name() -> None:
    with pytest.raises(SettingsError, match="did you mean NUMINK_MAX_BYTES"):
        Settings.from_environment({"NUMINK_max_bytes": "80"})


def test_an_unknown_variable_is_refused_with_the_command_that_lists_them() -> None:
    with pytest.raises(SettingsError, match="'numink settings' lists them all"):
        Settings.from_environment({"NUMINK_QQQQQQ": "1"})


@pytest.mark.parametrize("name", ["NUMINK_TEST_COUCHDB_URL", "NUMINK_PEER", "NUMINK_PEER_READER"])
def test_variables_of_tests_and_benchmarks_are_ignored(name: str) -> None:
    assert Settings.from_environment({name: "anything"}) == Settings()


@pytest.mark.parametrize(
    ("name", "text", "advice"),
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
def test_an_invalid_value_is_refused_with_the_values_allowed(name: str, text: str, advice: str) -> None:
    with pytest.raises(SettingsError, match=re.escape(advice)) as caught:
        Settings.from_environment({f"NUMINK_{name}": text})

    assert str(caught.value).startswith(f"NUMINK_{name} is ")


@given(st.dictionaries(st.sampled_from([name for name, _, _ in table()]), st.text(max_size=40)))
def test_any_environment_gives_settings_or_a_settings_error(environment: dict[str, str]) -> None:
    sentence = ""
    try:
        Settings.from_environment(environment)
    except SettingsError as error:
        sentence = str(error)

    assert re.match(r"(NUMINK_[A-Z_]+ is |$)", sentence)


def test_read_environment_reads_the_environment_of_the_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMINK_PORT", "8123")

    assert read_environment().port == 8123


def test_the_table_has_each_setting_once_with_its_default_and_description() -> None:
    rows = {name: (default, meaning) for name, default, meaning in table()}

    assert list(rows) == [f"NUMINK_{field.name.upper()}" for field in dataclasses.fields(Settings)]
    assert rows["NUMINK_WORKERS"][0] == str(Settings().workers)
    assert rows["NUMINK_KEEP_PICTURES"][0] == "yes"
    assert rows["NUMINK_MODEL"][0] == ""
    assert all(meaning for _, meaning in rows.values())


def test_every_default_in_the_table_is_a_valid_value() -> None:
    assert Settings.from_environment({name: default for name, default, _ in table() if default}) == Settings()


def test_the_table_in_the_documentation_is_up_to_date() -> None:
    """If this fails, write the output of `markdown_table()` into docs/settings.md below its heading."""
    assert (ROOT / "docs" / "settings.md").read_text().endswith(markdown_table())
