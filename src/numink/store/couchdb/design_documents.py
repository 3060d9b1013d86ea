"""The indexes of the database: two design documents, whose views list what the documents' own fields say.

What is worth knowing of a reading is worked out when it is written (`cloudant_reading.py`), so that the functions here
only pick it up. They are written for the oldest JavaScript that a server may have. Keys begin with the owner, and
differ from one another, so that a list can go on after one.
"""

from __future__ import annotations

from typing import Any

OWN, ALL = "numink", "numink-all"
"""Of one owner's, which are partitioned where the database is; and of everybody's."""
REST = "doc._id.substring(doc._id.indexOf(':') + 1)"


def _map(condition: str, body: str) -> str:
    return f"function (doc) {{ if ({condition}) {{ {body} }} }}"


READING = "doc.kind === 'reading'"
LIVE = f"{READING} && !doc.discarded"
VIEWS: dict[str, dict[str, Any]] = {
    "live": {
        "map": _map(
            LIVE,
            f"emit([doc.owner, {REST}], [doc.created, doc.name, doc.text, doc.said, doc.open.length,"
            " doc.corrections.length]);",
        ),
        "reduce": "_count",
    },
    "doubts": {
        "map": _map(
            LIVE, f"doc.open.forEach(function (one) {{ emit([doc.owner, one[0], {REST}, one[1], one[2]], null); }});"
        ),
        "reduce": "_count",
    },
    "said": {
        "map": _map(
            READING,
            "doc.corrections.forEach(function (one, at) {"
            f" emit([doc.owner, {REST}, at], {{said: one, discarded: doc.discarded || ''}}); }});",
        )
    },
    "discarded": {"map": _map(f"{READING} && doc.discarded", f"emit([doc.owner, doc.discarded, {REST}], null);")},
    "bytes": {"map": _map(READING, f"emit([doc.owner, {REST}], doc.bytes);"), "reduce": "_sum"},
    "waiting": {
        "map": _map("doc.kind === 'item' && doc.bytes", f"emit([doc.owner, {REST}], doc.size);"),
        "reduce": "_sum",
    },
    "use": {
        "map": _map(
            f"{READING} || doc.kind === 'use'",
            f"Object.keys(doc.counts).forEach(function (what) {{ emit([doc.owner, doc.day, what, {REST}],"
            " doc.counts[what]); });",
        ),
        "reduce": "_sum",
    },
}
ALL_VIEWS: dict[str, dict[str, Any]] = {
    "corrections": {
        "map": _map(
            LIVE,
            "doc.corrections.forEach(function (one) {"
            " emit([one.id.substring(one.id.indexOf(':') + 1), one.id], one); });",
        )
    },
    "discarded": {"map": _map(f"{READING} && doc.discarded", "emit([doc.discarded, doc._id], null);")},
    "made": {"map": _map(f"{READING} || doc.kind === 'lot'", "emit([doc.kind, doc.created, doc._id], doc.batch);")},
    "kept": {
        "map": _map("doc.kind === 'item' && doc.state === 'failed' && doc.bytes", "emit([doc.batch, doc._id], null);")
    },
    "work": {
        "map": _map(
            "doc.kind === 'item' && (doc.state === 'waiting' || doc.state === 'reading' || doc.unsettled)",
            "emit([doc.batch, doc.place, doc.part, doc._id], doc.held_until);",
        ),
        "reduce": "_count",
    },
}


def design_documents(*, partitioned: bool) -> list[dict[str, Any]]:
    """As they are to be in the database."""
    made: list[dict[str, Any]] = [
        {"_id": f"_design/{OWN}", "language": "javascript", "views": VIEWS},
        {"_id": f"_design/{ALL}", "language": "javascript", "views": ALL_VIEWS},
    ]
    if partitioned:
        made[0]["options"], made[1]["options"] = {"partitioned": True}, {"partitioned": False}
    return made
