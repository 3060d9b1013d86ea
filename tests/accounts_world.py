"""A server with accounts for tests: e-mail over a real SMTP server, users with browsers, programs with API keys."""

from __future__ import annotations

import contextlib
import queue
import re
import socket
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from numink.accounts.people import People
from numink.factories import open_store
from web_client import Answer, Client, Served, served

PASSWORD = "seven grey herons"
WAIT = 20.0
"""Seconds to wait for an e-mail."""


@dataclass
class Mailbox:
    """E-mails that an SMTP server has received, for all recipients."""

    port: int = 0
    received: queue.Queue[EmailMessage] = field(default_factory=queue.Queue)
    taken: list[EmailMessage] = field(default_factory=list)

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's
        assert isinstance(envelope.content, bytes)
        message = message_from_bytes(envelope.content, policy=policy.default)
        assert isinstance(message, EmailMessage)
        assert envelope.rcpt_tos == [message["To"]]
        self.received.put(message)
        return "250 OK"

    def next(self) -> EmailMessage:
        """Return the next e-mail; wait for it where none is there yet."""
        self.taken.append(self.received.get(timeout=WAIT))
        return self.taken[-1]

    def link(self, to: str) -> str:
        """Return the path of the link in the next e-mail, which must be for `to`."""
        message = self.next()
        assert message["To"] == to
        match = re.search(r"http://127\.0\.0\.1:\d+(/\S+)", message.get_content().partition("pen this link")[2])
        assert match, message.get_content()
        return match[1]

    def empty(self) -> bool:
        return self.received.empty()


@contextlib.contextmanager
def mailbox(**options: Any) -> Iterator[Mailbox]:
    """Run an SMTP server in a thread; `options` are those of aiosmtpd's controller."""
    box = Mailbox()
    controller = Controller(box, hostname="127.0.0.1", port=free_port(), **options)
    controller.start()
    box.port = controller.port
    yield box
    controller.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def with_accounts(box: Mailbox, **settings: str) -> dict[str, str]:
    """Return settings of a server with accounts, at a free port, that sends its e-mails to `box`."""
    port = free_port()
    return {
        "NUMINK_ACCOUNTS": "on", "NUMINK_PORT": str(port), "NUMINK_URL": f"http://127.0.0.1:{port}",
        "NUMINK_SMTP_HOST": "127.0.0.1", "NUMINK_SMTP_PORT": str(box.port), "NUMINK_SMTP_TLS": "off",
        "NUMINK_SMTP_SENDER": "numink@example.org", "NUMINK_MAIL_LIMIT": "1000 per hour",
        "NUMINK_LOGIN_LIMIT": "1000 per hour", **settings,
    }  # fmt: skip


@dataclass
class World:
    """A server with accounts, and the e-mails it sends."""

    server: Served
    box: Mailbox

    def visitor(self) -> Client:
        """Return a browser that is not logged in."""
        return Client(self.server.port, browser=True)

    def member(self, email: str, password: str = PASSWORD) -> Client:
        """Register an account; return a browser that is logged in to it."""
        browser = self.visitor()
        assert fill(browser, "/register", email=email, password=password, again=password).status == 303
        assert fill(browser, self.box.link(email), password=password).status == 303
        return browser

    def key(self, browser: Client, name: str = "a program") -> str:
        """Create an API key for the account of a browser, and return it."""
        shown = fill(browser, "/account", "/account/keys", name=name)
        assert shown.status == 200, shown.text
        return the_key(shown)

    def make_admin(self, email: str) -> None:
        """Make an account an administrator's."""
        with contextlib.closing(open_store(f"sqlite:///{self.server.folder}/history.db")) as store:
            people = People(store.documents)
            member = people.by_email(email)
            assert member
            people.change(member.id, lambda person: replace(person, admin=True))

    def program(self, key: str) -> Program:
        return Program(self.server.port, key=key)


class Program(Client):
    """A client that sends an API key, and no cookies."""

    def __init__(self, port: int, key: str) -> None:
        super().__init__(port)
        self.key = key

    def ask(self, method: str, path: str, body: bytes | None = None, headers: Any = None) -> Answer:
        return super().ask(method, path, body, {"Authorization": f"Bearer {self.key}", **(headers or {})})


def fill(browser: Client, page: str, to: str = "", **fields: str) -> Answer:
    """Fill in the form of a page, and send it to `to`, or to the page itself."""
    return browser.send(to or page, {"csrf_token": browser.token(page), **fields})


def log_in(browser: Client, email: str, password: str = PASSWORD) -> Answer:
    return fill(browser, "/log-in", email=email, password=password)


def the_key(answer: Answer) -> str:
    match = re.search(r"numink_u[0-9a-f]{16}_[0-9a-f]{8}_[A-Za-z0-9_-]{43}", answer.text)
    assert match
    return match[0]


@contextlib.contextmanager
def world(folder: Path, **settings: str) -> Iterator[World]:
    with mailbox() as box, served(folder, **with_accounts(box, **settings)) as server:
        yield World(server, box)
