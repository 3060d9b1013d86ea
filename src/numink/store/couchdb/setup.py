"""The database and its indexes made where they are missing, and what they are. May be done by several at once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from .client import Service
from .design_documents import design_documents
from .retry import Exists, Missing


def make(service: Service, name: str) -> bool:
    """Makes what is missing; whether the database has partitions. One that is there is taken as it is."""
    try:
        found = information(service, name)
    except Missing:
        with suppress(Exists):  # by another process, or by an attempt of which no answer came
            service.call("put_database", db=name, partitioned=True)
        found = information(service, name)
    partitioned = bool(found.get("props", {}).get("partitioned"))
    for design in design_documents(partitioned=partitioned):
        _keep(service, name, design)
    return partitioned


def information(service: Service, name: str, patience: float = 0.0) -> Mapping[str, Any]:
    """What the server says of the database. Raises Missing."""
    found: Mapping[str, Any] = service.call("get_database_information", patience, db=name).result
    return found


def describe(service: Service, name: str) -> dict[str, str]:
    """What the server and the database are, and whether the indexes are made."""
    server, partitioned = service.call("get_server_information").result, make(service, name)
    found = information(service, name)
    vendor = server.get("vendor", {}).get("name") or "CouchDB"
    return {
        "server": f"{vendor} {server.get('version', '?')}",
        "database": f"{name}, {found['doc_count']:,} documents",
        "partitions": "yes" if partitioned else "no: ranges of the whole primary index are read instead",
        "indexes": ", ".join(one["_id"] for one in design_documents(partitioned=partitioned)),
    }


def _keep(service: Service, name: str, design: dict[str, Any]) -> None:
    called = design["_id"].partition("/")[2]
    try:
        there = service.call("get_design_document", db=name, ddoc=called).result
    except Missing:
        there = {}
    if {**there, **design} == there:
        return
    revision = {"rev": there["_rev"]} if there else {}
    with suppress(Exists):  # another process was first
        service.call("put_design_document", db=name, ddoc=called, design_document=design, **revision)
