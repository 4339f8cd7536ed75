"""Settings: ``inspector.toml`` < ``INSPECTOR_*`` < flags. Built once at the border, passed down, never read at import.

The file is ``inspector.toml`` in the working directory, or the one that ``INSPECTOR_CONFIG`` names. Nested settings are
written ``INSPECTOR_HEARING__THREADS=1`` in the environment.
"""

from __future__ import annotations

import os
import tomllib
from datetime import time
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from inspector.credentials import Hidden
from inspector.delivery.settings import DeliverySettings
from inspector.errors import ConfigError
from inspector.sampling.strata import is_field

__all__ = [
    "AlertSettings",
    "HearingSettings",
    "IncidentSettings",
    "OidcSettings",
    "RecheckBase",
    "ReviewSettings",
    "SamplingSettings",
    "Settings",
    "WebSettings",
    "WorkSettings",
    "default_home",
    "default_packs_dir",
    "load_settings",
]

AgentChannel = Literal["left", "right", "auto"]
RecheckBase = Literal["all_calls", "with_findings", "self_checked", "reviewed"]


class HearingSettings(BaseModel):
    """What changes what is heard; its digest is part of a hearing's identity."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    agent_channel: AgentChannel = Field("auto", description="which channel of a stereo call is the agent")
    asr_model: str = Field("whisper-base", description="directory below models/, or a path to a local one")
    threads: int = Field(2, ge=1, le=64, description="calls and windows heard side by side")
    beam_size: int = Field(3, ge=1, le=20, description="of the first pass; what is doubtful is heard again")
    diariser: Literal["inspector", "pyannote"] = Field("inspector", description="tells voices of one channel apart")
    pyannote_pipeline: Path | None = Field(None, description="directory of a pipeline; None: of the models that ship")
    vad_threshold: float = Field(0.5, gt=0, lt=1, description="speech probability that begins speech")
    max_duration_s: float = Field(6 * 3600, gt=0, description="longer recordings are refused")


class ReviewSettings(BaseModel):
    """What people are asked to review."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    undetermined_share: Decimal = Field(Decimal("0.02"), ge=0, le=1, description="of a day's calls; 0: none")
    second_look_share: Decimal = Field(Decimal("0.10"), ge=0, le=1, description="of reviews, beside all fatal ones")
    cards: Path | None = Field(None, description="directory of score cards; None: the drafts that ship")
    second_look_days: int = Field(2, ge=1, le=250, description="working days in which somebody looks again")
    lease_minutes: int = Field(60, ge=5, le=480, description="a call that nobody works on goes to another one after it")
    minutes_per_day: int = Field(360, ge=1, le=1440, description="of reviews, for who has no quota of his own")
    listening_factor: float = Field(1.5, gt=0, description="reviewer's minutes for a minute that is listened to")
    rectification_days: int = Field(10, ge=1, le=250, description="working days in which an entry is to be done")
    escalation_days: int = Field(2, ge=1, le=250, description="working days from the team lead to the QA lead")
    recurrence_days: int = Field(90, ge=1, le=3650, description="in which a violation reopens what was struck off")
    coaching_days: int = Field(5, ge=1, le=250, description="working days in which coaching is to be done")
    follow_up_calls: int = Field(5, ge=1, le=100, description="of an agent's next calls that are heard after coaching")
    follow_up_days: int = Field(30, ge=1, le=3650, description="after which too few of them are told as that")
    appeal_working_days: int = Field(5, ge=1, le=60, description="to appeal, from the notice on")
    appeal_decision_working_days: int = Field(5, ge=1, le=60, description="to decide an appeal, before it is overdue")


class SamplingSettings(BaseModel):
    """The random sample, the tiers beside it, and what reviewing them takes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rate: Decimal = Field(Decimal("0.05"), gt=0, le=1, decimal_places=9, description="of a day's calls")
    strata: tuple[str, ...] = Field(
        ("channel", "team", "product_type", "direction"), description="fields that the sample is spread over evenly"
    )
    recheck_rate: Decimal = Field(Decimal("0.2"), gt=0, le=1, decimal_places=9, description="of its base")
    recheck_base: RecheckBase = Field("with_findings", description="what the re-check is a share of")
    mystery_rate: Decimal = Field(Decimal(1), gt=0, le=1, decimal_places=9, description="of calls marked as mystery")
    mystery_share: Decimal = Field(Decimal("0.01"), ge=0, le=1, description="of all calls should be mystery calls")
    agent_minimum: int = Field(2, ge=1, le=100, description="calls drawn of each agent in a month, at least")
    whole_call_factor: float = Field(1.5, gt=0, description="reviewer's minutes for a minute of a call heard whole")
    quick_check_s: float = Field(60, gt=0, description="reviewer's seconds for the findings of a call")

    @field_validator("strata")
    @classmethod
    def _known_fields(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        wrong = [name for name in names if not is_field(name)]
        if wrong or len(set(names)) != len(names):
            raise ValueError(f"no fields of a manifest, or one of them twice: {', '.join(wrong or names)}")
        return names


class AlertSettings(BaseModel):
    """How fast people must act on alerts, as data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    policy: Path | None = Field(None, description="classes and clocks by rule; default: the file that ships")
    clocks: Path | None = Field(None, description="clock profiles; default: the file that ships")
    calendars: Path | None = Field(None, description="directory of YYYY.toml; default: the years that ship")
    opens: time = Field(time(9), description="when a working day begins, in business_tz")
    closes: time = Field(time(18), description="when it ends")


class Exclusion(BaseModel):
    """Calls that are listed and not inspected."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=40, description="as reports call it")
    when: tuple[str, ...] = Field(min_length=1, description="conditions on business data, as in rules; one suffices")


class NightSettings(BaseModel):
    """The run over a business day."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    deadline: time = Field(time(6), description="when the report has to be there, by the clock of business_tz")
    exclude: tuple[Exclusion, ...] = Field((), description="the first one that holds")
    lease_s: float = Field(30, gt=0, description="another process takes the run over so long after its driver died")
    look_s: float = Field(2, gt=0, description="how often it looks how far it is")


class WorkSettings(BaseModel):
    """How accepted calls are worked off by processes beside this one."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    redis_url: SecretStr | None = Field(None, description="a Redis or Valkey; default: one of our own below home")
    urgent_workers: int = Field(1, ge=0, le=64, description="processes for urgent calls alone")
    batch_workers: int = Field(1, ge=0, le=64, description="processes for all other calls")
    lease_s: float = Field(60, gt=0, description="a call comes back to the queue so long after its worker fell silent")
    stuck_s: float = Field(300, gt=0, description="a worker that makes no progress for so long is killed")
    drain_s: float = Field(30, ge=0, description="a worker that is to end may finish what it has begun for so long")
    job_calls: int = Field(16, ge=1, le=1000, description="calls given to a worker at once, at most")
    job_audio_s: float = Field(3600, gt=0, description="sound given to a worker at once; one longer call goes alone")
    tick_s: float = Field(1.0, gt=0, description="how often the relay looks for what is to be sent")
    resend_s: float = Field(120, gt=0, description="what was sent so long ago and not taken is sent again, ever later")
    crashes_alone: int = Field(3, ge=1, description="a call that ended its worker so often is quarantined")
    health_port: int | None = Field(None, ge=1, le=65535, description="health and metrics on 127.0.0.1; default: none")


OIDC_BACK = "/login/oidc/back"
"""Where the identity provider sends browsers back to."""


class OidcSettings(BaseModel):
    """The bank's identity provider (OpenID Connect), by which people may sign in to the console: the extra ``oidc``."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    issuer: str = Field(description="its address, as it calls itself; https, but on this machine")
    client_id: str = Field(min_length=1, description="what it knows the console by")
    client_secret: Hidden | None = Field(None, description="and its secret, or { file = … }; None: it has none")
    redirect_uri: str = Field(description=f"the console's address as browsers call it, and {OIDC_BACK}")
    claim: str = Field("preferred_username", min_length=1, description="of the token: the name on the list of people")
    ca_file: Path | None = Field(None, description="who signed its certificate; default: the system's list")

    @field_validator("issuer", "redirect_uri")
    @classmethod
    def _sealed(cls, address: str) -> str:
        parts = urlsplit(address)
        local = parts.scheme == "http" and parts.hostname in ("127.0.0.1", "::1", "localhost")
        if not parts.hostname or not (parts.scheme == "https" or local):
            raise ValueError("is no https:// address; http:// is for this machine only")
        if parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("has a query, a fragment or a user, which it must not")
        return address

    @field_validator("redirect_uri")
    @classmethod
    def _ours(cls, address: str) -> str:
        if urlsplit(address).path != OIDC_BACK:
            raise ValueError(f"ends with {OIDC_BACK}")
        return address


class WebSettings(BaseModel):
    """The console in the browser."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    host: str = Field("127.0.0.1", description="the address it listens at")
    port: int = Field(8420, ge=1, le=65535, description="the port it listens at")
    hosts: tuple[str, ...] = Field(
        ("127.0.0.1", "localhost", "[::1]"), min_length=1, description="names that browsers may call it by"
    )
    https: bool = Field(False, description="browsers reach it by https, through a proxy or with certificate and key")
    certificate: Path | None = Field(None, description="file of the certificate, PEM")
    key: Path | None = Field(None, description="file of its key, PEM")
    idle_minutes: int = Field(30, ge=1, le=1440, description="a session ends so long after its last request")
    session_hours: int = Field(12, ge=1, le=168, description="a session ends so long after the login")
    full_view_minutes: int = Field(15, ge=1, le=480, description="a full view of a call lasts so long")
    sound_cache_gb: float = Field(20, gt=0, description="of playable copies below home; the least used go first")
    oidc: OidcSettings | None = Field(None, description="people may sign in by it, too; None: by passwords only")


class IncidentSettings(BaseModel):
    """What several calls say together, as data."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: Path | None = Field(None, description="rules over several calls; default: the file that ships")


def default_home() -> Path:
    """``$INSPECTOR_HOME``, else the XDG data directory."""
    if home := os.environ.get("INSPECTOR_HOME"):
        return Path(home)
    data = os.environ.get("XDG_DATA_HOME")
    return (Path(data) if data else Path.home() / ".local" / "share") / "inspector"


def default_packs_dir() -> Path:
    """The rule packs that ship: inside the installed package, or beside it in a checkout."""
    package = Path(__file__).resolve().parent
    installed = package / "_packs"
    return installed if installed.is_dir() else package.parent / "rules"


class Settings(BaseSettings):
    """Everything that can be set. Frozen; paths are not created here."""

    model_config = SettingsConfigDict(
        env_prefix="INSPECTOR_", env_nested_delimiter="__", frozen=True, extra="forbid", validate_default=True
    )

    home: Path = Field(default_factory=default_home, description="models, database and derived data live here")
    database_url: SecretStr | None = Field(None, description="SQLAlchemy URL; default: SQLite below home")
    packs: Path | None = Field(None, description="directory of rule packs; default: the packs that ship")
    business_tz: str = "Asia/Shanghai"
    lang: Literal["zh", "en"] = "zh"
    hearing: HearingSettings = HearingSettings()  # type: ignore[call-arg]
    incidents: IncidentSettings = IncidentSettings()  # type: ignore[call-arg]
    review: ReviewSettings = ReviewSettings()  # type: ignore[call-arg]
    sampling: SamplingSettings = SamplingSettings()  # type: ignore[call-arg]
    work: WorkSettings = WorkSettings()  # type: ignore[call-arg]
    alerts: AlertSettings = AlertSettings()  # type: ignore[call-arg]
    delivery: DeliverySettings = DeliverySettings()  # type: ignore[call-arg]
    night: NightSettings = NightSettings()  # type: ignore[call-arg]
    web: WebSettings = WebSettings()  # type: ignore[call-arg]

    @property
    def models_dir(self) -> Path:
        return self.home / "models"

    @property
    def packs_dir(self) -> Path:
        return self.packs or default_packs_dir()

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls, _config_file())


def _config_file() -> Path:
    return Path(os.environ.get("INSPECTOR_CONFIG", "inspector.toml"))


def load_settings(**flags: Any) -> Settings:
    """Reads file, environment and ``flags`` (None = not given).

    Raises ConfigError naming each wrong setting, or a configuration file that is named but cannot be read.
    """
    named = os.environ.get("INSPECTOR_CONFIG")
    if named and not Path(named).is_file():
        raise ConfigError(f"INSPECTOR_CONFIG names no file: {named}", "correct the path or unset the variable")
    try:
        return Settings(**{name: value for name, value in flags.items() if value is not None})
    except ValidationError as error:
        faults = "; ".join(f"{'.'.join(map(str, e['loc']))}: {e['msg']}" for e in error.errors())
        raise ConfigError(f"wrong setting: {faults}", f"correct {_config_file()}, INSPECTOR_* or the flag") from error
    except (tomllib.TOMLDecodeError, OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{_config_file()} cannot be read: {error}", "correct the file") from error
