"""A fake of IBM Cloud's command line: keeps resources in a folder, records each call, and refuses invalid ones.

Called as `ibmcloud`; IBMCLOUD_STATE names the folder. As with IBM's own, creating a resource that exists fails, as do
changing one that does not exist and an option that the command does not have (command reference, docs/ibm.md).
"""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

STATE = Path(os.environ["IBMCLOUD_STATE"])
COMMON = {"name", "force", "ignore-not-found", "output", "quiet", "wait", "no-wait", "wait-timeout"}
RUNS = {"image", "registry-secret", "cpu", "memory", "ephemeral-storage", "env", "env-from-secret", "command",
        "argument", "mount-data-store", "user"}  # fmt: skip
OPTIONS = {
    "app": RUNS | {"port", "min-scale", "max-scale", "concurrency", "scale-down-delay", "request-timeout",
                   "probe-ready", "probe-live", "service-instance", "service-credential", "prefix"},
    "job": RUNS - {"user"} | {"maxexecutiontime", "retrylimit", "array-indexes"},
    "jobrun": RUNS | {"job", "array-indexes"},
    "build": {"image", "registry-secret", "build-type", "strategy", "size", "timeout"},
    "buildrun": {"build", "source"},
    "secret": {"format", "from-env-file", "server", "username", "password-from-json-file", "access-key-id-prompt",
               "secret-access-key-prompt", "cert-chain-file", "private-key-file"},
    "persistentdatastore": {"cos-bucket-name", "cos-access-secret"},
    "domainmapping": {"domain-name", "target", "tls-secret"},
    "project": set(),
}  # fmt: skip


def fail(reason: str) -> None:
    print(f"FAILED\n{reason}", file=sys.stderr)
    sys.exit(1)


def option(arguments: list[str], *names: str) -> str:
    return next((arguments[index + 1] for index, word in enumerate(arguments) if word in names), "")


def code_engine(kind: str, verb: str, rest: list[str]) -> None:
    unknown = {word[2:] for word in rest if word.startswith("--")} - COMMON - OPTIONS[kind]
    if unknown:
        fail(f"{kind} {verb} has no option {sorted(unknown)}")
    name = option(rest, "--name", "--domain-name", "--build", "--job")
    path = STATE / f"{kind}-{name}"
    for file in ("--from-env-file", "--password-from-json-file", "--cert-chain-file", "--private-key-file"):
        if (given := option(rest, file)) and not Path(given).read_text():
            fail(f"{given} is empty")
    if verb == "create" and path.exists():
        fail(f"a {kind} {name} already exists")
    if verb in ("update", "get", "bind", "select") and not path.exists():
        fail(f"there is no {kind} {name}")
    if verb == "create":
        path.write_text(json.dumps(rest))
    if verb == "bind":
        path.write_text(f"{path.read_text()}\nService Bindings: {option(rest, '--service-instance')}")
    if verb == "delete":
        path.unlink(missing_ok="--ignore-not-found" in rest or kind == "project")
    if verb == "get":
        print("https://numink.example" if option(rest, "--output") == "url" else path.read_text())


def resource(verb: str, rest: list[str]) -> None:
    path = STATE / f"{re.sub('-create$', '', verb)}-{rest[0]}"
    if verb.endswith("-create"):
        if path.exists():
            fail(f"{rest[0]} already exists")
        path.touch()
    elif not path.exists():
        fail(f"there is no {rest[0]}")


def main() -> None:
    words = sys.argv[1:]
    with (STATE / "calls").open("a") as calls:
        calls.write(json.dumps(words) + "\n")
    if words[0] == "ce":
        code_engine(words[1], words[2], words[3:])
    elif words[0] == "resource":
        resource(words[1], words[2:])
    elif words[:2] == ["plugin", "show"] and not (STATE / f"plugin-{words[2]}").exists():
        fail("no such plug-in")
    elif words[:2] == ["plugin", "install"]:
        (STATE / f"plugin-{words[2]}").touch()
    elif words[0] not in ("login", "target", "cr", "plugin"):
        fail(f"'{words[0]}' is not a registered command")


if __name__ == "__main__":
    main()
