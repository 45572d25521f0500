"""Who may touch the book: every rule against every role, held at home and elsewhere."""

import pytest

from charity.actor import Actor, ActorKind, Grant, Role
from charity.ledger import policy
from charity.ledger.models import Book

HOME, ELSEWHERE = 1, 2
BOOK = Book(id=7, organisation_id=HOME, name="总账")


def user(role: Role, *, organisation_id: int | None = None) -> Actor:
    return Actor(ActorKind.USER, 5, 6, "", (Grant(role, organisation_id),))


SYSTEM, GUEST = Actor.system("test"), Actor.guest()

#: Rule by rule: the roles that may when held in the book's organisation, and whether the
#: installation itself may. A role held elsewhere never may, but for a reviewer who opens a fund.
RULES = {
    "hold": (lambda actor: policy.may_hold(actor, BOOK), {Role.APPROVER}, True),
    "pay": (lambda actor: policy.may_pay(actor, BOOK), {Role.TREASURER}, True),
    "post a gift": (policy.may_post_gift, set(), True),
    "seal": (policy.may_seal, set(), True),
    "read": (
        lambda actor: policy.may_read_book(actor, BOOK),
        {Role.APPROVER, Role.TREASURER, Role.AUDITOR},
        False,
    ),
    "keep": (lambda actor: policy.may_keep(actor, BOOK), {Role.TREASURER}, True),
    "open a fund": (
        lambda actor: policy.may_open_fund(actor, BOOK),
        {Role.REVIEWER, Role.TREASURER},
        True,
    ),
}


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("rule", RULES)
def test_at_home(rule: str, role: Role) -> None:
    may, allowed, _ = RULES[rule]
    assert bool(may(user(role, organisation_id=HOME))) is (role in allowed)


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("rule", RULES)
def test_elsewhere(rule: str, role: Role) -> None:
    may, _, _ = RULES[rule]
    allowed = rule == "open a fund" and role is Role.REVIEWER
    assert bool(may(user(role, organisation_id=ELSEWHERE))) is allowed


@pytest.mark.parametrize("rule", RULES)
def test_visitors_and_the_installation(rule: str) -> None:
    may, _, system = RULES[rule]
    assert not may(GUEST)
    assert bool(may(SYSTEM)) is system


def test_an_auditor_of_the_platform_reads_every_book() -> None:
    assert policy.may_read_book(user(Role.AUDITOR), BOOK)
    assert not policy.may_pay(user(Role.AUDITOR), BOOK)


@pytest.mark.parametrize("role", Role)
def test_a_book_is_opened_by_the_installation_or_its_administrator(role: Role) -> None:
    assert bool(policy.may_open_book(user(role))) is (role is Role.ADMINISTRATOR)
    assert policy.may_open_book(SYSTEM)
    assert not policy.may_open_book(GUEST)
