"""Requests made from the API's own description, sound and unsound ones: how many answers are 5xx, or not as described.

    python benchmarks/schema_fuzz.py [--requests 5000] [--seed 1] [--accounts]

With --accounts on a server where one needs a key: most requests show a good one, others none, a revoked or a broken
one, that of somebody whose readings are spent, or come from another site's page; the forms of an account are sent too.
Starts the server by itself; needs what `make test` installs (schemathesis). The suite does a share of this
(tests/test_api_schema.py). Ends with 1 where an answer is 5xx or not as described.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
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

from account_doors import opened, send_forms
from report import machine, table

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from web_client import Client, served
from web_pictures import digits, draw, encoded

PART = 60
"""Requests of one kind at once."""
ROUNDS = 200
"""Parts at most: a route without parameters has few different requests."""
TOO_MANY = 429


@dataclass(frozen=True)
class Door:
    """How a server is asked: as whom things are made and looked up, and the headers that requests may have."""

    port: int
    client: Client
    headers: st.SearchStrategy[dict[str, str]] = field(default_factory=lambda: st.just({}))


def kinds(door: Door) -> Iterator[tuple[str, Any]]:
    """Each route with sound and with unsound requests: its name, and the strategy of its requests. Sound ones that name
    a reading or a batch name one that is there half of the time."""
    description = schemathesis.openapi.from_url(f"http://127.0.0.1:{door.port}/api/v1/openapi.json")
    for found in description.get_all_operations():
        operation = found.ok()
        for mode in GenerationMode:
            strategy = operation.as_strategy(generation_mode=mode)
            if "_id}" in operation.path and mode is GenerationMode.POSITIVE:
                strategy = st.tuples(strategy, st.booleans()).map(lambda drawn: there(door.client, *drawn))
            yield f"{operation.method.upper()} {operation.path}", strategy


def there(client: Client, case: Any, wanted: bool) -> Any:
    """The request with the id of a reading, or of a batch, that is there, where that is wanted."""
    if wanted and "reading_id" in case.path_parameters:
        newest = client.get("/api/v1/readings?limit=1").json["readings"]
        case.path_parameters["reading_id"] = (newest or [client.read(digits("7", 40)).json])[0].get("id", "none")
    elif wanted:
        newest = client.get("/api/v1/batches?limit=1").json["batches"]
        case.path_parameters["batch_id"] = newest[0]["id"] if newest else "none"
    return case


def ask(door: Door, strategy: Any, at: int, statuses: Counter[int], failures: list[str]) -> None:
    """PART requests; counts their statuses, and keeps what is not as described."""

    @seed(at)
    @settings(
        max_examples=PART, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(case=strategy, headers=door.headers)
    def one(case: Any, headers: dict[str, str]) -> None:
        response = case.call(headers=headers)
        statuses[response.status_code] += 1
        # any bytes are valid for a picture's field, and most are no picture: 415 and 422 say so; and the fields of a
        # form are texts, so that 0 is as good as false
        left_out = [positive_data_acceptance]
        if case.media_type == "multipart/form-data" or response.status_code == TOO_MANY:
            left_out.append(negative_data_rejection)
        try:
            case.validate_response(response, headers=headers, excluded_checks=left_out)
        except (FailureGroup, Failure) as failure:  # one that fails must not end the measure
            failures.append(f"{case.method} {case.path}: {failure}".replace("\n", " ")[:300])

    try:
        one()
    except Unsatisfiable:
        return  # there is no wrong way to ask this


def measure(door: Door, wanted: int, first: int) -> tuple[dict[str, Counter[int]], list[str]]:
    """Statuses by route, until there are as many as `wanted`, and what was not as described."""
    counted: dict[str, Counter[int]] = {}
    failures: list[str] = []
    asked = list(kinds(door))
    for at in range(first, first + ROUNDS):
        for name, strategy in asked:
            if sum(counts.total() for counts in counted.values()) >= wanted:
                return counted, failures
            ask(door, strategy, at, counted.setdefault(name, Counter()), failures)
    return counted, failures


def of_kind(statuses: Counter[int], hundred: int) -> int:
    """How many are 2xx, 4xx, 5xx."""
    return sum(count for status, count in statuses.items() if status // 100 == hundred)


def asked_for(chosen: argparse.Namespace, folder: Path) -> tuple[dict[str, Counter[int]], list[str]]:
    """As `measure`; with accounts their forms too, beside the requests that are asked for."""
    if not chosen.accounts:
        with served(folder) as server:
            return measure(Door(server.port, server.client), chosen.requests, chosen.seed)
    with opened(folder) as (here, browser, program, headers):
        counted, failures = measure(Door(here.server.port, program, headers), chosen.requests, chosen.seed)
        return counted | send_forms(here, browser, PART, chosen.seed), failures


def main() -> int:
    """Prints a table by route."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--requests", type=int, default=5000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--accounts", action="store_true", help="on a server with accounts")
    chosen = parser.parse_args()
    schemathesis.openapi.format(
        "binary",
        st.one_of(st.sampled_from([digits("7", 40), encoded(draw("41", 30), "JPEG")]), st.binary(max_size=64)),
    )
    print(machine())
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        counted, failures = asked_for(chosen, Path(folder))
    doors = (401, 403, 429)
    rows = [
        [name, counts.total(), *(of_kind(counts, kind) for kind in (2, 3, 4, 5)), *(counts[door] for door in doors)]
        for name, counts in counted.items()
    ]
    rows.append(["all", *(sum(int(row[at]) for row in rows) for at in range(1, 6 + len(doors)))])
    print(table(["route", "requests", "2xx", "3xx", "4xx", "5xx", *(f"of these {door}" for door in doors)], rows))
    print(f"{len(failures)} answers were not as described; {time.monotonic() - started:.0f} s")
    for failure, count in Counter(failures).most_common(10):
        print(f"  {count} x {failure}")
    return int(bool(failures) or rows[-1][5] != 0)


if __name__ == "__main__":
    sys.exit(main())
