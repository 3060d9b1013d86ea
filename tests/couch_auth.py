"""Authentication of the server in the tests: tokens of IAM, sessions of CouchDB, a user name and a password."""

from __future__ import annotations

import base64
import json
import re
import time
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs

from couch_memory import Refused

KEY, USER, PASSWORD = "key-of-the-test", "anna", "secret-of-the-test"


class Authentication:
    """Log-in and check of requests; `scheme` is none, iam, session or basic."""

    def __init__(self) -> None:
        self.scheme = "none"
        self.tokens: set[str] = set()

    def variables(self, url: str) -> dict[str, str]:
        """Return the variables of the SDK."""
        user = {"CLOUDANT_USERNAME": USER, "CLOUDANT_PASSWORD": PASSWORD}
        return {
            "none": {"CLOUDANT_AUTH_TYPE": "NOAUTH"},
            "iam": {"CLOUDANT_APIKEY": KEY, "CLOUDANT_AUTH_URL": url},
            "session": {"CLOUDANT_AUTH_TYPE": "COUCHDB_SESSION", **user},
            "basic": {"CLOUDANT_AUTH_TYPE": "BASIC", **user},
        }[self.scheme]

    def log_in(self, path: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
        """Return the answer to a log-in, with a token of IAM or the cookie of a session."""
        if path.endswith("/identity/token"):
            if parse_qs(body.decode()).get("apikey") != [KEY]:
                raise Refused(400, "BXNIM0415E", "Provided API key could not be found.")
            now = int(time.time())
            header, claims = ({"alg": "none"}, {"iat": now, "exp": now + 3600, "n": len(self.tokens)})
            token = ".".join(
                base64.urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in (header, claims)
            )
            token += ".c2lnbmVk"
            self.tokens.add(f"Bearer {token}")
            return (
                200,
                {"access_token": token, "expires_in": 3600, "expiration": now + 3600, "token_type": "Bearer"},
                {},
            )
        credentials = json.loads(body)
        if (credentials.get("username"), credentials.get("password")) != (USER, PASSWORD):
            raise Refused(401, "unauthorized", "Name or password is incorrect.")
        cookie = f"session{len(self.tokens)}"
        self.tokens.add(cookie)
        return 200, {"ok": True}, {"Set-Cookie": f"AuthSession={cookie}; Version=1; Path=/; HttpOnly"}

    def check(self, headers: Mapping[str, str]) -> None:
        """Raise Refused for a request without valid credentials."""
        authorization = headers.get("Authorization") or ""
        cookie = re.search("AuthSession=([^;]+)", headers.get("Cookie") or "")
        basic = f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
        accepted = {
            "none": True, "iam": authorization in self.tokens, "basic": authorization == basic,
            "session": cookie is not None and cookie[1] in self.tokens,
        }  # fmt: skip
        if not accepted[self.scheme]:
            raise Refused(401, "unauthorized", f"You are not a server admin, {authorization}")
