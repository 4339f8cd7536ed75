"""The receivers that there are, an allow-list: ``[delivery.receivers.NAME]``; how patiently: ``[delivery]``."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, StringConstraints, model_validator

from inspector.credentials import Hidden, reveal
from inspector.delivery.records import Address
from inspector.enums import AlertClass
from inspector.errors import ConfigError

__all__ = [
    "DeliverySettings",
    "Receiver",
    "RobotReceiver",
    "SmtpReceiver",
    "SyslogReceiver",
    "WebhookReceiver",
    "key_of",
    "url_of",
]

SECRET_PREFIX = "whsec_"  # noqa: S105 - what a secret begins with, by the standard
ReceiverName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


def url_of(hidden: Hidden, allow_plain: bool) -> str:
    """The address to send to. Raises ConfigError, which does not quote it, when it is none that may be used."""
    url = reveal(hidden)
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError as error:
        raise ConfigError("url: is no address", "write it like https://host/path") from error
    if parts.scheme not in ("https", "http") or not parts.hostname:
        raise ConfigError("url: is no address of HTTP", "write it like https://host/path")
    if parts.scheme == "http" and not allow_plain:
        raise ConfigError("url: http:// can be read on its way", "use https://, or set allow_plain = true")
    if "@" in parts.netloc:
        raise ConfigError("url: holds a user or a password", "leave them out: what is sent is signed")
    return url


def key_of(hidden: Hidden) -> bytes:
    """The key of a webhook's secret, ``whsec_`` and base64 (Standard Webhooks). Raises ConfigError for any other."""
    try:
        key = base64.b64decode(reveal(hidden).removeprefix(SECRET_PREFIX), validate=True)
    except binascii.Error as error:
        raise ConfigError("secrets: is not whsec_ and base64", "make one: openssl rand -base64 32") from error
    if not 24 <= len(key) <= 64:
        raise ConfigError(f"secrets: a key of {len(key)} bytes", "take 24 to 64 bytes: openssl rand -base64 32")
    return key


class _Receiver(BaseModel):
    """What all receivers have."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    audiences: frozenset[str] | None = Field(None, description="whose notices; default: everybody's")
    classes: frozenset[AlertClass] | None = Field(None, description="of which classes; default: all")
    quotes: bool = Field(False, description="whether masked words of the call and the agent's number go out")
    lang: Literal["zh", "en"] = "zh"
    per_hour: int = Field(0, ge=0, description="messages an hour, the others are told together; 0: any number")

    @property
    def address(self) -> Address:
        """Which notices it is to have."""
        return Address(self.audiences, self.classes)


class WebhookReceiver(_Receiver):
    """A machine of the bank: Standard Webhooks."""

    kind: Literal["webhook"]
    url: Hidden
    secrets: tuple[Hidden, ...] = Field(min_length=1, max_length=2, description="two while they are changed")
    ca_file: Path | None = Field(None, description="who signed the receiver's certificate; default: the system's list")
    allow_plain: bool = Field(False, description="http:// is allowed")

    @model_validator(mode="after")
    def _usable(self) -> WebhookReceiver:
        _check_url(self.url, self.allow_plain)
        for secret in self.secrets:
            if isinstance(secret, SecretStr):
                _as_value_error(key_of, secret)
        return self


class RobotReceiver(_Receiver):
    """A robot in a chat group. ``secret``: of DingTalk (加签) and Feishu (签名校验), when the robot has one."""

    kind: Literal["wecom", "dingtalk", "feishu"]
    url: Hidden
    secret: Hidden | None = None
    ca_file: Path | None = None
    allow_plain: bool = False
    per_hour: int = Field(6, ge=0)

    @model_validator(mode="after")
    def _usable(self) -> RobotReceiver:
        _check_url(self.url, self.allow_plain)
        if self.kind == "wecom" and self.secret is not None:
            raise ValueError("a robot of WeCom has no secret: its key is part of the url")
        return self


class SmtpReceiver(_Receiver):
    """Mail."""

    kind: Literal["smtp"]
    host: str = Field(min_length=1)
    port: int = Field(587, ge=1, le=65535)
    tls: Literal["starttls", "implicit", "none"] = "starttls"
    ca_file: Path | None = None
    allow_plain: bool = Field(False, description='tls = "none" is allowed')
    sender: str = Field(min_length=3)
    to: tuple[str, ...] = Field(min_length=1)
    user: str | None = None
    password: Hidden | None = None
    per_hour: int = Field(6, ge=0)

    @model_validator(mode="after")
    def _usable(self) -> SmtpReceiver:
        if self.tls == "none" and not self.allow_plain:
            raise ValueError('tls = "none" can be read on its way: use starttls, or set allow_plain = true')
        if (self.user is None) != (self.password is None):
            raise ValueError("user and password go together")
        if any(char in address for address in (self.sender, *self.to) for char in "\r\n"):
            raise ValueError("an address holds a line break")
        return self


class SyslogReceiver(_Receiver):
    """A syslog server: RFC 5424 over TLS, TCP (RFC 6587) or UDP."""

    kind: Literal["syslog"]
    host: str = Field(min_length=1)
    port: int = Field(6514, ge=1, le=65535)
    transport: Literal["tls", "tcp", "udp"] = "tls"
    ca_file: Path | None = None


Receiver = Annotated[WebhookReceiver | RobotReceiver | SmtpReceiver | SyslogReceiver, Field(discriminator="kind")]


class DeliverySettings(BaseModel):
    """What is told outside, and how patiently."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    receivers: dict[ReceiverName, Receiver] = Field(default_factory=dict, description="nobody else is told anything")
    tick_s: float = Field(0.1, gt=0, le=60, description="how often is looked for what is to be told")
    timeout_s: float = Field(10, gt=0, le=120, description="an attempt ends after so long, whatever the receiver does")
    hold_s: float = Field(600, ge=0, description="what is beyond a receiver's budget is told so late at the latest")
    first_retry_s: float = Field(2, gt=0, le=900, description="after the first fault; ever later, up to 15 minutes")
    give_up_s: float = Field(86400, gt=0, description="what nobody took for so long is dead, until it is sent again")
    pause_s: float = Field(15, gt=0, description="the first pause of a receiver that failed five times in a row")


def _check_url(url: Hidden, allow_plain: bool) -> None:
    """What lies in a file is looked at when it is used."""
    if isinstance(url, SecretStr):
        _as_value_error(url_of, url, allow_plain)


def _as_value_error(check: Callable[..., object], *of: object) -> None:
    """pydantic knows where the setting is, and wants a ValueError."""
    try:
        check(*of)
    except ConfigError as error:
        raise ValueError(str(error)) from error
