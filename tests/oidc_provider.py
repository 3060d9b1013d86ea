"""An OpenID Connect provider for tests: a program that numink and browsers call over HTTP.

python tests/oidc_provider.py PORT      listens on localhost

Follows the protocol (the code flow with PKCE, RFC 7636, and ID tokens signed with RS256), and checks the client, its
secret, the redirect address and the challenge. The form to sign in takes an e-mail address and a way to behave; a name
such as `wrong-nonce` makes the provider answer as a faulty one would.
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
        query = request.args.to_dict()
        assert query["client_id"] == CLIENT
        assert query["response_type"] == "code"
        assert query["code_challenge_method"] == "S256"
        assert len(query["nonce"]) > 10
        assert {"openid", "email"} <= set(query["scope"].split())
        if request.method == "GET":
            return FORM
        if request.form["who"] == "unwilling":
            return redirect(f"{query['redirect_uri']}?error=access_denied&state={query['state']}")
        code = secrets.token_urlsafe()
        codes[code] = query | request.form.to_dict()
        return redirect(f"{query['redirect_uri']}?code={code}&state={query['state']}")

    @app.post("/token")
    def token() -> Response | tuple[Response, int]:
        granted = codes.pop(request.form["code"], None)  # each code is valid once
        shown = request.authorization
        verifier = hashlib.sha256(request.form.get("code_verifier", "").encode()).digest()
        challenge = base64.urlsafe_b64encode(verifier).rstrip(b"=").decode()
        if (
            granted is None or shown is None or (shown.username, shown.password) != (CLIENT, SECRET)
            or request.form["redirect_uri"] != granted["redirect_uri"] or challenge != granted["code_challenge"]
        ):  # fmt: skip
            return jsonify({"error": "invalid_grant"}), 400
        signer = other if granted["who"] == "wrong-key" else key
        id_token = jwt.encode({"alg": "RS256", "kid": key.kid}, claims(issuer, granted), signer)
        return jsonify({"access_token": secrets.token_urlsafe(), "token_type": "Bearer", "id_token": id_token})

    return app


def claims(issuer: str, granted: dict[str, str]) -> dict[str, Any]:
    """Return the claims of the ID token, with one fault for some behaviours."""
    now, behaviour = int(time.time()), granted["who"]
    right: dict[str, Any] = {
        "iss": issuer, "aud": CLIENT, "sub": f"subject of {behaviour} {granted['email']}", "iat": now, "exp": now + 300,
        "nonce": granted["nonce"], "email": granted["email"], "email_verified": True,
    }  # fmt: skip
    if behaviour.startswith("subject-"):
        right["sub"] = behaviour
    wrong: dict[str, dict[str, Any]] = {
        "unverified": {"email_verified": False}, "wrong-nonce": {"nonce": "made up"},
        "wrong-audience": {"aud": "another client"}, "wrong-issuer": {"iss": "http://another.example.org"},
        "expired": {"iat": now - 9000, "exp": now - 8000}, "no-email": {"email": None},
    }  # fmt: skip
    return {**right, **wrong.get(behaviour, {})}


@contextmanager
def providing(port: int) -> Iterator[dict[str, str]]:
    """Run the provider in a process; yield the settings that numink needs for it."""
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
