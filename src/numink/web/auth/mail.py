"""E-mails: rendered from templates, and sent by SMTP on a thread of their own.

So a response takes equally long whether an e-mail is sent or not, and never waits for a slow mail server. Contents and
recipients are not logged.
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

from flask import current_app, render_template, request

from ...settings import Settings
from .identity import settings as server_settings

log = logging.getLogger(__name__)
SMTP_TIMEOUT = 20.0
"""Seconds that the mail server may take for one step."""
RETRY_DELAYS = (2.0, 10.0)
"""Seconds before each further attempt to send an e-mail."""
MAX_QUEUED_MAILS = 200
"""Number of e-mails that may wait; further ones are dropped, which is logged."""


class Mailer:
    """Sends e-mails in the background, one after another."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._thread = ThreadPoolExecutor(1, thread_name_prefix="mail")
        self._queue_slots = BoundedSemaphore(MAX_QUEUED_MAILS)
        self._closing = Event()

    def send(self, message: EmailMessage) -> None:
        """Queue an e-mail and return at once."""
        if not self._queue_slots.acquire(blocking=False):
            log.error("an e-mail was dropped: %d are waiting for %s", MAX_QUEUED_MAILS, self._settings.smtp_host)
            return
        self._thread.submit(self._send, message).add_done_callback(lambda _: self._queue_slots.release())

    def close(self) -> None:
        """Send the queued e-mails, each with one attempt only, and stop the thread."""
        self._closing.set()
        self._thread.shutdown(wait=True)

    def _send(self, message: EmailMessage) -> None:
        for delay in (*RETRY_DELAYS, None):
            try:
                self._deliver(message)
            except (OSError, smtplib.SMTPException) as error:
                log.log(
                    logging.WARNING if delay else logging.ERROR,
                    "an e-mail could not be sent by %s (%s): %s", self._settings.smtp_host, _describe(error),
                    f"next attempt in {delay:.0f} seconds" if delay else "dropped; check the NUMINK_SMTP settings",
                )  # fmt: skip
                if delay is None or self._closing.wait(delay):
                    return
            else:
                return

    def _deliver(self, message: EmailMessage) -> None:
        settings = self._settings
        address = (settings.smtp_host, settings.smtp_port)
        context = ssl.create_default_context()
        with (
            smtplib.SMTP_SSL(*address, timeout=SMTP_TIMEOUT, context=context)
            if settings.smtp_tls == "tls"
            else smtplib.SMTP(*address, timeout=SMTP_TIMEOUT)
        ) as server:
            if settings.smtp_tls == "starttls":
                server.starttls(context=context)
            if settings.smtp_user:
                server.login(settings.smtp_user, settings.smtp_password)
            server.send_message(message)


def send_mail(template: str, to: str, values: Mapping[str, str]) -> None:
    """Send an e-mail from a template in templates/mail/, whose first line is the subject.

    Where `to` is empty the e-mail is rendered but not sent, so that both cases take equally long.
    """
    settings = server_settings()
    here = settings.url.rstrip("/") + request.script_root
    subject, _, body = render_template(f"mail/{template}.txt", email=to, here=here, **values).partition("\n")
    message = EmailMessage()
    message["From"], message["To"], message["Subject"] = settings.smtp_sender, to, subject.strip()
    message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=settings.smtp_sender.rpartition("@")[2])
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(body.strip() + "\n")
    mailer: Mailer = current_app.extensions["numink_mail"]
    if to:
        mailer.send(message)


def _describe(error: Exception) -> str:
    """Describe an error without the addresses and texts that its message may contain."""
    code = getattr(error, "smtp_code", None)
    return f"{type(error).__name__}{f' {code}' if code else ''}"
