"""Indexes of the database: two design documents whose views list fields of the documents.

Fields for the indexes are computed when a reading is written (`documents_of_readings.py`), so that the functions here
only emit them. They use only JavaScript that the oldest servers know. Keys begin with the owner, and differ from one
another, so that a list can continue after one. Their text must not change: a server indexes all documents anew then.
"""

from __future__ import annotations

from typing import Any

OWNER_DESIGN = "numink"
"""Design document with the views of one owner, partitioned where the database is."""
GLOBAL_DESIGN = "numink-all"
"""Design document with the views of all owners."""
LOCAL_ID = "doc._id.substring(doc._id.indexOf(':') + 1)"


def _map(condition: str, body: str) -> str:
    return f"function (doc) {{ if ({condition}) {{ {body} }} }}"


IS_READING = "doc.kind === 'reading'"
IS_LIVE = f"{IS_READING} && !doc.discarded"
OWNER_VIEWS: dict[str, dict[str, Any]] = {
    "live": {
        "map": _map(
            IS_LIVE,
            f"emit([doc.owner, {LOCAL_ID}], [doc.created, doc.name, doc.text, doc.said, doc.open.length,"
            " doc.corrections.length]);",
        ),
        "reduce": "_count",
    },
    "doubts": {
        "map": _map(
            IS_LIVE,
            f"doc.open.forEach(function (one) {{ emit([doc.owner, one[0], {LOCAL_ID}, one[1], one[2]], null); }});",
        ),
        "reduce": "_count",
    },
    "said": {
        "map": _map(
            IS_READING,
            "doc.corrections.forEach(function (one, at) {"
            f" emit([doc.owner, {LOCAL_ID}, at], {{said: one, discarded: doc.discarded || ''}}); }});",
        )
    },
    "discarded": {
        "map": _map(f"{IS_READING} && doc.discarded", f"emit([doc.owner, doc.discarded, {LOCAL_ID}], null);")
    },
    "bytes": {"map": _map(IS_READING, f"emit([doc.owner, {LOCAL_ID}], doc.bytes);"), "reduce": "_sum"},
    "waiting": {
        "map": _map("doc.kind === 'item' && doc.bytes", f"emit([doc.owner, {LOCAL_ID}], doc.size);"),
        "reduce": "_sum",
    },
    "use": {
        "map": _map(
            f"{IS_READING} || doc.kind === 'use'",
            f"Object.keys(doc.counts).forEach(function (what) {{ emit([doc.owner, doc.day, what, {LOCAL_ID}],"
            " doc.counts[what]); });",
        ),
        "reduce": "_sum",
    },
}
GLOBAL_VIEWS: dict[str, dict[str, Any]] = {
    "corrections": {
        "map": _map(
            IS_LIVE,
            "doc.corrections.forEach(function (one) {"
            " emit([one.id.substring(one.id.indexOf(':') + 1), one.id], one); });",
        )
    },
    "discarded": {"map": _map(f"{IS_READING} && doc.discarded", "emit([doc.discarded, doc._id], null);")},
    "made": {"map": _map(f"{IS_READING} || doc.kind === 'lot'", "emit([doc.kind, doc.created, doc._id], doc.batch);")},
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
    """Return the design documents that the database must have."""
    designs: list[dict[str, Any]] = [
        {"_id": f"_design/{OWNER_DESIGN}", "language": "javascript", "views": OWNER_VIEWS},
        {"_id": f"_design/{GLOBAL_DESIGN}", "language": "javascript", "views": GLOBAL_VIEWS},
    ]
    if partitioned:
        designs[0]["options"], designs[1]["options"] = {"partitioned": True}, {"partitioned": False}
    return designs
