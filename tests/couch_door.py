"""Who may come in: IAM's tokens, CouchDB's sessions, a name and a password; for our server in the tests."""

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


class Door:
    """`auth` is none, iam, session or basic."""

    def __init__(self) -> None:
        self.auth = "none"
        self.tokens: set[str] = set()

    def variables(self, url: str) -> dict[str, str]:
        """What the SDK is to find."""
        named = {"CLOUDANT_USERNAME": USER, "CLOUDANT_PASSWORD": PASSWORD}
        return {
            "none": {"CLOUDANT_AUTH_TYPE": "NOAUTH"},
            "iam": {"CLOUDANT_APIKEY": KEY, "CLOUDANT_AUTH_URL": url},
            "session": {"CLOUDANT_AUTH_TYPE": "COUCHDB_SESSION", **named},
            "basic": {"CLOUDANT_AUTH_TYPE": "BASIC", **named},
        }[self.auth]

    def log_in(self, path: str, body: bytes) -> tuple[int, Any, dict[str, str]]:
        """A token of IAM's, or a session's cookie."""
        if path.endswith("/identity/token"):
            if parse_qs(body.decode()).get("apikey") != [KEY]:
                raise Refused(400, "BXNIM0415E", "Provided API key could not be found.")
            now = int(time.time())
            head, claims = ({"alg": "none"}, {"iat": now, "exp": now + 3600, "n": len(self.tokens)})
            token = ".".join(
                base64.urlsafe_b64encode(json.dumps(one).encode()).decode().rstrip("=") for one in (head, claims)
            )
            token += ".c2lnbmVk"
            self.tokens.add(f"Bearer {token}")
            return (
                200,
                {"access_token": token, "expires_in": 3600, "expiration": now + 3600, "token_type": "Bearer"},
                {},
            )
        said = json.loads(body)
        if (said.get("username"), said.get("password")) != (USER, PASSWORD):
            raise Refused(401, "unauthorized", "Name or password is incorrect.")
        cookie = f"session{len(self.tokens)}"
        self.tokens.add(cookie)
        return 200, {"ok": True}, {"Set-Cookie": f"AuthSession={cookie}; Version=1; Path=/; HttpOnly"}

    def admit(self, headers: Mapping[str, str]) -> None:
        """Raises Refused."""
        said = headers.get("Authorization") or ""
        cookie = re.search("AuthSession=([^;]+)", headers.get("Cookie") or "")
        basic = f"Basic {base64.b64encode(f'{USER}:{PASSWORD}'.encode()).decode()}"
        admitted = {
            "none": True, "iam": said in self.tokens, "basic": said == basic,
            "session": cookie is not None and cookie[1] in self.tokens,
        }  # fmt: skip
        if not admitted[self.auth]:
            raise Refused(401, "unauthorized", f"You are not a server admin, {said}")
