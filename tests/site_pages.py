"""All pages that the application has, found in its own table of routes, so that new ones are among them."""

from __future__ import annotations

from pathlib import Path

from numink.settings import Settings
from numink.web import create_app
from web_client import Client

SAMPLES = {"kind": "csv"}
"""What stands for a part of an address; `reading_id` is given, anything else is 'none'."""


def pages_of(client: Client, folder: Path, **samples: str) -> dict[str, str]:
    """By name, the addresses that answer with a page, and one that leads nowhere; `folder` may be written to."""
    app = create_app(Settings(store=f"sqlite:///{folder}/site.db"))
    addresses = {}
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("")
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.endpoint != "static":
                values = {name: (SAMPLES | samples).get(name, "none") for name in rule.arguments}
                addresses[rule.endpoint.replace(".", "-")] = adapter.build(rule.endpoint, values, method="GET")
    app.extensions["numink"].close()
    found = {name: address for name, address in sorted(addresses.items()) if _is_page(client, address)}
    return found | {"problem": "/nothing-is-here"}


def _is_page(client: Client, address: str) -> bool:
    answer = client.ask("GET", address, headers={"Accept": "text/html"})
    return answer.status < 300 and answer.headers.get("Content-Type", "").startswith("text/html")
