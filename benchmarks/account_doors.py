"""A server with accounts for `schema_fuzz`: who asks it, and the forms of an account filled in with anything.

Knows nothing of the API's description.
"""

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

RATE = "600 per minute"
"""Readings of one person: the measure comes to that limit, and goes on."""
SPENT = 3
"""Readings a day of who has spent them."""
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
"""Where forms are sent, and their fields."""
TEXT = st.one_of(st.text(max_size=40), st.sampled_from(["on", "0", "x@example.org", "seven grey herons"]))


@contextlib.contextmanager
def opened(folder: Path) -> Iterator[tuple[World, Client, Client, st.SearchStrategy[dict[str, str]]]]:
    """The server; an administrator's browser and program; and the headers that requests may have, good ones mostly."""
    with world(folder, NUMINK_RATE_LIMIT=RATE, NUMINK_DAILY_READINGS="0") as here:
        anna, bea = here.member("anna@example.org"), here.member("bea@example.org")
        here.make_admin("anna@example.org")
        good, spent, revoked = here.key(anna), here.key(bea), here.key(bea, "revoked")
        fill(bea, "/account", f"/account/keys/{revoked.split('_')[2]}/revoke")
        fill(anna, "/admin", f"/admin/people/{spent.split('_')[1]}", quotas="on", daily=str(SPENT), room="")
        for _ in range(SPENT):
            assert here.program(spent).read(digits("7", 40)).status == 200
        others = [f"Bearer {key}" for key in (spent, revoked, good[:-1] + "!", "")] + ["Basic eDp5", "Bearer ä" * 9]
        ours = {"Authorization": f"Bearer {good}"}
        headers = st.one_of(
            *[st.just(ours)] * 5,
            st.sampled_from([{"Authorization": one.encode().decode("latin-1")} for one in others]),
            st.sampled_from([{}, {**ours, "Sec-Fetch-Site": "cross-site"}]),
        )
        yield here, anna, here.program(good), headers


def send_forms(here: World, browser: Client, count: int, first: int) -> dict[str, Counter[int]]:
    """Statuses by form, of `count` of each; by a member, by nobody, and a fifth with a token that is none."""
    nobody = here.visitor()
    who = st.sampled_from([(browser, browser.token("/account")), (nobody, nobody.token("/log-in"))])
    counted: dict[str, Counter[int]] = {}
    for form, names in FORMS.items():
        fields = st.fixed_dictionaries({}, optional=dict.fromkeys(names, TEXT))
        _send(
            form, st.tuples(who, fields, TEXT, st.integers(0, 4)), (count, first), counted.setdefault(form, Counter())
        )
    return counted


def _send(form: str, drawn: st.SearchStrategy[Any], count: tuple[int, int], seen: Counter[int]) -> None:
    """So many, from a seed; counts what was answered."""

    @seed(count[1])
    @settings(
        max_examples=count[0], deadline=None, database=None, phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )  # fmt: skip
    @given(given=drawn)
    def one(given: Any) -> None:
        (client, token), fields, part, sound = given
        path = form.format(quote(part or "x", safe=""))
        seen[client.send(path, {"csrf_token": token if sound else "none", **fields}).status] += 1

    one()
