"""An OpenID Connect provider, asked by authlib: the extra ``oidc``, nothing of the core.

The authorization code flow with PKCE. What the provider publishes, its keys too, is asked for anew at each sign-in:
these are few, and a key that was changed there is good here at once.

Sources: OpenID Connect Core 1.0, 3.1; Discovery 1.0, 4.3; RFC 7636; RFC 9700, 2.1.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Coroutine
from datetime import datetime
from threading import BoundedSemaphore
from typing import Any, TypeVar, cast
from urllib.parse import urlsplit

import httpx2

from inspector.config import OidcSettings
from inspector.credentials import reveal, trust
from inspector.errors import ProviderError, SetupError
from inspector.storage.accounts import AuthorizationRequest, Identity

try:
    from authlib.integrations.httpx_client import AsyncOAuth2Client, OAuthError
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.errors import JoseError
    from joserfc.jwk import KeySet
    from joserfc.jws import JWSRegistry
except ImportError as error:
    raise SetupError(
        f"authlib cannot be imported: {error}",
        "install the extra: .venv/bin/pip install --require-hashes --no-deps -r locks/oidc.txt",
    ) from error

__all__ = ["AuthlibProvider"]

_T = TypeVar("_T")
_TIMEOUT_S, _WAIT_S = 10.0, 2.0
_LEEWAY_S = 60  # clocks differ
_LONGEST = 255  # characters of a subject (Core, 2)
_SIGNED = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519")
_ASK = "look at web.oidc and at the provider's own log"


class AuthlibProvider:
    """At most eight sign-ins wait for the provider at once, each 10 s at most: when it hangs, the console does not."""

    def __init__(self, settings: OidcSettings) -> None:
        """Raises ConfigError when the secret or the CA file cannot be read."""
        self.issuer = settings.issuer
        self._settings, self._trust = settings, trust(settings.ca_file)
        self._secret = None if settings.client_secret is None else reveal(settings.client_secret)
        self._at_once = BoundedSemaphore(8)

    def look(self) -> None:
        self._within(self._look())

    def address(self, request: AuthorizationRequest) -> str:
        return self._within(self._address(request))

    def identity(self, code: str, request: AuthorizationRequest, now: datetime) -> Identity:
        return self._within(self._identity(code, request, now))

    async def _look(self) -> None:
        async with self._client() as client:
            await _json(client, (await self._published(client))["jwks_uri"])

    async def _address(self, request: AuthorizationRequest) -> str:
        async with self._client() as client:
            at = (await self._published(client))["authorization_endpoint"]
            sent = {"state": request.state, "nonce": request.nonce, "code_verifier": request.verifier}
            return str(client.create_authorization_url(at, **sent)[0])

    async def _identity(self, code: str, request: AuthorizationRequest, now: datetime) -> Identity:
        async with self._client() as client:
            published = await self._published(client)
            client.token_endpoint_auth_method = self._method(published)
            sent = {"code": code, "code_verifier": request.verifier}
            token = await client.fetch_token(published["token_endpoint"], grant_type="authorization_code", **sent)
            keys = await _json(client, published["jwks_uri"])
        signed = jwt.decode(
            token["id_token"],
            KeySet.import_key_set(cast(Any, keys)),
            registry=JWSRegistry(algorithms=list(_SIGNED), strict_check_header=False),
        )
        wanted = {"iss": {"value": self.issuer}, "aud": {"value": self._settings.client_id}}
        held = {"nonce": request.nonce, "client_id": self._settings.client_id}
        beside = {"access_token": token.get("access_token")}
        claims = CodeIDToken(signed.claims, signed.header, wanted, {**held, **beside})
        claims.validate(now=int(now.timestamp()), leeway=_LEEWAY_S)
        return self._named(claims)

    def _client(self) -> AsyncOAuth2Client:
        """Without proxies of the environment; what is sent elsewhere is not followed."""
        return AsyncOAuth2Client(
            self._settings.client_id,
            self._secret,
            scope="openid profile",
            redirect_uri=self._settings.redirect_uri,
            code_challenge_method="S256",
            verify=self._trust,
            trust_env=False,
            follow_redirects=False,
            timeout=_TIMEOUT_S,
        )

    async def _published(self, client: AsyncOAuth2Client) -> dict[str, Any]:
        """What the provider says of itself. Raises ProviderError when it is another one or names unsealed addresses."""
        found = await _json(client, f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            raise ProviderError("the provider calls itself otherwise than web.oidc.issuer", "write it as it does")
        for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
            # Only a provider of this machine, for trying things out, may speak without TLS.
            if urlsplit(str(found.get(name))).scheme not in ("https", urlsplit(self.issuer).scheme):
                raise ProviderError(f"the provider names no https address as its {name}", _ASK)
        return found

    def _method(self, published: dict[str, Any]) -> str:
        """How the console proves itself to the provider."""
        if self._secret is None:
            return "none"
        offered = published.get("token_endpoint_auth_methods_supported") or ["client_secret_basic"]
        return "client_secret_basic" if "client_secret_basic" in offered else "client_secret_post"

    def _named(self, claims: CodeIDToken) -> Identity:
        """Raises ProviderError when the token does not say who it is."""
        subject, name = claims["sub"], claims.get(self._settings.claim)
        if not 1 <= len(subject) <= _LONGEST:
            raise ProviderError("the ID token's subject is empty or too long", _ASK)
        if not isinstance(name, str) or not name.strip():
            raise ProviderError(f"the ID token has no claim {self._settings.claim}", "set web.oidc.claim to one it has")
        return Identity(self.issuer, subject, name.strip())

    def _within(self, asked: Coroutine[Any, Any, _T]) -> _T:
        """What is asked of the provider, or ProviderError. It quotes nothing of an answer: that may tell who it was."""
        if not self._at_once.acquire(timeout=_WAIT_S):
            asked.close()
            raise ProviderError("too many sign-ins wait for the identity provider", "try again; it answers slowly")
        try:
            return asyncio.run(asyncio.wait_for(asked, _TIMEOUT_S))
        except (TimeoutError, httpx2.HTTPError, httpx2.InvalidURL) as error:
            why = f"status {error.response.status_code}" if isinstance(error, httpx2.HTTPStatusError) else _kind(error)
            raise ProviderError(f"the identity provider does not answer: {why}", _ASK) from error
        except OAuthError as error:
            raise ProviderError(f"the identity provider refuses: {_code(error.error)}", _ASK) from error
        except (JoseError, ValueError, TypeError, KeyError) as error:
            raise ProviderError(f"the identity provider's answer will not do: {_kind(error)}", _ASK) from error
        finally:
            self._at_once.release()


def _kind(error: Exception) -> str:
    return type(error).__name__


def _code(said: object) -> str:
    """An error code of OAuth, nothing that only looks like one."""
    return said if isinstance(said, str) and re.fullmatch("[a-z_]{1,40}", said) else "unknown"


async def _json(client: AsyncOAuth2Client, url: str) -> dict[str, Any]:
    """What lies there. Raises ProviderError when it is no JSON object."""
    answer = await client.request("GET", url, withhold_token=True)
    found = answer.raise_for_status().json()
    if not isinstance(found, dict):
        raise ProviderError("the provider answers with something else than a JSON object", _ASK)
    return found
