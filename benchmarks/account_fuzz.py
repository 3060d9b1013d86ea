"""Accounts for `schema_fuzz`: a server with people and keys, and random contents for the forms of an account."""

from __future__ import annotations

import contextlib
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from accounts_world import World, fill, world
from web_client import Client
from web_pictures import digits

RATE_LIMIT = "600 per minute"
"""Readings of one person: the benchmark reaches the limit, and goes on."""
DAILY_QUOTA = 3
"""Readings a day of the key whose quota is used up."""
FORMS = {
    "/account/keys": ("name",),
    "/account/keys/{}/revoke": (),
    "/account/password": ("old", "password", "again"),
    "/account/email": ("email", "old"),
    "/account/email/{}": (),
    "/account/delete": ("email", "old"),
    "/admin/registration": ("open",),
    "/admin/people/{}": ("quotas", "daily", "room", "block", "unblock", "starts"),
    "/log-in": ("email", "password", "next"),
    "/register": ("email", "password", "again"),
    "/confirm/{}": ("password",),
    "/forgot": ("email",),
    "/reset/{}": ("password", "again"),
}
"""Addresses of the forms, and their fields."""
TEXTS = st.one_of(st.text(max_size=40), st.sampled_from(["on", "0", "x@example.org", "seven grey herons"]))


@contextlib.contextmanager
def server_with_accounts(folder: Path) -> Iterator[tuple[World, Client, Client, st.SearchStrategy[dict[str, str]]]]:
    """Yield the server, an administrator's browser and API client, and headers of requests, mostly valid ones."""
    with world(folder, NUMINK_RATE_LIMIT=RATE_LIMIT, NUMINK_DAILY_READINGS="0") as environment:
        anna, bea = environment.member("anna@example.org"), environment.member("bea@example.org")
        environment.make_admin("anna@example.org")
        valid, used_up, revoked = environment.key(anna), environment.key(bea), environment.key(bea, "revoked")
        fill(bea, "/account", f"/account/keys/{revoked.split('_')[2]}/revoke")
        fill(anna, "/admin", f"/admin/people/{used_up.split('_')[1]}", quotas="on", daily=str(DAILY_QUOTA), room="")
        for _ in range(DAILY_QUOTA):
            assert environment.program(used_up).read(digits("7", 40)).status == 200
        invalid = [f"Bearer {key}" for key in (used_up, revoked, valid[:-1] + "!", "")]
        invalid += ["Basic eDp5", "Bearer ä" * 9]
        authorized = {"Authorization": f"Bearer {valid}"}
        headers = st.one_of(
            *[st.just(authorized)] * 5,
            st.sampled_from([{"Authorization": value.encode().decode("latin-1")} for value in invalid]),
            st.sampled_from([{}, {**authorized, "Sec-Fetch-Site": "cross-site"}]),
        )
        yield environment, anna, environment.program(valid), headers


def send_forms(environment: World, browser: Client, count: int, first_seed: int) -> dict[str, Counter[int]]:
    """Send each form `count` times, as a member and logged out, a fifth with an invalid token; return its statuses."""
    visitor = environment.visitor()
    senders = st.sampled_from([(browser, browser.token("/account")), (visitor, visitor.token("/log-in"))])
    statuses: dict[str, Counter[int]] = {}
    for form, names in FORMS.items():
        fields = st.fixed_dictionaries({}, optional=dict.fromkeys(names, TEXTS))
        drawn = st.tuples(senders, fields, TEXTS, st.integers(0, 4))
        _send(form, drawn, count, first_seed, statuses.setdefault(form, Counter()))
    return statuses


def _send(form: str, drawn: st.SearchStrategy[Any], count: int, first_seed: int, statuses: Counter[int]) -> None:
    """Send a form `count` times with contents drawn from a seed; count the statuses."""

    @seed(first_seed)
    @settings(
        max_examples=count, deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(content=drawn)
    def send(content: Any) -> None:
        (client, token), fields, part, valid = content
        path = form.format(quote(part or "x", safe=""))
        statuses[client.send(path, {"csrf_token": token if valid else "none", **fields}).status] += 1

    send()
