"""The only reader of the environment. Every fault is reported at once, before anything starts."""

import contextlib
import os
import secrets
from collections.abc import Mapping
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

Network = IPv4Network | IPv6Network
_WIDEST = {4: 8, 6: 7}  # the widest private networks there are: 10.0.0.0/8 and fc00::/7

SECRETS = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "MAIL_URL")


class SettingsError(SystemExit):
    """The settings cannot be used; the message lists every fault, one line each."""


def _web_address(value: str | None) -> str | None:
    if value and not value.startswith(("http://", "https://")):
        raise ValueError("must begin with http:// or https://")
    return value.rstrip("/") if value else None


def _needed_web_address(value: str) -> str:
    return _web_address(value) or ""


def _database(value: str | None) -> str | None:
    if not value:
        return None
    known = {"postgres://": "postgresql+psycopg://", "postgresql://": "postgresql+psycopg://"}
    for short, full in known.items():
        if value.startswith(short):
            return full + value.removeprefix(short)
    if value.startswith(("postgresql+psycopg://", "sqlite://")):
        return value
    raise ValueError("must be a postgresql:// or sqlite:/// address")


def _networks(value: object) -> tuple[Network, ...]:
    listed = str(value).split(",") if isinstance(value, str) else ()
    networks = tuple(ip_network(part.strip()) for part in listed if part.strip())
    for network in networks:
        if network.prefixlen < _WIDEST[network.version]:
            raise ValueError(f"{network} is too wide: name the networks of your own")
    return networks


class Settings(BaseModel):
    """What an operator may set. The list with meanings and defaults is docs/settings.md."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    external_database_url: Annotated[str | None, AfterValidator(_database)] = Field(
        None, validation_alias="database_url"
    )
    redis_url: str | None = None
    secret_key: str = ""
    configured_base_url: Annotated[str | None, AfterValidator(_web_address)] = Field(
        None, validation_alias="base_url"
    )
    data_dir: Path = Path("var")
    host: str = "127.0.0.1"
    port: int = Field(8000, ge=1, le=65535)
    sentiment_model: str | None = None
    mail_url: str | None = None
    mail_from: str = "vidhuk@localhost"
    telegram_api_url: Annotated[str, AfterValidator(_needed_web_address)] = "https://api.telegram.org"
    trusted_proxy_hops: int = Field(0, ge=0, le=5)
    allow_private_targets: Annotated[tuple[Network, ...], BeforeValidator(_networks)] = ()
    contact_retention_days: int = Field(90, ge=1, le=3650)

    @property
    def is_embedded(self) -> bool:
        """Whether the product keeps its own SQLite file: no database address was given."""
        return self.external_database_url is None

    @property
    def database_url(self) -> str:
        """The address of the database in use."""
        return self.external_database_url or f"sqlite:///{(self.data_dir / 'vidhuk.sqlite3').resolve()}"

    @property
    def base_url(self) -> str:
        """The address that links and codes begin with, without a slash at the end."""
        return self.configured_base_url or f"http://{self.host}:{self.port}"

    @property
    def has_mailbox(self) -> bool:
        """Whether mail lands in the local mailbox page because no mail server is set."""
        return self.mail_url is None


def load_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings of this process; raises `SettingsError` naming every fault at once."""
    values = {name.lower(): value for name, value in (os.environ if environ is None else environ).items()}
    faults = _read_secret_files(values)
    try:
        settings = Settings.model_validate({name: values[name] for name in _names() if values.get(name)})
    except ValidationError as error:
        faults += [f"{str(fault['loc'][0]).upper()}: {fault['msg']}" for fault in error.errors()]
        raise _refusal(faults) from None
    faults += _secret_key_faults(settings)
    if faults:
        raise _refusal(faults)
    if settings.secret_key:
        return settings
    return settings.model_copy(update={"secret_key": _own_secret(settings.data_dir)})


def _names() -> list[str]:
    return [str(field.validation_alias or name).lower() for name, field in Settings.model_fields.items()]


def _refusal(faults: list[str]) -> SettingsError:
    return SettingsError("\n  ".join(["These settings cannot be used:", *faults]))


def _read_secret_files(values: dict[str, str]) -> list[str]:
    """Put the contents of each NAME_FILE under NAME; return the faults."""
    faults = []
    for name in SECRETS:
        path = values.get(f"{name}_FILE".lower())
        if not path:
            continue
        try:
            values[name.lower()] = Path(path).read_text(encoding="utf-8").strip()
        except OSError as error:
            faults.append(f"{name}_FILE: {error.strerror}: {path}")
    return faults


def _secret_key_faults(settings: Settings) -> list[str]:
    if not settings.secret_key and not settings.is_embedded:
        return ["SECRET_KEY: is needed beside an external database (at least 32 random characters)"]
    if settings.secret_key and len(settings.secret_key) < 32:
        return ["SECRET_KEY: must have at least 32 characters"]
    return []


def _own_secret(data_dir: Path) -> str:
    """The embedded default keeps its own key in a file that only its owner can read."""
    path = data_dir / "secret-key"
    if not path.exists():
        data_dir.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f"secret-key.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(secrets.token_urlsafe(48), encoding="utf-8")
        with contextlib.suppress(FileExistsError):
            os.link(draft, path)
        draft.unlink()
    return path.read_text(encoding="utf-8").strip()
