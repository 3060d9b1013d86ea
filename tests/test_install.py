"""`make run` and `make sbom` in a fresh copy of the project: one environment with exactly what is locked."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from packaging.utils import canonicalize_name

from locks import locked, versions_here
from pictures import as_file, one_digit

ROOT = Path(__file__).parents[1]
LIMIT_MIB = 420


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the project in which `make sbom` has run, and so what `make run` installs is there."""
    folder = tmp_path_factory.mktemp("project")
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    for name in (name for name in listed if (ROOT / name).exists()):
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, folder / name)
    vendor = ROOT / "src" / "numink" / "web" / "static" / "vendor"  # from npm; ignored by git
    if vendor.exists():
        shutil.copytree(vendor, folder / vendor.relative_to(ROOT))
    subprocess.run(["make", "sbom", f"PYTHON={sys.executable}"], cwd=folder, check=True)
    return folder


def installed(project: Path) -> dict[str, str]:
    """Return the versions of the packages in the environment, by name."""
    packages = {}
    for path in project.glob(".venv/lib/python*/site-packages/*.dist-info"):
        name, _, version = path.name.removesuffix(".dist-info").rpartition("-")
        packages[canonicalize_name(name)] = version
    return packages


def test_exactly_the_locked_versions_are_installed_and_no_installer(project: Path) -> None:
    packages = installed(project)
    assert packages.pop("numink")
    assert packages == versions_here("base")


def test_the_bill_of_materials_has_every_locked_package_and_no_other(project: Path) -> None:
    bill = json.loads((project / "dist" / "sbom.cdx.json").read_text())
    assert (bill["bomFormat"], bill["metadata"]["component"]["name"]) == ("CycloneDX", "numink")
    components = {canonicalize_name(part["name"]): part["version"] for part in bill["components"]}
    assert components == versions_here("base")
    assert all(part["purl"].startswith("pkg:pypi/") for part in bill["components"])


def test_the_installed_command_reads_a_digit(project: Path, tmp_path: Path) -> None:
    picture = tmp_path / "digit.png"
    picture.write_bytes(as_file(one_digit("7")))
    command = [project / ".venv" / "bin" / "numink", "read", "--single", picture]
    assert "7" in subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_reading_and_serving_take_at_most_420_mib(project: Path) -> None:
    output = subprocess.run(["du", "-sk", project / ".venv"], capture_output=True, text=True, check=True).stdout
    assert int(output.split()[0]) / 1024 <= LIMIT_MIB


def test_a_package_with_another_hash_is_refused(tmp_path: Path) -> None:
    (tmp_path / "deploy").mkdir()
    (tmp_path / "requirements").mkdir()
    shutil.copy2(ROOT / "deploy" / "install.py", tmp_path / "deploy")
    entry = next(entry for entry in locked("base") if entry.name == "mdurl")
    wrong = locked("build")[0].hashes[0]
    (tmp_path / "requirements" / "base.txt").write_text(f"{entry.name}=={entry.version} --hash={wrong}\n")
    command = [sys.executable, tmp_path / "deploy" / "install.py", tmp_path / "environment"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "DO NOT MATCH THE HASHES" in done.stderr
    assert "numink is not installed" in done.stderr


def test_a_folder_that_is_no_environment_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "letter.txt").write_text("dear")
    command = [sys.executable, ROOT / "deploy" / "install.py", tmp_path]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (done.returncode, "no environment of Python" in done.stderr) == (1, True)
    assert (tmp_path / "letter.txt").read_text() == "dear"
