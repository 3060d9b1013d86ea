"""The lock files cover pyproject.toml, are complete, and name what the tests run on."""

import re
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from locks import REQUIREMENTS, locked, versions_here

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())
EXTRAS = ("cloudant", "scoring", "heic")
FILES = ("base", *EXTRAS, "build", "tools")


@pytest.mark.parametrize("name", FILES)
def test_every_dependency_has_the_hashes_of_its_files(name: str) -> None:
    entries = locked(name)
    assert entries
    for entry in entries:
        assert entry.hashes, f"{entry.name} has no hash"
        assert all(re.fullmatch(r"sha256:[0-9a-f]{64}", digest) for digest in entry.hashes)


@pytest.mark.parametrize("name", FILES)
def test_no_source_is_built_and_no_registry_is_named(name: str) -> None:
    text = (REQUIREMENTS / f"{name}.txt").read_text()
    assert [line for line in text.splitlines() if line.startswith("-")] == ["--only-binary :all:"]
    assert "://" not in text
    assert " @ " not in text


def test_there_is_no_other_lock_file() -> None:
    assert {path.stem for path in REQUIREMENTS.iterdir()} == set(FILES)


@pytest.mark.parametrize(
    ("requirements", "files"),
    [
        (PROJECT["project"]["dependencies"], ("base",)),
        *((PROJECT["project"]["optional-dependencies"][extra], ("base", extra)) for extra in EXTRAS),
        (PROJECT["build-system"]["requires"], ("build",)),
        (PROJECT["dependency-groups"]["tools"], ("tools",)),
    ],
    ids=FILES,
)
def test_every_dependency_of_the_project_is_locked_within_its_range(requirements: list[str], files: list[str]) -> None:
    versions = versions_here(*files)
    for requirement in map(Requirement, requirements):
        assert requirement.specifier.contains(versions[canonicalize_name(requirement.name)]), requirement


@pytest.mark.parametrize("extra", EXTRAS)
def test_what_a_locked_dependency_needs_is_locked_too(extra: str) -> None:
    versions = versions_here("base", extra)
    for name in versions:
        for requirement in map(Requirement, metadata.requires(name) or []):
            if requirement.marker is None or requirement.marker.evaluate({"extra": ""}):
                needed = canonicalize_name(requirement.name)
                assert needed in versions, f"{name} needs {requirement}"
                assert requirement.specifier.contains(versions[needed]), f"{name} needs {requirement}"


def test_an_extra_adds_to_the_base_and_repeats_nothing_of_it() -> None:
    base = versions_here("base")
    assert [name for extra in EXTRAS for name in versions_here(extra) if name in base] == []


def test_the_tests_run_on_the_locked_versions() -> None:
    versions = versions_here("base", *EXTRAS)
    assert {name: metadata.version(name) for name in versions} == versions
