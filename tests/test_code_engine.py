"""deploy/code-engine.sh against a stand-in for ibmcloud: first run, second run, removal; no secret in any command."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "deploy" / "code-engine.sh"
KEY = "a-key-that-nobody-may-see"
SHELLS = [SCRIPT, ROOT / "deploy" / "numink-job", ROOT / "tests" / "inside.sh", ROOT / "tests" / "need.sh"]


class Cloud:
    """An IBM Cloud account without resources."""

    def __init__(self, folder: Path) -> None:
        self.state = folder / "state"
        self.state.mkdir()
        tool = folder / "bin" / "ibmcloud"
        tool.parent.mkdir()
        tool.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{Path(__file__).with_name("ibmcloud.py")}" "$@"\n')
        tool.chmod(0o755)
        (folder / "key.json").write_text(json.dumps({"apikey": KEY}))
        (folder / "own.env").write_text("NUMINK_SMTP_PASSWORD=another-secret\n")
        for name in ("chain.pem", "key.pem"):
            (folder / name).write_text("-----BEGIN-----\n")
        self.environment = {
            "PATH": f"{tool.parent}:{os.environ['PATH']}", "HOME": str(folder), "TMPDIR": str(folder), "TAG": "t1",
            "IBMCLOUD_STATE": str(self.state), "IBMCLOUD_API_KEY_FILE": str(folder / "key.json"),
            "CLOUDANT": "history", "BUCKET": "pictures", "SECRETS": str(folder / "own.env"),
            "DOMAIN": "digits.example.org", "TLS_CERT": str(folder / "chain.pem"), "TLS_KEY": str(folder / "key.pem"),
        }  # fmt: skip

    def script(self, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["sh", str(SCRIPT), *arguments],
            env=self.environment | environment,
            capture_output=True,
            text=True,
            check=False,
        )

    def calls(self) -> list[list[str]]:
        path = self.state / "calls"
        return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []

    def created(self) -> Counter[str]:
        """Return the number of times that each kind of resource was created."""
        return Counter(
            " ".join(call[:3]) for call in self.calls() if "create" in call[2:3] or call[1].endswith("-create")
        )


@pytest.fixture
def cloud(tmp_path: Path) -> Cloud:
    return Cloud(tmp_path)


def test_the_first_run_creates_every_resource(cloud: Cloud) -> None:
    done = cloud.script("deploy")

    assert done.returncode == 0, done.stderr
    assert "https://numink.example" in done.stdout
    resources = {path.name for path in cloud.state.iterdir()}
    assert {
        "project-numink", "secret-numink-registry", "secret-numink-cookies", "secret-numink-own", "secret-numink-tls",
        "build-numink", "app-numink", "job-numink-read", "persistentdatastore-numink-bucket",
        "domainmapping-digits.example.org", "service-instance-history", "service-key-history-numink",
    } <= resources  # fmt: skip


def test_a_second_run_updates_and_creates_nothing(cloud: Cloud) -> None:
    assert cloud.script("deploy").returncode == 0
    first = cloud.created()
    again = cloud.script("deploy", TAG="t2")

    assert again.returncode == 0, again.stderr
    assert cloud.created() == first
    assert first["ce app create"] == 1
    updates = [call for call in cloud.calls() if call[:3] == ["ce", "app", "update"]]
    assert len(updates) == 1
    assert any(word.endswith(":t2") for word in updates[0])
    assert len([call for call in cloud.calls() if call[:3] == ["ce", "app", "bind"]]) == 1


def test_a_failed_run_is_completed_by_the_next(cloud: Cloud) -> None:
    broken = cloud.script("deploy", TLS_CERT="/nowhere")
    assert broken.returncode == 2
    assert "TLS_CERT" in broken.stderr
    assert cloud.script("deploy").returncode == 0
    assert cloud.created()["ce app create"] == 1


def test_no_secret_is_part_of_a_command_or_left_in_a_file(cloud: Cloud) -> None:
    done = cloud.script("deploy")

    text = json.dumps(cloud.calls()) + done.stdout + done.stderr
    assert KEY not in text
    assert "another-secret" not in text
    assert "NUMINK_SECRET_KEY=" not in text
    assert {path.name for path in Path(cloud.environment["TMPDIR"]).iterdir()} == {
        "state", "bin", "key.json", "own.env", "chain.pem", "key.pem"
    }  # fmt: skip


def test_a_dry_run_prints_every_command_and_runs_none(cloud: Cloud) -> None:
    done = cloud.script("--dry-run", "deploy")

    assert done.returncode == 0, done.stderr
    assert cloud.calls() == []
    commands = [line for line in done.stdout.splitlines() if line]
    assert all(line.startswith("ibmcloud ") for line in commands)
    for command in ("login", "ce project create", "cr namespace-add", "ce secret create", "ce buildrun submit",
                    "ce app create", "ce app bind", "ce job create", "ce domainmapping create"):  # fmt: skip
        assert any(line.startswith(f"ibmcloud {command}") for line in commands), command
    assert KEY not in done.stdout


def test_remove_deletes_everything_that_deploy_created_but_data(cloud: Cloud) -> None:
    assert cloud.script("deploy").returncode == 0
    removed = cloud.script("remove", "--project")

    assert removed.returncode == 0, removed.stderr
    left = {path.name for path in cloud.state.iterdir()} - {"calls", "plugin-code-engine", "plugin-container-registry"}
    assert left == {"service-instance-history", "service-key-history-numink"}  # the user's data stays
    assert cloud.script("remove", "--project").returncode == 0


def test_without_cloudant_there_is_at_most_one_instance(cloud: Cloud) -> None:
    assert cloud.script("deploy", CLOUDANT="").returncode == 0
    app = next(call for call in cloud.calls() if call[:3] == ["ce", "app", "create"])
    assert app[app.index("--max-scale") + 1] == "1"
    assert not any(call[0] == "resource" for call in cloud.calls())


def test_with_cloudant_the_application_is_bound_and_stores_its_history_there(cloud: Cloud) -> None:
    assert cloud.script("deploy").returncode == 0
    app = next(call for call in cloud.calls() if call[:3] == ["ce", "app", "create"])
    bind = next(call for call in cloud.calls() if call[:3] == ["ce", "app", "bind"])

    assert "NUMINK_STORE=cloudant://numink" in app
    assert app[app.index("--max-scale") + 1] == "3"
    assert bind[bind.index("--prefix") + 1] == "CLOUDANT"
    assert bind[bind.index("--service-instance") + 1] == "history"


def test_the_job_runs_over_two_folders_of_the_bucket(cloud: Cloud) -> None:
    cloud.script("deploy")
    assert cloud.script("run", "scans", "readings", "4").returncode == 0
    run = next(call for call in cloud.calls() if call[:3] == ["ce", "jobrun", "submit"])
    assert run[run.index("--array-indexes") + 1] == "0-3"
    assert [run[index + 1] for index, word in enumerate(run) if word == "--argument"] == [
        "/mnt/bucket/scans",
        "/mnt/bucket/readings",
    ]


@pytest.mark.parametrize(
    ("arguments", "environment", "message"),
    [
        (["deploy"], {"PATH": "/usr/bin:/bin"}, "there is no ibmcloud"),
        (["deploy"], {"REGION": "mars"}, "REGION is mars"),
        (["deploy"], {"IBMCLOUD_API_KEY_FILE": "/nowhere"}, "/nowhere cannot be read"),
        (["run", "scans"], {}, "name two folders"),
        (["reploy"], {}, "deploy/code-engine.sh [--dry-run] deploy"),
    ],
)
def test_wrong_usage_ends_with_a_remedy(
    cloud: Cloud, arguments: list[str], environment: dict[str, str], message: str
) -> None:
    done = cloud.script(*arguments, **environment)
    assert done.returncode != 0
    assert message in done.stderr


@pytest.mark.parametrize("script", SHELLS, ids=lambda path: path.name)
def test_the_shell_scripts_pass_shellcheck(script: Path) -> None:
    assert subprocess.run(["sh", "-n", script], check=False).returncode == 0
    if shutil.which("shellcheck"):
        output = subprocess.run(
            ["shellcheck", "--shell=sh", "--severity=warning", script], capture_output=True, text=True, check=False
        )
        assert output.stdout == ""
