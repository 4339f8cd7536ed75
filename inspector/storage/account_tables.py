"""The tables of who signs in to the console; part of ``tables.py``. No secret is in them, only what proves one."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, ForeignKey, Integer, String, Table, UniqueConstraint, false

from inspector.storage.tables import UtcDateTime, metadata

__all__ = ["account", "api_token", "authorization_request", "identity", "setup_token", "web_session"]

account = Table(
    "account",
    metadata,
    Column("name", ForeignKey("person.name"), primary_key=True),
    Column("password_hash", String, nullable=False),
    # Somebody else chose the password: it is good for one thing, to choose another.
    Column("must_change", Boolean, nullable=False),
    # Wrong passwords since the last right one.
    Column("failed", Integer, nullable=False),
    Column("locked_until", UtcDateTime),
    # When the password was set.
    Column("changed_at", UtcDateTime, nullable=False),
)

# ``key``: the sha256 of what the browser holds.
web_session = Table(
    "web_session",
    metadata,
    Column("key", String, primary_key=True),
    Column("name", ForeignKey("person.name"), nullable=False, index=True),
    Column("csrf", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("ends_at", UtcDateTime, nullable=False),
    # The identity provider vouched for who it is: no password was used.
    Column("by_provider", Boolean, nullable=False, server_default=false()),
)

api_token = Table(
    "api_token",
    metadata,
    Column("id", String, primary_key=True),
    Column("name", ForeignKey("person.name"), nullable=False, index=True),
    Column("label", String, nullable=False),
    Column("token_sha256", String, nullable=False, unique=True),
    Column("scopes", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime, nullable=False),
    Column("revoked_at", UtcDateTime),
    Column("last_used_at", UtcDateTime),
)

# Who may make the first account: at most one that is not used.
setup_token = Table(
    "setup_token",
    metadata,
    Column("sha256", String, primary_key=True),
    Column("created_at", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
)

# Whose an identity of a provider is, since its first sign-in: another one that is given the same name there is not him.
identity = Table(
    "identity",
    metadata,
    Column("issuer", String, primary_key=True),
    Column("subject", String, primary_key=True),
    Column("name", ForeignKey("person.name"), nullable=False, index=True),
    Column("pinned_at", UtcDateTime, nullable=False),
    UniqueConstraint("issuer", "name"),
)

# What a browser was sent to the provider with. ``key``: the sha256 of what it holds meanwhile.
authorization_request = Table(
    "authorization_request",
    metadata,
    Column("key", String, primary_key=True),
    Column("state", String, nullable=False),
    Column("nonce", String, nullable=False),
    Column("verifier", String, nullable=False),
    Column("following", String, nullable=False),
    Column("created_at", UtcDateTime, nullable=False, index=True),
)
