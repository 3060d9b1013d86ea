"""An OpenID Connect provider for tests: a program of its own, asked over HTTP by numink and by browsers.

python tests/oidc_provider.py PORT      prints a line once it listens

It keeps to the protocol (the code flow with PKCE, RFC 7636, and ID tokens signed with RS256), and checks what it is
asked: client, secret, redirect address, challenge. Who signs in says who he is in a form; a name such as
`wrong-nonce` makes it answer as a bad provider would.
"""

from __future__ import annotations

import base64
import hashlib
import secrets
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask import Flask, Response, jsonify, redirect, request
from joserfc import jwt
from joserfc.jwk import RSAKey
from werkzeug.wrappers import Response as AnyResponse

CLIENT, SECRET = "numink-at-the-provider", "known to numink and the provider"
FORM = """<!doctype html><title>Provider</title><h1>Sign in at the provider</h1><form method="post">
<label>E-mail address <input name="email" type="email"></label>
<label>Who <input name="who" value="honest"></label><button>Sign in</button></form>"""


def provider(port: int) -> Flask:
    issuer, key, other = f"http://localhost:{port}", RSAKey.generate_key(auto_kid=True), RSAKey.generate_key()
    codes: dict[str, dict[str, str]] = {}
    app = Flask(__name__)

    @app.get("/.well-known/openid-configuration")
    def configuration() -> Response:
        return jsonify(
            {
                "issuer": issuer, "authorization_endpoint": f"{issuer}/authorize", "token_endpoint": f"{issuer}/token",
                "jwks_uri": f"{issuer}/keys", "response_types_supported": ["code"],
                "id_token_signing_alg_values_supported": ["RS256"], "code_challenge_methods_supported": ["S256"],
            }
        )  # fmt: skip

    @app.get("/keys")
    def keys() -> Response:
        return jsonify({"keys": [key.as_dict(private=False)]})

    @app.route("/authorize", methods=["GET", "POST"])
    def authorize() -> str | AnyResponse:
        asked = request.args.to_dict()
        assert asked["client_id"] == CLIENT
        assert asked["response_type"] == "code"
        assert asked["code_challenge_method"] == "S256"
        assert len(asked["nonce"]) > 10
        assert {"openid", "email"} <= set(asked["scope"].split())
        if request.method == "GET":
            return FORM
        if request.form["who"] == "unwilling":
            return redirect(f"{asked['redirect_uri']}?error=access_denied&state={asked['state']}")
        code = secrets.token_urlsafe()
        codes[code] = asked | request.form.to_dict()
        return redirect(f"{asked['redirect_uri']}?code={code}&state={asked['state']}")

    @app.post("/token")
    def token() -> Response | tuple[Response, int]:
        asked = codes.pop(request.form["code"], None)  # a code is good once
        shown = request.authorization
        verifier = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if (
            asked is None or shown is None or (shown.username, shown.password) != (CLIENT, SECRET)
            or request.form["redirect_uri"] != asked["redirect_uri"] or challenge != asked["code_challenge"]
        ):  # fmt: skip
            return jsonify({"error": "invalid_grant"}), 400
        signer = other if asked["who"] == "wrong-key" else key
        said = jwt.encode({"alg": "RS256", "kid": key.kid}, claims(issuer, asked), signer)
        return jsonify({"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "id_token": said})

    return app


def claims(issuer: str, asked: dict[str, str]) -> dict[str, Any]:
    """What the ID token says; wrong in one thing for some."""
    now, who = int(time.time()), asked["who"]
    right: dict[str, Any] = {
        "iss": issuer, "aud": CLIENT, "sub": f"subject of {who} {asked['email']}", "iat": now, "exp": now + 300,
        "nonce": asked["nonce"], "email": asked["email"], "email_verified": True,
    }  # fmt: skip
    if who.startswith("subject-"):
        right["sub"] = who
    wrong: dict[str, dict[str, Any]] = {
        "unverified": {"email_verified": False}, "wrong-nonce": {"nonce": "made up"},
        "wrong-audience": {"aud": "another client"}, "wrong-issuer": {"iss": "http://another.example.org"},
        "expired": {"iat": now - 9000, "exp": now - 8000}, "no-email": {"email": None},
    }  # fmt: skip
    return {**right, **wrong.get(who, {})}


@contextmanager
def providing(port: int) -> Iterator[dict[str, str]]:
    """The provider as a process; the settings that numink needs for it."""
    with subprocess.Popen([sys.executable, __file__, str(port)], stderr=subprocess.DEVNULL) as process:
        address = f"http://localhost:{port}"
        for _ in range(200):
            try:
                with urllib.request.urlopen(f"{address}/keys", timeout=5):
                    break
            except OSError:
                time.sleep(0.1)
        yield {
            "NUMINK_OIDC_ISSUER": address, "NUMINK_OIDC_CLIENT_ID": CLIENT, "NUMINK_OIDC_CLIENT_SECRET": SECRET,
            "NUMINK_OIDC_NAME": "the provider",
        }  # fmt: skip
        process.terminate()


if __name__ == "__main__":
    provider(int(sys.argv[1])).run(host="127.0.0.1", port=int(sys.argv[1]))
