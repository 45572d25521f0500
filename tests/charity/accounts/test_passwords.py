"""Passwords: which may be used, how they are kept, and that hashing has a bound."""

import threading
import time

import pytest

from charity.accounts import passwords
from charity.accounts.reasons import AccountsReason
from charity.errors import Invalid


@pytest.mark.parametrize(
    "password",
    [
        "a calm river in Ezhou",
        "梁子湖的武昌鱼真好吃啊",
        "x7!kQm2#vL",
        "wushe-demo-treasurer",
        "correct horse battery staple",
        "p" + "aß" * 20 + "q!3",
    ],
)
def test_passwords_that_may_be_used(password: str) -> None:
    assert passwords.check(password) == password


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("", AccountsReason.PASSWORD_SHORT),
        ("x7!kQm2#v", AccountsReason.PASSWORD_SHORT),
        ("武昌鱼武昌", AccountsReason.PASSWORD_SHORT),
        ("x7!kQm2#vL" * 13, AccountsReason.PASSWORD_LONG),
    ],
)
def test_too_short_and_too_long(password: str, reason: AccountsReason) -> None:
    with pytest.raises(Invalid) as refusal:
        passwords.check(password, field="new_password")
    assert (refusal.value.field, refusal.value.reason) == ("new_password", reason)


def test_the_longest_and_the_shortest() -> None:
    assert passwords.check("x7!kQm2#vL")
    assert passwords.check(("x7!kQm2#vL" * 13)[:128])


@pytest.mark.parametrize(
    "password",
    [
        "1234567890", "0987654321", "11111111111", "13812345678", "19900101199", "5201314520",
        "qwertyuiop", "QWERTYUIOP", "1qaz2wsx3edc", "zyxwvutsrqp", "q1w2e3r4t5", "poiuytrewq",
        "password123", "Password2026!", "!!password!!", "p@ssw0rd2026", "iloveyou1314",
        "woaini1314520", "woaini520!!", "zhongguo2026", "admin@123456", "a1234567890",
        "abcabcabcabc", "xyxyxyxyxyxy", "aaaaaaaaaaaa", "wushe2026!!", "cishan888888",
        "1029384756", "basketball", "manchester", "test-12345-67", "__________",
    ],
)  # fmt: skip
def test_common_passwords_are_refused(password: str) -> None:
    with pytest.raises(Invalid) as refusal:
        passwords.check(password)
    assert refusal.value.reason is AccountsReason.PASSWORD_COMMON


def test_the_login_name_is_no_password() -> None:
    with pytest.raises(Invalid) as refusal:
        passwords.check("Zhang.Sanfeng", login_name="zhang.sanfeng")
    assert refusal.value.reason is AccountsReason.PASSWORD_COMMON


def test_a_hash_belongs_to_its_password_alone() -> None:
    kept = passwords.hash("a calm river in Ezhou")
    assert kept.startswith("$argon2id$v=19$m=19456,t=2,p=1$")
    assert passwords.verify(kept, "a calm river in Ezhou")
    assert not passwords.verify(kept, "a calm river in Ezhou ")
    assert not passwords.verify(kept, "")
    assert kept != passwords.hash("a calm river in Ezhou")
    assert not passwords.needs_rehash(kept)


def test_two_ways_of_writing_one_character_are_one() -> None:
    kept = passwords.hash("caf\u00e9 au bord du lac")
    assert passwords.verify(kept, "cafe\u0301 au bord du lac")


@pytest.mark.parametrize("kept", ["", "no hash", "$argon2id$v=19$m=1,t=1$broken"])
def test_what_is_no_hash_belongs_to_no_password(kept: str) -> None:
    assert not passwords.verify(kept, "")


def test_a_hash_of_another_cost_is_renewed() -> None:
    cheap = "$argon2id$v=19$m=8,t=1,p=1$c29tZXNhbHRzb21lc2FsdA$AAAAAAAAAAAAAAAAAAAAAA"
    assert passwords.needs_rehash(cheap)
    assert not passwords.needs_rehash(passwords.NOBODY)


def test_at_most_two_hashes_run_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    running, most, lock = 0, 0, threading.Lock()

    class Slow:
        def hash(self, password: bytes) -> str:
            nonlocal running, most
            with lock:
                running += 1
                most = max(most, running)
            time.sleep(0.02)
            with lock:
                running -= 1
            return password.decode()

    monkeypatch.setattr(passwords, "_hasher", Slow())
    threads = [threading.Thread(target=passwords.hash, args=("x",)) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == 2
