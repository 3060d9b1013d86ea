"""Fuzzing of the API: valid and invalid requests made from its OpenAPI description; answers 5xx or not as described.

    python benchmarks/schema_fuzz.py [--requests 5000] [--seed 1] [--accounts]

With --accounts the server requires a key: most requests have a valid one, others none, a revoked or malformed one, one
whose quota is used up, or come from another site's page; the forms of an account are sent too. Starts the server by
itself; needs the packages that `make test` installs. The test suite runs a small part of this
(tests/test_api_schema.py). The exit code is 1 where an answer is 5xx or not as described.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from base64 import b64encode
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.core.failures import Failure, FailureGroup
from schemathesis.specs.openapi.checks import negative_data_rejection, positive_data_acceptance

from account_fuzz import send_forms, server_with_accounts
from report import machine, table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from hostile_options import BODIES, EVERY_FIELD, OTHER_FIELDS, SLOW_PATTERNS
from web_client import Client, served
from web_pictures import digits, draw, encoded

BATCH = 60
"""Requests of one kind in a row."""
MOST_ROUNDS = 200
"""Most batches of each kind: a route without parameters has few different requests."""
TOO_MANY_REQUESTS, ADDRESS_TOO_LONG = 429, 414
FORM, JSON = "multipart/form-data", "application/json"
OPTIONS = ("single", "pattern", "check", "among", "characters", "decimal", "dates", "regions", "digits", "text")


SLOWEST: dict[str, float] = {}
"""Seconds of the slowest answer of each route."""


@dataclass(frozen=True)
class Target:
    """The server under test: its port, a client that creates and looks up objects, and headers for the requests."""

    port: int
    client: Client
    headers: st.SearchStrategy[dict[str, str]] = field(default_factory=lambda: st.just({}))


def kinds(target: Target) -> Iterator[tuple[str, Any]]:
    """Yield each route twice, with valid and with invalid requests: its name, and the strategy of its requests.

    Half of the valid requests for a reading or a batch name an existing one. Hostile forms and bodies are a third kind.
    """
    description = schemathesis.openapi.from_url(f"http://127.0.0.1:{target.port}/api/v1/openapi.json")
    for result in description.get_all_operations():
        operation = result.ok()
        for mode in GenerationMode:
            strategy = operation.as_strategy(generation_mode=mode)
            if "_id}" in operation.path and mode is GenerationMode.POSITIVE:
                strategy = st.tuples(strategy, st.booleans()).map(lambda drawn: with_existing_id(target.client, *drawn))
            yield f"{operation.method.upper()} {operation.path}", strategy
        hostile = hostile_requests(operation, target.client)
        if hostile is not None:
            yield f"{operation.method.upper()} {operation.path} hostile", hostile


def hostile_requests(operation: Any, client: Client) -> Any:
    """Return the strategy of requests with hostile options or corrections; None where a route takes neither."""
    strategy = operation.as_strategy(generation_mode=GenerationMode.POSITIVE)
    if operation.path.endswith("/read"):
        values = {name: st.sampled_from([*EVERY_FIELD, *OTHER_FIELDS.get(name, ())]) for name in OPTIONS}
        values["pattern"] |= st.sampled_from(SLOW_PATTERNS)
        options = st.dictionaries(st.sampled_from(OPTIONS), st.none(), min_size=1, max_size=2)
        drawn = options.flatmap(lambda names: st.fixed_dictionaries({name: values[name] for name in names}))
        picture = digits("7", 40)
        return st.tuples(strategy, drawn, st.booleans()).map(
            lambda parts: (
                with_body(parts[0], {"file": b64encode(picture).decode(), **parts[1]}, JSON)
                if parts[2]
                else with_body(parts[0], {"file": picture, **parts[1]}, FORM)
            )
        )
    if operation.path.endswith("/corrections") and operation.method == "post":
        existing = strategy.map(lambda case: with_existing_id(client, case, existing=True))
        return st.tuples(existing, st.sampled_from(BODIES)).map(lambda pair: with_body(pair[0], pair[1].encode(), JSON))
    return None


def with_body(case: Any, body: Any, media_type: str) -> Any:
    """Return the request with another body, which alone holds options."""
    case.body, case.media_type, case.query = body, media_type, {}
    return case


def with_existing_id(client: Client, case: Any, existing: bool) -> Any:
    """Return the request, if `existing` with the id of a stored reading or batch."""
    if existing and "reading_id" in case.path_parameters:
        newest = client.get("/api/v1/readings?limit=1").json["readings"]
        case.path_parameters["reading_id"] = (newest or [client.read(digits("7", 40)).json])[0].get("id", "none")
    elif existing:
        newest = client.get("/api/v1/batches?limit=1").json["batches"]
        case.path_parameters["batch_id"] = newest[0]["id"] if newest else "none"
    return case


def send_batch(
    target: Target, strategy: Any, first_seed: int, statuses: Counter[int], failures: list[str]
) -> None:  # fmt: skip
    """Send BATCH requests; count their statuses, and collect the answers that are not as described."""

    @seed(first_seed)
    @settings(
        max_examples=BATCH, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=strategy, headers=target.headers)
    def send(case: Any, headers: dict[str, str]) -> None:
        response = case.call(headers=headers)
        SLOWEST[case.path] = max(SLOWEST.get(case.path, 0.0), response.elapsed)
        statuses[response.status_code] += 1
        if response.status_code == ADDRESS_TOO_LONG:  # refused by the HTTP server, before there is a route
            return
        # any bytes are valid for a picture's field, but most are answered with 415 or 422; and fields of a form are
        # texts, so that 0 is a valid false
        excluded = [positive_data_acceptance]
        if case.media_type == FORM or response.status_code == TOO_MANY_REQUESTS:
            excluded.append(negative_data_rejection)
        try:
            case.validate_response(response, headers=headers, excluded_checks=excluded)
        except (FailureGroup, Failure) as failure:  # one failure must not end the run
            failures.append(f"{case.method} {case.path}: {failure}".replace("\n", " ")[:600])

    try:
        send()
    except Unsatisfiable:
        return  # this route has no invalid requests


def fuzz(target: Target, requests: int, first_seed: int) -> tuple[dict[str, Counter[int]], list[str]]:
    """Send so many requests; return the statuses by route, and the answers that are not as described."""
    counted: dict[str, Counter[int]] = {}
    failures: list[str] = []
    routes = list(kinds(target))
    for batch_seed in range(first_seed, first_seed + MOST_ROUNDS):
        for name, strategy in routes:
            if sum(counts.total() for counts in counted.values()) >= requests:
                return counted, failures
            send_batch(target, strategy, batch_seed, counted.setdefault(name, Counter()), failures)
    return counted, failures


def count_of_class(statuses: Counter[int], hundred: int) -> int:
    """Return the number of statuses in a class: 2 for 2xx, and so on."""
    return sum(count for status, count in statuses.items() if status // 100 == hundred)


def run(options: argparse.Namespace, folder: Path) -> tuple[dict[str, Counter[int]], list[str]]:
    """Start a server and fuzz it; with accounts send their forms too, in addition to the requests."""
    if not options.accounts:
        with served(folder) as server:
            return fuzz(Target(server.port, server.client), options.requests, options.seed)
    with server_with_accounts(folder) as (environment, browser, program, headers):
        target = Target(environment.server.port, program, headers)
        counted, failures = fuzz(target, options.requests, options.seed)
        return counted | send_forms(environment, browser, BATCH, options.seed), failures


def main() -> int:
    """Print a table by route; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--accounts", action="store_true", help="on a server with accounts")
    options = parser.parse_args()
    schemathesis.openapi.format(
        "binary",
        st.one_of(st.sampled_from([digits("7", 40), encoded(draw("41", 30), "JPEG")]), st.binary(max_size=64)),
    )
    print(machine())
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        counted, failures = run(options, Path(folder))
    denials = (401, 403, 429)
    rows = [
        [
            name,
            counts.total(),
            *(count_of_class(counts, hundred) for hundred in (2, 3, 4, 5)),
            *(counts[status] for status in denials),
        ]
        for name, counts in counted.items()
    ]
    rows.append(["all", *(sum(int(row[column]) for row in rows) for column in range(1, 6 + len(denials)))])
    print(table(["route", "requests", "2xx", "3xx", "4xx", "5xx", *(f"of these {status}" for status in denials)], rows))
    route, seconds = max(SLOWEST.items(), key=lambda item: item[1])
    print(f"the slowest answer: {route}, {seconds:.2f} s")
    print(f"{len(failures)} answers were not as described; {time.monotonic() - started:.0f} s")
    for failure, count in Counter(failures).most_common(10):
        print(f"  {count} x {failure}")
    return int(bool(failures) or rows[-1][5] != 0)


if __name__ == "__main__":
    sys.exit(main())
