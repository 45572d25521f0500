"""Who may what: the role matrix cell by cell, and how far a role reaches."""

import pytest

from charity.actor import (
    NEEDS_SECOND_FACTOR,
    ROLE_PERMISSIONS,
    Actor,
    ActorKind,
    Grant,
    Permission,
    Role,
    Verdict,
    require,
)
from charity.errors import CommonReason, Denied, NotFound

#: The matrix once more, read from the handbook by hand: rows of permissions, columns of roles.
MATRIX = {
    Permission.ACCOUNTS_MANAGE: {Role.ADMINISTRATOR},
    Permission.ORGANISATION_EDIT: {Role.OWNER},
    Permission.ORGANISATION_VERIFY: {Role.VERIFIER},
    Permission.PROJECT_EDIT: {Role.OWNER, Role.EDITOR},
    Permission.PROJECT_REVIEW: {Role.REVIEWER},
    Permission.EXPENSE_SUBMIT: {Role.OWNER, Role.EDITOR},
    Permission.EXPENSE_APPROVE: {Role.APPROVER},
    Permission.EXPENSE_PAY: {Role.TREASURER},
    Permission.DELIVERY_REPORT: {Role.OWNER, Role.EDITOR},
    Permission.DELIVERY_ACCEPT: {Role.REVIEWER, Role.ACCEPTOR},
    Permission.BOOK_READ: {Role.APPROVER, Role.TREASURER, Role.AUDITOR},
    Permission.GIVING_MANAGE: {Role.OWNER, Role.EDITOR, Role.TREASURER},
    Permission.STATEMENT_IMPORT: {Role.TREASURER},
    Permission.CASH_COUNT: {Role.OWNER, Role.EDITOR, Role.APPROVER, Role.TREASURER},
    Permission.REFUND_REQUEST: {Role.TREASURER},
    Permission.REFUND_APPROVE: {Role.APPROVER},
    Permission.POOL_MANAGE: {Role.TREASURER},
    Permission.STANDING_RECORD: {Role.VERIFIER},
    Permission.REGISTRY_KEEP: {Role.VERIFIER},
    Permission.RELATED_RECORD: {Role.OWNER, Role.VERIFIER},
    Permission.CONFLICT_REVIEW: {Role.REVIEWER},
    Permission.BANK_FILE: {Role.TREASURER},
    Permission.PROGRAMME_MANAGE: {Role.TREASURER},
    Permission.DISCLOSURE_PUBLISH: {Role.OWNER, Role.EDITOR, Role.TREASURER},
    Permission.NOTICE_PUBLISH: {
        *(Role.OWNER, Role.EDITOR, Role.REVIEWER, Role.ACCEPTOR, Role.ORGANISER)
    },
    Permission.CLOSING_PREPARE: {Role.OWNER, Role.EDITOR, Role.TREASURER},
    Permission.CLOSING_AGREE: {Role.APPROVER},
    Permission.LISTING_MANAGE: {Role.OWNER, Role.EDITOR},
    Permission.NEED_DISPATCH: {Role.DISPATCHER},
    Permission.AUDIT_PLAN: {Role.REGULATOR},
    Permission.AUDIT_INSPECT: {Role.INSPECTOR},
    Permission.AUDIT_ANSWER: {Role.OWNER},
    Permission.VENTURE_MANAGE: {Role.ORGANISER},
    Permission.VENTURE_APPLY: {Role.OWNER, Role.EDITOR},
}


def holder(*grants: Grant) -> Actor:
    return Actor(ActorKind.USER, 1, 1, "某人", grants)


@pytest.mark.parametrize("permission", Permission)
@pytest.mark.parametrize("role", Role)
def test_every_cell_of_the_matrix(role: Role, permission: Permission) -> None:
    allowed = role in MATRIX[permission]
    assert (permission in ROLE_PERMISSIONS[role]) is allowed
    assert holder(Grant(role)).holds(permission) is allowed
    assert holder(Grant(role, organisation_id=7)).holds(permission, organisation_id=7) is allowed
    assert holder(Grant(role, region_code="4207")).holds(permission, region_code="4207") is allowed
    assert holder(Grant(role, organisation_id=7)).holds_anywhere(permission) is allowed


def test_a7_who_manages_accounts_moves_no_money_and_reads_no_book() -> None:
    """An administrator hands out roles, never their own; whatever moves money needs a code."""
    assert ROLE_PERMISSIONS[Role.ADMINISTRATOR] == {Permission.ACCOUNTS_MANAGE}
    for role in (Role.ADMINISTRATOR, Role.APPROVER, Role.TREASURER, Role.AUDITOR):
        assert ROLE_PERMISSIONS[role] & NEEDS_SECOND_FACTOR


def test_no_role_both_approves_and_pays_or_submits() -> None:
    money = {Permission.EXPENSE_SUBMIT, Permission.EXPENSE_APPROVE, Permission.EXPENSE_PAY}
    for permissions in ROLE_PERMISSIONS.values():
        assert len(permissions & money) <= 1
    assert not ROLE_PERMISSIONS[Role.ADMINISTRATOR] & money
    refunds = {Permission.REFUND_REQUEST, Permission.REFUND_APPROVE}
    assert all(len(permissions & refunds) <= 1 for permissions in ROLE_PERMISSIONS.values())


@pytest.mark.parametrize(
    ("grant", "organisation_id", "region_code", "reaches"),
    [
        (Grant(Role.REVIEWER), None, None, True),
        (Grant(Role.REVIEWER), 7, "420704", True),
        (Grant(Role.REVIEWER, organisation_id=7), 7, None, True),
        (Grant(Role.REVIEWER, organisation_id=7), 8, None, False),
        (Grant(Role.REVIEWER, organisation_id=7), None, None, False),
        (Grant(Role.REVIEWER, organisation_id=7), None, "420704", False),
        (Grant(Role.REVIEWER, region_code="4207"), None, "4207", True),
        (Grant(Role.REVIEWER, region_code="4207"), None, "420704001005", True),
        (Grant(Role.REVIEWER, region_code="4207"), None, "420803", False),
        (Grant(Role.REVIEWER, region_code="4207"), None, "42", False),
        (Grant(Role.REVIEWER, region_code="4207"), 7, None, False),
        (Grant(Role.REVIEWER, region_code="4207"), None, None, False),
    ],
)
def test_how_far_a_role_reaches(
    grant: Grant, organisation_id: int | None, region_code: str | None, *, reaches: bool
) -> None:
    held = holder(grant).holds(
        Permission.PROJECT_REVIEW, organisation_id=organisation_id, region_code=region_code
    )
    assert held is reaches


@pytest.mark.parametrize("permission", Permission)
def test_visitors_and_the_installation_hold_no_role(permission: Permission) -> None:
    for actor in (Actor.guest(), Actor.system("job")):
        assert not actor.holds(permission)
        assert not actor.holds_anywhere(permission)
    assert not Actor.guest().is_signed_in
    assert Actor.system("job").is_system


def test_somebody_belongs_to_the_organisations_of_any_role_but_of_whom_they_audit() -> None:
    grants = (Grant(Role.EDITOR, 7), Grant(Role.AUDITOR, 8), Grant(Role.REVIEWER, None, "42"))
    assert holder(*grants).organisation_ids == {7}


def test_a_verdict_becomes_the_right_error() -> None:
    require(Verdict.yes())
    with pytest.raises(Denied) as refused:
        require(Verdict.no(CommonReason.SAME_PERSON, who="张*"))
    assert refused.value.reason is CommonReason.SAME_PERSON
    assert refused.value.params == {"who": "张*"}
    with pytest.raises(NotFound) as hidden:
        require(Verdict.absent())
    assert hidden.value.reason is CommonReason.NOT_FOUND
    assert Verdict.yes()
    assert not Verdict.no()
