"""An identity provider of our own that can be told to lie, and the real one of the package ``oidc-provider-mock``.

The own one checks what a careful provider checks: the secret, the address to go back to, PKCE, a code only once.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx2
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey
from joserfc.jws import JWSRegistry

CLIENT, SECRET = "inspector", "the-secret+of/the=console"
Key = RSAKey | ECKey


@dataclass
class Idp:
    """Who signs in there is ``user``. ``key``: it signs with; ``shown``: the keys it publishes."""

    url: str = ""
    user: dict[str, Any] = field(default_factory=lambda: {"sub": "s-1", "preferred_username": "qa_lead0"})
    key: Key = field(default_factory=lambda: RSAKey.generate_key(2048, {"kid": "first"}))
    shown: list[Key] | None = None
    alg: str = "RS256"
    shared: bytes | None = None  # signed with it by HMAC instead
    claims: dict[str, Any] = field(default_factory=dict)  # written over what is right; None: left out
    published: dict[str, Any] = field(default_factory=dict)
    answers: dict[str, Callable[[], tuple[int, Any]]] = field(default_factory=dict)  # instead of its own, by path
    refuses: str = ""
    asked: list[str] = field(default_factory=list)
    codes: dict[str, dict[str, str]] = field(default_factory=dict)

    def discovery(self) -> dict[str, Any]:
        at = {"authorization_endpoint": "authorize", "token_endpoint": "token", "jwks_uri": "keys"}
        return {"issuer": self.url, **{name: f"{self.url}/{path}" for name, path in at.items()}, **self.published}

    def authorize(self, query: dict[str, str]) -> str:
        """Where a browser is sent back to."""
        assert query["response_type"] == "code"
        assert query["client_id"] == CLIENT
        assert query["code_challenge_method"] == "S256"
        assert "openid" in query["scope"].split()
        if self.refuses:
            return f"{query['redirect_uri']}?{urlencode({'error': self.refuses, 'state': query['state']})}"
        code = secrets.token_urlsafe(8)
        self.codes[code] = query
        return f"{query['redirect_uri']}?{urlencode({'code': code, 'state': query['state'], 'iss': self.url})}"

    def token(self, form: dict[str, str], authorization: str) -> tuple[int, Any]:
        """RFC 6749, 4.1.3; RFC 7636, 4.6."""
        proof = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        if authorization != f"Basic {proof}":
            return 401, {"error": "invalid_client"}
        query = self.codes.pop(form["code"], None)
        challenge = _text64(hashlib.sha256(form["code_verifier"].encode()).digest())
        if query is None or query["code_challenge"] != challenge:
            return 400, {"error": "invalid_grant"}
        assert form["redirect_uri"] == query["redirect_uri"]
        return 200, {"access_token": "a", "token_type": "Bearer", "id_token": self.signed(query["nonce"])}

    def signed(self, nonce: str) -> str:
        now = int(time.time())
        right = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": nonce, **self.user}
        claims = {name: value for name, value in {**right, **self.claims}.items() if value is not None}
        if self.shared is not None:  # by hand: the library refuses to do it wrong
            head = ".".join(_text64(json.dumps(part).encode()) for part in ({"alg": "HS256", "kid": "first"}, claims))
            return f"{head}.{_text64(hmac.digest(self.shared, head.encode(), 'sha256'))}"
        if self.alg == "none":
            return ".".join((_text64(b'{"alg": "none"}'), _text64(json.dumps(claims).encode()), ""))
        header = {"alg": self.alg, **({"kid": self.key.kid} if self.key.kid else {})}
        return jwt.encode(header, claims, self.key, registry=JWSRegistry(algorithms=[self.alg]))

    def keys(self) -> dict[str, Any]:
        return dict(KeySet(list(self.shown or [self.key])).as_dict(private=False))


def _text64(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


class _Handler(BaseHTTPRequestHandler):
    idp: Idp

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path == "/authorize":
            query = {name: values[0] for name, values in parse_qs(parts.query).items()}
            self.send_response(302)
            self.send_header("location", self.idp.authorize(query))
            self.end_headers()
            return
        own = {"/.well-known/openid-configuration": self.idp.discovery, "/keys": self.idp.keys}
        self._answer(parts.path, lambda: (200, own[parts.path]()))

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"])).decode()
        form = {name: values[0] for name, values in parse_qs(body).items()}
        self._answer(self.path, lambda: self.idp.token(form, self.headers.get("authorization", "")))

    def _answer(self, path: str, own: Callable[[], tuple[int, Any]]) -> None:
        self.idp.asked.append(path)
        status, what = self.idp.answers.get(path, own)()
        body = what if isinstance(what, bytes) else json.dumps(what).encode()
        self.send_response(status)
        self.send_header("content-type", "application/json")
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Nothing on stderr."""


@contextmanager
def running_idp() -> Iterator[Idp]:
    """The provider that lies when it is told to."""
    idp = Idp()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Handler", (_Handler,), {"idp": idp}))
    idp.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield idp
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def real_provider(port: int, **user: str) -> Iterator[str]:
    """A provider that others made, in a process of its own, which knows one user; its address."""
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port)]
    process = subprocess.Popen(
        [*command, "--user-claims", json.dumps(user)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    try:
        wait_until_it_answers(f"{url}/.well-known/openid-configuration", process)
        yield url
    finally:
        process.terminate()
        process.wait(10)


def wait_until_it_answers(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None
        try:
            httpx2.get(url, trust_env=False).raise_for_status()
        except httpx2.HTTPError:
            time.sleep(0.1)
        else:
            return
    raise AssertionError("the provider did not start")
