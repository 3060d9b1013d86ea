"""Creation of the database and its indexes where they are missing; several processes may do it at once."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

from .answers import ResourceConflict, ResourceMissing
from .client import CouchClient
from .design_documents import design_documents


def ensure_database(client: CouchClient, name: str) -> bool:
    """Create the database and its indexes where they are missing; an existing database stays as it is.

    Returns:
        True where the database has partitions.
    """
    try:
        information = database_information(client, name)
    except ResourceMissing:
        with suppress(ResourceConflict):  # by another process, or by an attempt of which no answer came
            client.call("put_database", db=name, partitioned=True)
        information = database_information(client, name)
    partitioned = bool(information.get("props", {}).get("partitioned"))
    for design in design_documents(partitioned=partitioned):
        _ensure_design(client, name, design)
    return partitioned


def database_information(client: CouchClient, name: str, timeout: float = 0.0) -> Mapping[str, Any]:
    """Return the server's description of the database. Raises ResourceMissing."""
    information: Mapping[str, Any] = client.call("get_database_information", timeout, db=name).result
    return information


def describe(client: CouchClient, name: str) -> dict[str, str]:
    """Return facts about the server and the database by name, after creating missing indexes."""
    server, partitioned = client.call("get_server_information").result, ensure_database(client, name)
    information = database_information(client, name)
    vendor = server.get("vendor", {}).get("name") or "CouchDB"
    return {
        "server": f"{vendor} {server.get('version', '?')}",
        "database": f"{name}, {information['doc_count']:,} documents",
        "partitions": "yes" if partitioned else "no: ranges of the whole primary index are read instead",
        "indexes": ", ".join(design["_id"] for design in design_documents(partitioned=partitioned)),
    }


def _ensure_design(client: CouchClient, name: str, design: dict[str, Any]) -> None:
    design_name = design["_id"].partition("/")[2]
    try:
        stored = client.call("get_design_document", db=name, ddoc=design_name).result
    except ResourceMissing:
        stored = {}
    if {**stored, **design} == stored:
        return
    revision = {"rev": stored["_rev"]} if stored else {}
    with suppress(ResourceConflict):  # another process was first
        client.call("put_design_document", db=name, ddoc=design_name, design_document=design, **revision)
