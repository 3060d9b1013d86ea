"""The hosts that this server answers.

A page of another site can make its own name lead to 127.0.0.1, and then use a history without accounts as if it were
numink's own page (DNS rebinding). The Host of such requests is that site's name, never an address.
"""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit

from flask import Flask, request

from ..settings import Settings
from .problems import RequestError
from .wsgi_guard import MALFORMED_HOST

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "[::1]"})


def init_hosts(app: Flask, settings: Settings) -> None:
    """Make `app` refuse requests to hosts that it does not serve, before anything else."""
    named = {name.strip().lower() for name in settings.hosts.split(",") if name.strip()}
    only_loopback = not settings.accounts and _is_loopback(settings.host)
    bound = f"[{settings.host}]" if ":" in settings.host else settings.host.lower()
    served = LOOPBACK_HOSTS | named | {bound, _host_name(urlsplit(settings.url).netloc)}

    @app.before_request
    def refuse_other_hosts() -> None:
        if MALFORMED_HOST in request.environ:
            raise RequestError("bad-host", "the header Host is malformed: open numink under its own address")
        if not (named or only_loopback):
            return
        proxied = request.environ.get("werkzeug.proxy_fix.orig", {}).get("HTTP_HOST")  # any page can set X-Forwarded-*
        for name in {_host_name(host) for host in (request.host, proxied) if host}:
            if name not in served and (only_loopback or not _is_address(name)):
                raise RequestError(
                    "misdirected", "this server does not serve {host}: its administrator can add it to NUMINK_HOSTS",
                    host=name,
                )  # fmt: skip


def _host_name(host: str) -> str:
    """Return a host without its port and the root's dot, in lower case."""
    name, separator, port = host.rpartition(":")
    return (name if separator and not port.endswith("]") else host).lower().removesuffix(".")


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ip_address(host).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ip_address(host.strip("[]"))
    except ValueError:
        return False
    return True
