"""A wrong setting stops the start with a sentence that names it."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from sqlalchemy import create_engine

from web import wire_ports
from web.config import SettingError, Settings

SECRET = "0123456789abcdef0123456789abcdef"
PRODUCTION = {
    "WUSHE_ENV": "production",
    "WUSHE_SECRET_KEY": SECRET,
    "WUSHE_BASE_URL": "https://wushe.example",
    "STRIPE_API_KEY": "sk_test_of_the_suite",
    "STRIPE_WEBHOOK_SECRET": "whsec_of_the_suite",
}


#: The ways to pay that staff report.
COUNTERS = ("transfer", "cash", "platform")

#: An engine that is never asked for a connection.
NOWHERE = create_engine("sqlite://")


def read(tmp_path: Path, **env: str) -> Settings:
    return Settings.from_env({"WUSHE_DATA": str(tmp_path / "data"), **env})


@pytest.mark.parametrize(
    ("env", "named"),
    [
        ({"WUSHE_ENV": "prod"}, "WUSHE_ENV"),
        ({"PORT": "http"}, "PORT"),
        ({"PORT": "0"}, "PORT"),
        ({"PORT": "８０００"}, "PORT"),
        ({"WUSHE_WORKERS": "-1"}, "WUSHE_WORKERS"),
        ({"WUSHE_SECRET_KEY": "short"}, "WUSHE_SECRET_KEY"),
        ({"WUSHE_SEARCH": "tantivy"}, "WUSHE_SEARCH"),
        ({"WUSHE_SEARCH": "postgresql"}, "WUSHE_DATABASE_URL"),
        ({"WUSHE_SECRET_KEY": "a" * 64}, "WUSHE_SECRET_KEY"),
        ({"WUSHE_OPERATOR_MODE": "designated_platform"}, "CHA-121"),
        ({"WUSHE_OPERATOR_MODE": "anything"}, "WUSHE_OPERATOR_MODE"),
        ({"WUSHE_BASE_URL": "wushe.example"}, "WUSHE_BASE_URL"),
        ({"WUSHE_BASE_URL": "https://wushe.example/path"}, "WUSHE_BASE_URL"),
        ({"WUSHE_DATABASE_URL": "mysql://u:secret@h/d"}, "WUSHE_DATABASE_URL"),
        ({"WUSHE_DATABASE_URL": "postgresql://u:secret@h/d"}, "WUSHE_DATABASE_URL"),
        ({"WUSHE_OWNER_DATABASE_URL": "nonsense"}, "WUSHE_OWNER_DATABASE_URL"),
        ({"WUSHE_TRUSTED_PROXIES": "many"}, "WUSHE_TRUSTED_PROXIES"),
        ({"STRIPE_API_KEY": "sk_test_x"}, "STRIPE_WEBHOOK_SECRET"),
        ({**PRODUCTION, "WUSHE_SECRET_KEY": ""}, "WUSHE_SECRET_KEY"),
        ({**PRODUCTION, "WUSHE_BASE_URL": "http://wushe.example"}, "WUSHE_BASE_URL"),
        ({**PRODUCTION, "WUSHE_BASE_URL": ""}, "WUSHE_BASE_URL"),
    ],
)
def test_a_wrong_setting_is_named_and_its_secret_is_not(
    tmp_path: Path, env: dict[str, str], named: str
) -> None:
    with pytest.raises(SettingError) as told:
        read(tmp_path, **env)
    assert named in str(told.value)
    assert "secret@" not in str(told.value)


def test_production_without_stripe_has_nobody_to_take_money(tmp_path: Path) -> None:
    env = {**PRODUCTION, "STRIPE_API_KEY": "", "STRIPE_WEBHOOK_SECRET": ""}
    with pytest.raises(SettingError, match="STRIPE_API_KEY"):
        wire_ports(read(tmp_path, **env), NOWHERE)


def test_production_knows_no_sandbox(tmp_path: Path) -> None:
    assert [*wire_ports(read(tmp_path, **PRODUCTION), NOWHERE).gateways] == ["stripe", *COUNTERS]


def test_locally_stripe_takes_gifts_and_the_sandbox_stays(tmp_path: Path) -> None:
    env = {key: value for key, value in PRODUCTION.items() if key.startswith("STRIPE")}
    assert [*wire_ports(read(tmp_path, **env), NOWHERE).gateways] == [
        "stripe",
        "sandbox",
        *COUNTERS,
    ]
    assert [*wire_ports(read(tmp_path), NOWHERE).gateways] == ["sandbox", *COUNTERS]


def test_production_may_take_bank_transfers_alone(tmp_path: Path) -> None:
    bank = {"WUSHE_BANK_NAME": "鄂州农商行", "WUSHE_BANK_ACCOUNT": "4200 0000 1234 5678"}
    env = {**PRODUCTION, "STRIPE_API_KEY": "", "STRIPE_WEBHOOK_SECRET": "", **bank}
    ports = wire_ports(read(tmp_path, **env), NOWHERE)
    assert ports.gateway.name == "transfer"
    assert ports.gateway.livemode
    assert ports.settings.bank_account == "4200 0000 1234 5678"


@pytest.mark.parametrize(
    "bank",
    [
        {"WUSHE_BANK_NAME": "鄂州农商行"},
        {"WUSHE_BANK_ACCOUNT": "42000000"},
        {"WUSHE_BANK_NAME": "鄂州农商行", "WUSHE_BANK_ACCOUNT": "x"},
    ],
)
def test_half_a_bank_account_stops_the_start(tmp_path: Path, bank: dict[str, str]) -> None:
    with pytest.raises(SettingError, match="WUSHE_BANK"):
        read(tmp_path, **bank)


def test_the_key_is_made_once_for_its_owner_alone(tmp_path: Path) -> None:
    first = read(tmp_path).secret_key
    kept = tmp_path / "data" / "secret_key"
    assert len(first) >= 32
    assert read(tmp_path).secret_key == first
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_secrets_are_not_shown(tmp_path: Path) -> None:
    settings = read(tmp_path, **PRODUCTION, WUSHE_DATABASE_URL="postgresql+psycopg://u:pw@h/d")
    shown = repr(settings)
    for secret in (SECRET, "sk_test", "whsec", "pw@h"):
        assert secret not in shown


def test_without_settings_everything_lies_in_one_folder(tmp_path: Path) -> None:
    settings = read(tmp_path).prepare()
    assert settings.url == f"sqlite:///{tmp_path / 'data' / 'wushe.db'}"
    assert settings.owner_url == settings.url
    assert not settings.is_secure
    assert (tmp_path / "data" / "files").is_dir()
