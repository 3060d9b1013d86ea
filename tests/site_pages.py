"""All pages that the application has, found in its own table of routes, so that new ones are among them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from accounts_world import PASSWORD, World, fill
from numink.settings import Settings
from numink.web import create_app
from web_client import Client

SAMPLES = {"kind": "csv"}
"""What stands for a part of an address; `reading_id` is given, anything else is 'none'."""


def pages_of(client: Client, folder: Path, **samples: str) -> dict[str, str]:
    """By name, the addresses that answer with a page, and one that leads nowhere; `folder` may be written to."""
    addresses = _addresses(Settings(store=f"sqlite:///{folder}/site.db"), samples)
    found = {name: address for name, address in sorted(addresses.items()) if _is_page(client, address)}
    return found | {"problem": "/nothing-is-here"}


@dataclass(frozen=True)
class AccountPages:
    """The pages that there are with accounts only: addresses by name, for nobody and for an administrator."""

    world: World
    administrator: Client
    """His browser."""
    closed: dict[str, str]
    known: dict[str, str]


def account_pages(world: World, folder: Path, email: str) -> AccountPages:
    """`email` becomes an administrator with an API key; links of mails are real ones. `folder` as above."""
    known, nobody = world.member(email), world.visitor()
    world.key(known, "the scanner")
    world.member("clerk@example.org")
    world.make_admin(email)
    fill(nobody, "/register", email="late@example.org", password=PASSWORD, again=PASSWORD)
    fill(known, "/account", "/account/email", email="new@example.org", old=PASSWORD)
    tokens = {
        name: world.box.link(to).rpartition("/")[2]
        for name, to in (("entry.confirm", "late@example.org"), ("account.new_email", "new@example.org"))
    }
    fill(nobody, "/forgot", email=email)
    tokens["entry.reset"] = world.box.link(email).rpartition("/")[2]
    off = Settings(store=f"sqlite:///{folder}/site.db")
    on = Settings(
        store=f"sqlite:///{folder}/accounts.db", accounts=True, url="http://127.0.0.1", smtp_host="127.0.0.1",
        smtp_sender="numink@example.org",
    )  # fmt: skip
    more = {name: one for name, one in _addresses(on, tokens).items() if name not in _addresses(off, {})}
    closed = {name: one for name, one in sorted(more.items()) if _is_page(nobody, one)}
    others = {name: one for name, one in sorted(more.items()) if name not in closed and _is_page(known, one)}
    return AccountPages(world, known, {"welcome": "/", **closed}, others)


def _addresses(settings: Settings, samples: Mapping[str, str]) -> dict[str, str]:
    """By name, what can be asked for; `samples` has parts of addresses by their name or by the route's."""
    app = create_app(settings)
    addresses = {}
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("")
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.endpoint != "static":
                given = SAMPLES | dict(samples)
                values = {name: given.get(rule.endpoint, given.get(name, "none")) for name in rule.arguments}
                addresses[rule.endpoint.replace(".", "-")] = adapter.build(rule.endpoint, values, method="GET")
    app.extensions["numink"].close()
    return addresses


def _is_page(client: Client, address: str) -> bool:
    answer = client.ask("GET", address, headers={"Accept": "text/html"})
    return answer.status < 300 and answer.headers.get("Content-Type", "").startswith("text/html")
