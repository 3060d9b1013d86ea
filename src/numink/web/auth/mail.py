"""Mails: their texts from templates, sent by SMTP on a thread of their own.

So an answer takes as long whether a mail is sent or not, and nobody waits for a slow server. What a mail says, and to
whom, is not logged.
"""

from __future__ import annotations

import logging
import smtplib
import ssl
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from email.message import EmailMessage
from email.utils import formatdate, make_msgid
from threading import BoundedSemaphore, Event

from flask import current_app, render_template

from ...settings import Settings
from .identity import shared_reading_service

log = logging.getLogger(__name__)
PATIENCE = 20.0
"""Seconds that the server may take for one step."""
PAUSES = (2.0, 10.0)
"""Seconds after which a mail is tried again."""
WAITING = 200
"""Mails that may wait; what is more is dropped, and that is logged."""


class Outbox:
    """Sends mails, one after another."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mail")
        self._places = BoundedSemaphore(WAITING)
        self._closing = Event()

    def send(self, message: EmailMessage) -> None:
        """Returns at once."""
        if not self._places.acquire(blocking=False):
            log.error("a mail was dropped: %d are waiting for %s", WAITING, self._settings.smtp_host)
            return
        self._thread.submit(self._send, message).add_done_callback(lambda _: self._places.release())

    def close(self) -> None:
        """Waits until all is sent, or cannot be: nothing is tried again any more."""
        self._closing.set()
        self._thread.shutdown(wait=True)

    def _send(self, message: EmailMessage) -> None:
        for pause in (*PAUSES, None):
            try:
                self._hand_over(message)
            except (OSError, smtplib.SMTPException) as error:
                log.log(
                    logging.WARNING if pause else logging.ERROR,
                    "a mail could not be handed to %s (%s): %s", self._settings.smtp_host, _said(error),
                    f"once more in {pause:.0f} seconds" if pause else "given up; check the NUMINK_SMTP settings",
                )  # fmt: skip
                if pause is None or self._closing.wait(pause):
                    return
            else:
                return

    def _hand_over(self, message: EmailMessage) -> None:
        settings = self._settings
        place = (settings.smtp_host, settings.smtp_port)
        trusted = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(*place, timeout=PATIENCE, context=trusted)
            if settings.smtp_tls == "tls"
            else smtplib.SMTP(*place, timeout=PATIENCE)
        ) as server:
            if settings.smtp_tls == "starttls":
                server.starttls(context=trusted)
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(message)


def mail(text: str, to: str, values: Mapping[str, str]) -> None:
    """Sends the text of templates/mail/, whose first line is the subject; to nobody where `to` is empty."""
    settings = shared_reading_service().settings
    subject, _, body = render_template(f"mail/{text}.txt", email=to, here=settings.url, **values).partition("\n")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.smtp_sender, to, subject.strip()
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=settings.smtp_sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body.strip() + "\n")
    outbox: Outbox = current_app.extensions["numink_mail"]
    if to:
        outbox.send(message)


def _said(error: Exception) -> str:
    """What went wrong, without addresses and texts."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__}{f' {code}' if code else ''}"
