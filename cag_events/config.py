"""Settings: read once from instance/config.toml and CAG_… variables, which win. A bad value stops the start."""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from urllib.parse import urlsplit

LONGEST_MAILBOX = 31  # before the @: of 64 octets (RFC 5321 §4.5.3.1.1), a plus and 32 are the code's
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class BadSettings(Exception):
    """A setting is unknown or cannot be used; the message is one line for the operator."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything that differs between installations. Names: CAG_<FIELD IN CAPITALS>."""

    instance: Path
    database_url: str
    secret_key: str = ""  # empty: instance/secret.key, made once
    data_key: str = ""  # a ring `id:key,id:key`; empty: instance/data.key
    index_key: str = ""  # empty: instance/index.key
    backup_key: str = ""
    base_url: str = "http://127.0.0.1:5000"
    smtp_url: str = ""  # empty: mails are kept as files
    mail_from: str = "events@localhost"
    mail_authserv: str = ""  # id that our own mail server gives in Authentication-Results; empty: not asked
    imap_url: str = ""  # where answers of calendars are fetched; empty: nowhere, they may come by a pipe
    trusted_proxies: int = 0
    rate_limit_url: str = "memory://"
    languages: tuple[str, ...] = ("sv", "en")

    @property
    def is_local(self) -> bool:
        """Whether the site is reached over plain http on this machine alone: the demo and tests."""
        return self.base_url.startswith("http://")

    @property
    def host(self) -> str:
        """The host name in `base_url`."""
        return urlsplit(self.base_url).hostname or ""


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Return the settings of this installation. Raises BadSettings, with one line that says what to mend."""
    environ = os.environ if environ is None else environ
    instance = Path(environ.get("CAG_INSTANCE") or "instance").absolute()
    known = {field.name for field in fields(Settings)}
    values: dict[str, object] = dict(_from_file(instance / "config.toml"))
    for name, value in environ.items():
        if name.startswith("CAG_") and not name.startswith("CAG_TEST_") and value:
            values[name.removeprefix("CAG_").lower()] = value
    values.pop("instance", None)
    for name in values:
        if name not in known:
            raise BadSettings(f"unknown setting CAG_{name.upper()}")
    return _checked(instance, values)


def _from_file(path: Path) -> Mapping[str, object]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as fault:
        raise BadSettings(f"{path}: {fault}") from fault


def _checked(instance: Path, values: Mapping[str, object]) -> Settings:
    ready: dict[str, object] = {}
    for name, value in values.items():
        if name == "languages":
            codes = value.split(",") if isinstance(value, str) else value
            if not isinstance(codes, list) or not codes or not all(code in ("sv", "en") for code in codes):
                raise BadSettings("CAG_LANGUAGES: give sv, en or both, separated by a comma")
            ready[name] = tuple(codes)
        elif name == "trusted_proxies":
            if not str(value).isdigit() or int(str(value)) > 10:
                raise BadSettings("CAG_TRUSTED_PROXIES: give a whole number from 0 to 10")
            ready[name] = int(str(value))
        elif not isinstance(value, str):
            raise BadSettings(f"CAG_{name.upper()}: give a text")
        else:
            ready[name] = value
    ready.setdefault("database_url", f"sqlite:///{instance / 'cag_events.sqlite'}")
    url = str(ready["database_url"])
    if url.startswith("postgresql://"):
        ready["database_url"] = "postgresql+psycopg://" + url.removeprefix("postgresql://")
    elif not url.startswith(("sqlite:///", "postgresql+psycopg://")):
        raise BadSettings("CAG_DATABASE_URL: give an sqlite:///… or postgresql://… address")
    settings = Settings(instance=instance, **ready)  # type: ignore[arg-type]
    _check_addresses(settings)
    return settings


def _check_addresses(settings: Settings) -> None:
    parts = urlsplit(settings.base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path not in ("", "/") or parts.query:
        raise BadSettings("CAG_BASE_URL: give the site's address, like https://events.example.org")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise BadSettings("CAG_BASE_URL: plain http is accepted for loopback addresses only; use https")
    if settings.smtp_url and urlsplit(settings.smtp_url).scheme not in ("smtp", "smtps"):
        raise BadSettings("CAG_SMTP_URL: give smtp://user:password@host:587")
    if "@" not in settings.mail_from or any(c in settings.mail_from for c in "\r\n"):
        raise BadSettings("CAG_MAIL_FROM: give an e-mail address")
    if len(settings.mail_from.rpartition("@")[0]) > LONGEST_MAILBOX:
        raise BadSettings(f"CAG_MAIL_FROM: at most {LONGEST_MAILBOX} characters before the @, since a code is added")
    _check_imap(settings.imap_url)


def _check_imap(url: str) -> None:
    parts = urlsplit(url)
    is_whole = parts.scheme in ("imap", "imaps") and parts.hostname and parts.username and parts.password
    if url and not is_whole:
        raise BadSettings("CAG_IMAP_URL: give imaps://user:password@host/INBOX")
    if parts.scheme == "imap" and parts.hostname not in LOOPBACK:
        raise BadSettings("CAG_IMAP_URL: plain imap is accepted for loopback addresses only; use imaps")
