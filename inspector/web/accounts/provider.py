"""The bank's identity provider as the console sees it: where browsers are sent, and who comes back."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from inspector.config import OidcSettings
from inspector.storage.accounts import AuthorizationRequest, Identity

__all__ = ["Provider", "provider_of"]


class Provider(Protocol):
    """Asks an OpenID Connect provider. Safe to use from several threads; ``issuer``: what it calls itself."""

    issuer: str

    def look(self) -> None:
        """Whether it can be reached and is the one that is set. Raises ProviderError."""

    def address(self, request: AuthorizationRequest) -> str:
        """Where a browser is sent with ``request``. Raises ProviderError."""

    def identity(self, code: str, request: AuthorizationRequest, now: datetime) -> Identity:
        """Who came back from there with ``code``, as its signed token says. Raises ProviderError."""


def provider_of(settings: OidcSettings | None) -> Provider | None:
    """The provider that is set; None: people sign in by passwords only. It is not asked yet.

    Raises SetupError when the extra is not installed, ConfigError when the secret or the CA file cannot be read.
    """
    if settings is None:
        return None
    # Only who uses it needs the extra.
    from inspector.web.accounts.authlib_provider import AuthlibProvider

    return AuthlibProvider(settings)
