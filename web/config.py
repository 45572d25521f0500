"""What an installation says about itself, read from the environment in this file alone.

A wrong setting stops the start with a sentence that says which one and why; nothing else in the
house looks at the environment. docs/operations.md lists every name.
"""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

#: The demo's operator, 鄂城区慈善总会.
DEMO_OPERATOR = "51420704MJH000019J"
#: An account that no bank has, for the demo.
DEMO_ACCOUNT = "0000 0000 0000 0000 000"
#: What the operator may be here (HANDBOOK 0.1); a designated platform needs the ministry's list.
OPERATOR_MODES = ("qualified_charity", "listing")
ENVIRONMENTS = ("local", "test", "production")
SEARCHES = ("whoosh", "postgresql")
SECRET_MINIMUM = 32


class SettingError(Exception):
    """A setting that cannot be used; its text is a sentence for the person who set it."""


@dataclass(frozen=True, kw_only=True)
class Settings:
    """Everything an installation may choose; built by `from_env`, or by a test directly."""

    #: The one folder that holds what the installation owns.
    data: Path
    secret_key: str = field(repr=False)
    environment: str = "local"
    #: The application's role; None means wushe.db in the data folder.
    database_url: str | None = field(default=None, repr=False)
    #: The role that migrates and grants; None means the application's.
    owner_database_url: str | None = field(default=None, repr=False)
    operator_uscc: str = DEMO_OPERATOR
    operator_mode: str = "qualified_charity"
    base_url: str = "http://127.0.0.1:8000"
    #: Proxies in front whose X-Forwarded-* headers are believed.
    trusted_proxies: int = 0
    stripe_api_key: str | None = field(default=None, repr=False)
    stripe_api_base: str | None = None
    stripe_webhook_secret: str | None = field(default=None, repr=False)
    #: The server that takes our letters; None means they are laid into the data folder.
    smtp_url: str | None = field(default=None, repr=False)
    mail_from: str = "wushe@localhost"
    #: Who is told by mail what people must look at (gateways, refunds); nobody where it is None.
    operator_mail: str | None = None
    #: The operator's own bank and account, to which givers may transfer.
    bank_name: str = ""
    bank_account: str = ""
    port: int = 8000
    workers: int = 1
    #: Where the search index lies: in files ("whoosh") or in the database ("postgresql").
    search: str = SEARCHES[0]

    @classmethod
    def from_env(cls, env: Mapping[str, str] | None = None) -> Settings:
        """Read the environment; raises `SettingError` with a sentence for the first wrong value."""
        env = os.environ if env is None else env
        data = Path(env.get("WUSHE_DATA") or "instance").resolve()
        environment = _one_of(env, "WUSHE_ENV", ENVIRONMENTS, "local")
        port = _number(env, "PORT", 8000, 1, 65535)
        base_url = _base_url(env, port)
        if environment == "production" and not base_url.startswith("https://"):
            raise SettingError(
                "WUSHE_BASE_URL must be the site's https address when WUSHE_ENV=production."
            )
        bank_name, bank_account = _bank(env, production=environment == "production")
        return cls(
            data=data,
            secret_key=_secret_key(env, data, production=environment == "production"),
            environment=environment,
            database_url=_database_url(env, "WUSHE_DATABASE_URL"),
            owner_database_url=_database_url(env, "WUSHE_OWNER_DATABASE_URL"),
            operator_uscc=env.get("WUSHE_OPERATOR") or DEMO_OPERATOR,
            operator_mode=_operator_mode(env),
            base_url=base_url,
            trusted_proxies=_number(env, "WUSHE_TRUSTED_PROXIES", 0, 0, 5),
            stripe_api_key=_stripe_key(env),
            stripe_api_base=env.get("STRIPE_API_BASE") or None,
            stripe_webhook_secret=env.get("STRIPE_WEBHOOK_SECRET") or None,
            bank_name=bank_name,
            bank_account=bank_account,
            smtp_url=_smtp_url(env),
            mail_from=_mail_from(env),
            operator_mail=_operator_mail(env),
            port=port,
            workers=_number(env, "WUSHE_WORKERS", 1, 1, 64),
            search=_search(env),
        )

    @property
    def url(self) -> str:
        """The SQLAlchemy URL the site runs on."""
        return self.database_url or f"sqlite:///{self.data / 'wushe.db'}"

    @property
    def owner_url(self) -> str:
        """The SQLAlchemy URL migrations run on."""
        return self.owner_database_url or self.url

    @property
    def is_production(self) -> bool:
        """Whether real people and real money are behind it."""
        return self.environment == "production"

    @property
    def is_secure(self) -> bool:
        """Whether visitors come over https, so that cookies are Secure and HSTS is sent."""
        return self.is_production or self.base_url.startswith("https://")

    @property
    def secret(self) -> bytes:
        """The key of keyed hashes (addresses, identities)."""
        return self.secret_key.encode()

    def prepare(self) -> Settings:
        """Make the data folder and what lies in it; only the owner may look inside."""
        for folder in (self.data, self.data / "index", self.data / "files"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self


def _one_of(env: Mapping[str, str], name: str, allowed: tuple[str, ...], default: str) -> str:
    value = env.get(name) or default
    if value not in allowed:
        raise SettingError(f"{name} is {value!r}; it must be one of {', '.join(allowed)}.")
    return value


def _search(env: Mapping[str, str]) -> str:
    chosen = _one_of(env, "WUSHE_SEARCH", SEARCHES, SEARCHES[0])
    if chosen == "postgresql" and not (_database_url(env, "WUSHE_DATABASE_URL") or "").startswith(
        "postgresql"
    ):
        raise SettingError(
            "WUSHE_SEARCH=postgresql keeps the index in the database: WUSHE_DATABASE_URL must name "
            "a PostgreSQL database."
        )
    return chosen


def _number(env: Mapping[str, str], name: str, default: int, low: int, high: int) -> int:
    text = env.get(name) or str(default)
    if not text.isascii() or not text.isdigit() or not low <= int(text) <= high:
        raise SettingError(f"{name} is {text!r}; it must be a whole number from {low} to {high}.")
    return int(text)


def _operator_mode(env: Mapping[str, str]) -> str:
    if env.get("WUSHE_OPERATOR_MODE") == "designated_platform":
        raise SettingError(
            "WUSHE_OPERATOR_MODE=designated_platform is not offered: only platforms on the "
            "ministry's list may raise money for other charities (CHA-121)."
        )
    return _one_of(env, "WUSHE_OPERATOR_MODE", OPERATOR_MODES, OPERATOR_MODES[0])


def _base_url(env: Mapping[str, str], port: int) -> str:
    value = (env.get("WUSHE_BASE_URL") or f"http://127.0.0.1:{port}").rstrip("/")
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname or parts.path or parts.query:
        raise SettingError(f"WUSHE_BASE_URL is {value!r}; it must look like https://example.org.")
    return value


def _database_url(env: Mapping[str, str], name: str) -> str | None:
    value = env.get(name)
    if not value:
        return None
    try:
        driver = make_url(value).drivername
    except ArgumentError:
        driver = ""
    if driver not in ("sqlite", "postgresql+psycopg"):
        raise SettingError(
            f"{name} must begin with postgresql+psycopg:// (or sqlite:///); its value is not shown."
        )
    return value


def _stripe_key(env: Mapping[str, str]) -> str | None:
    key = env.get("STRIPE_API_KEY") or None
    if key and not env.get("STRIPE_WEBHOOK_SECRET"):
        raise SettingError(
            "STRIPE_API_KEY is set and STRIPE_WEBHOOK_SECRET is not: without it no payment could "
            "ever be believed."
        )
    return key


def _smtp_url(env: Mapping[str, str]) -> str | None:
    """`smtp://[user:password@]host[:port]`, or smtps for a server that speaks TLS at once."""
    value = env.get("WUSHE_SMTP_URL")
    if not value:
        return None
    try:
        parts = urlsplit(value)
        is_good = parts.scheme in ("smtp", "smtps") and bool(parts.hostname)
        is_good = is_good and parts.port != 0 and not (parts.path.strip("/") or parts.query)
        is_good = is_good and (parts.username is None) == (parts.password is None)
    except ValueError:
        is_good = False
    if not is_good:
        raise SettingError(
            "WUSHE_SMTP_URL must look like smtp://user:password@mail.example.org:587 (or smtps://);"
            " its value is not shown."
        )
    if not env.get("WUSHE_MAIL_FROM"):
        raise SettingError(
            "WUSHE_SMTP_URL is set and WUSHE_MAIL_FROM is not: say from which address letters come."
        )
    return value


def _operator_mail(env: Mapping[str, str]) -> str | None:
    value = env.get("WUSHE_OPERATOR_MAIL") or None
    if value is not None and not re.fullmatch(r"[^@\s]+@[^@\s]+", value):
        raise SettingError(
            f"WUSHE_OPERATOR_MAIL is {value!r}; it must be one plain address, like ops@example.org."
        )
    return value


def _mail_from(env: Mapping[str, str]) -> str:
    value = env.get("WUSHE_MAIL_FROM") or "wushe@localhost"
    if not re.fullmatch(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9.-]+", value):
        raise SettingError(
            f"WUSHE_MAIL_FROM is {value!r}; it must be one plain address, like letters@example.org."
        )
    return value


def _bank(env: Mapping[str, str], *, production: bool) -> tuple[str, str]:
    """The account givers may transfer to; away from production one that nobody has."""
    name = (env.get("WUSHE_BANK_NAME") or "").strip()
    account = (env.get("WUSHE_BANK_ACCOUNT") or "").strip()
    if bool(name) != bool(account):
        raise SettingError(
            "WUSHE_BANK_NAME and WUSHE_BANK_ACCOUNT belong together: set both or neither."
        )
    if account and not re.fullmatch(r"[0-9][0-9 -]{6,38}[0-9]", account, re.ASCII):
        raise SettingError(f"WUSHE_BANK_ACCOUNT is {account!r}; it must be an account's figures.")
    if not account and not production:
        return "Demo Bank", DEMO_ACCOUNT
    return name, account


def _secret_key(env: Mapping[str, str], data: Path, *, production: bool) -> str:
    """The key that signs cookies: from the environment, else kept in the data folder."""
    value = env.get("WUSHE_SECRET_KEY")
    if value:
        if len(value) < SECRET_MINIMUM or len(set(value)) < 10:
            raise SettingError(
                f"WUSHE_SECRET_KEY is too easy to guess: give it at least {SECRET_MINIMUM} random "
                "characters (python3 -c 'import secrets; print(secrets.token_hex(32))')."
            )
        return value
    if production:
        raise SettingError("WUSHE_SECRET_KEY must be set when WUSHE_ENV=production.")
    kept = data / "secret_key"
    if not kept.exists():
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            handle = os.open(kept, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        except FileExistsError:
            return kept.read_text(encoding="ascii")
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(secrets.token_hex(32))
    return kept.read_text(encoding="ascii")
