"""All pages of the application, found in its routes, so that new pages are included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from accounts_world import PASSWORD, World, fill
from numink.settings import Settings
from numink.web import create_app
from web_client import Client

SAMPLES = {"kind": "csv"}
"""Values of variable parts of addresses; parts that are neither here nor given are 'none'."""


def pages_of(client: Client, folder: Path, **samples: str) -> dict[str, str]:
    """Return addresses of pages by name, with one that does not exist; `folder` is for a scratch database."""
    addresses = _addresses(Settings(store=f"sqlite:///{folder}/site.db"), samples)
    pages = {name: address for name, address in sorted(addresses.items()) if _is_page(client, address)}
    return pages | {"problem": "/nothing-is-here"}


@dataclass(frozen=True)
class AccountPages:
    """Addresses, by name, of the pages that exist with accounts only."""

    world: World
    administrator: Client
    """Browser of the administrator."""
    logged_out: dict[str, str]
    logged_in: dict[str, str]


def account_pages(world: World, folder: Path, email: str) -> AccountPages:
    """Make `email` an administrator with an API key and real e-mail links; `folder` is for scratch databases."""
    administrator, anonymous = world.member(email), world.visitor()
    world.key(administrator, "the scanner")
    world.member("clerk@example.org")
    world.make_admin(email)
    fill(anonymous, "/register", email="late@example.org", password=PASSWORD, again=PASSWORD)
    fill(administrator, "/account", "/account/email", email="new@example.org", old=PASSWORD)
    tokens = {
        name: world.box.link(to).rpartition("/")[2]
        for name, to in (("entry.confirm", "late@example.org"), ("account.new_email", "new@example.org"))
    }
    fill(anonymous, "/forgot", email=email)
    tokens["entry.reset"] = world.box.link(email).rpartition("/")[2]
    without_accounts = Settings(store=f"sqlite:///{folder}/site.db")
    with_accounts = Settings(
        store=f"sqlite:///{folder}/accounts.db", accounts=True, url="http://127.0.0.1", smtp_host="127.0.0.1",
        smtp_sender="numink@example.org",
    )  # fmt: skip
    plain = _addresses(without_accounts, {})
    added = {name: address for name, address in _addresses(with_accounts, tokens).items() if name not in plain}
    logged_out = {name: address for name, address in sorted(added.items()) if _is_page(anonymous, address)}
    rest = {name: address for name, address in sorted(added.items()) if name not in logged_out}
    logged_in = {name: address for name, address in rest.items() if _is_page(administrator, address)}
    return AccountPages(world, administrator, {"welcome": "/", **logged_out}, logged_in)


def _addresses(settings: Settings, samples: Mapping[str, str]) -> dict[str, str]:
    """Return addresses of all GET routes by name; `samples` are values by the name of the part or of the route."""
    app = create_app(settings)
    addresses = {}
    with app.test_request_context():
        adapter = app.create_url_adapter(None) or app.url_map.bind("")
        for rule in app.url_map.iter_rules():
            if "GET" in (rule.methods or ()) and rule.endpoint != "static":
                values_by_name = SAMPLES | dict(samples)
                values = {
                    name: values_by_name.get(rule.endpoint, values_by_name.get(name, "none")) for name in rule.arguments
                }
                addresses[rule.endpoint.replace(".", "-")] = adapter.build(rule.endpoint, values, method="GET")
    app.extensions["numink"].close()
    return addresses


def _is_page(client: Client, address: str) -> bool:
    answer = client.ask("GET", address, headers={"Accept": "text/html"})
    return answer.status < 300 and answer.headers.get("Content-Type", "").startswith("text/html")
