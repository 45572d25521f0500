"""Who asks, and what their roles let them do.

An `Actor` is built once per request, token, job or command and handed down explicitly. The role
matrix is one screen; rules about a particular thing stand in each context's `policy.py` and answer
with a `Verdict`, which carries its reason.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass, field

from charity.errors import CommonReason, Denied, NotFound, ReasonCode


class Permission(enum.StrEnum):
    """Named `context.thing.verb`."""

    ACCOUNTS_MANAGE = "accounts.user.manage"
    ORGANISATION_EDIT = "registry.organisation.edit"
    ORGANISATION_VERIFY = "registry.organisation.verify"
    PROJECT_EDIT = "listings.project.edit"
    PROJECT_REVIEW = "listings.project.review"
    EXPENSE_SUBMIT = "spending.expense.submit"
    EXPENSE_APPROVE = "spending.expense.approve"
    EXPENSE_PAY = "spending.expense.pay"
    DELIVERY_REPORT = "spending.delivery.report"
    DELIVERY_ACCEPT = "spending.delivery.accept"
    BOOK_READ = "ledger.book.read"
    #: Pledges, goods, receipts, teams and seasons of the campaigns of one's organisation.
    GIVING_MANAGE = "donations.giving.manage"
    STATEMENT_IMPORT = "donations.statement.import"
    CASH_COUNT = "donations.cash.count"
    REFUND_REQUEST = "donations.refund.request"
    REFUND_APPROVE = "donations.refund.approve"
    POOL_MANAGE = "donations.pool.manage"
    #: Inspections, ratings, lists, certificates and restrictions of organisations.
    STANDING_RECORD = "registry.standing.record"
    #: Stations, teams, federations, incubation, trusts, and lists of organisations from a file.
    REGISTRY_KEEP = "registry.register.keep"
    RELATED_RECORD = "registry.related.record"
    CONFLICT_REVIEW = "approvals.conflict.review"
    BANK_FILE = "spending.bank_file.write"
    PROGRAMME_MANAGE = "spending.programme.manage"
    DISCLOSURE_PUBLISH = "disclosure.entry.publish"
    NOTICE_PUBLISH = "disclosure.notice.publish"
    CLOSING_PREPARE = "disclosure.closing.prepare"
    CLOSING_AGREE = "disclosure.closing.agree"
    #: Needs, resources, claims, deliveries, pairings and reports of one's organisation.
    LISTING_MANAGE = "listings.listing.manage"
    #: Confirm orders of a place, dispatch them, and answer for the side of the need.
    NEED_DISPATCH = "listings.need.dispatch"
    #: Competitions of one's organisation, from the call to the settlement.
    VENTURE_MANAGE = "ventures.competition.manage"
    #: Applications, agreements and reports of one's organisation.
    VENTURE_APPLY = "ventures.application.edit"
    #: Plans of spot checks: frame, draw, orders, results, extensions.
    AUDIT_PLAN = "audits.plan.manage"
    #: Inspect, as a member of a team that was drawn.
    AUDIT_INSPECT = "audits.inspection.do"
    #: Answer for the organisation that is inspected.
    AUDIT_ANSWER = "audits.inspection.answer"


class Role(enum.StrEnum):
    """A role is held in an organisation, in a region (and below it), or on the whole platform."""

    ADMINISTRATOR = "administrator"
    OWNER = "owner"
    EDITOR = "editor"
    VERIFIER = "verifier"
    REVIEWER = "reviewer"
    APPROVER = "approver"
    TREASURER = "treasurer"
    ACCEPTOR = "acceptor"
    AUDITOR = "auditor"
    #: 社区工作者: takes the orders of a place and dispatches them.
    DISPATCHER = "dispatcher"
    #: 承办方 of competitions: runs them, neither applies nor judges.
    ORGANISER = "organiser"
    #: 登记管理机关: the civil-affairs office of a place, which plans spot checks and orders 整改.
    REGULATOR = "regulator"
    #: 检查员: may be drawn to inspect; reads only whom they inspect, as its auditor for that time.
    INSPECTOR = "inspector"


ROLE_PERMISSIONS: dict[Role, frozenset[Permission]] = {
    Role.ADMINISTRATOR: frozenset({Permission.ACCOUNTS_MANAGE}),
    Role.OWNER: frozenset(
        {
            Permission.ORGANISATION_EDIT,
            Permission.PROJECT_EDIT,
            Permission.EXPENSE_SUBMIT,
            Permission.DELIVERY_REPORT,
            Permission.GIVING_MANAGE,
            Permission.CASH_COUNT,
            Permission.RELATED_RECORD,
            Permission.DISCLOSURE_PUBLISH,
            Permission.NOTICE_PUBLISH,
            Permission.CLOSING_PREPARE,
            Permission.LISTING_MANAGE,
            Permission.VENTURE_APPLY,
            Permission.AUDIT_ANSWER,
        }
    ),
    Role.EDITOR: frozenset(
        {
            Permission.PROJECT_EDIT,
            Permission.EXPENSE_SUBMIT,
            Permission.DELIVERY_REPORT,
            Permission.GIVING_MANAGE,
            Permission.CASH_COUNT,
            Permission.DISCLOSURE_PUBLISH,
            Permission.NOTICE_PUBLISH,
            Permission.CLOSING_PREPARE,
            Permission.LISTING_MANAGE,
            Permission.VENTURE_APPLY,
        }
    ),
    Role.VERIFIER: frozenset(
        {
            Permission.ORGANISATION_VERIFY,
            Permission.STANDING_RECORD,
            Permission.REGISTRY_KEEP,
            Permission.RELATED_RECORD,
        }
    ),
    Role.REVIEWER: frozenset(
        {
            Permission.PROJECT_REVIEW,
            Permission.DELIVERY_ACCEPT,
            Permission.CONFLICT_REVIEW,
            Permission.NOTICE_PUBLISH,
        }
    ),
    Role.APPROVER: frozenset(
        {
            Permission.EXPENSE_APPROVE,
            Permission.BOOK_READ,
            Permission.CASH_COUNT,
            Permission.REFUND_APPROVE,
            Permission.CLOSING_AGREE,
        }
    ),
    Role.TREASURER: frozenset(
        {
            Permission.EXPENSE_PAY,
            Permission.BOOK_READ,
            Permission.GIVING_MANAGE,
            Permission.STATEMENT_IMPORT,
            Permission.CASH_COUNT,
            Permission.REFUND_REQUEST,
            Permission.POOL_MANAGE,
            Permission.BANK_FILE,
            Permission.PROGRAMME_MANAGE,
            Permission.DISCLOSURE_PUBLISH,
            Permission.CLOSING_PREPARE,
        }
    ),
    Role.ACCEPTOR: frozenset({Permission.DELIVERY_ACCEPT, Permission.NOTICE_PUBLISH}),
    Role.AUDITOR: frozenset({Permission.BOOK_READ}),
    Role.DISPATCHER: frozenset({Permission.NEED_DISPATCH}),
    Role.ORGANISER: frozenset({Permission.VENTURE_MANAGE, Permission.NOTICE_PUBLISH}),
    Role.REGULATOR: frozenset({Permission.AUDIT_PLAN}),
    Role.INSPECTOR: frozenset({Permission.AUDIT_INSPECT}),
}


#: Who holds a role with one of these gives a code of a second factor at sign-in (A7); until there
#: is one, the role does not count.
NEEDS_SECOND_FACTOR: frozenset[Permission] = frozenset(
    {
        Permission.EXPENSE_PAY,
        Permission.EXPENSE_APPROVE,
        Permission.REFUND_APPROVE,
        Permission.CLOSING_AGREE,
        Permission.BANK_FILE,
        Permission.ACCOUNTS_MANAGE,
        Permission.BOOK_READ,
        Permission.AUDIT_PLAN,
        Permission.AUDIT_INSPECT,
    }
)


@dataclass(frozen=True, slots=True)
class Grant:
    """One role held now, in an organisation, in a region, or (both None) on the platform."""

    role: Role
    organisation_id: int | None = None
    region_code: str | None = None

    @property
    def is_platform(self) -> bool:
        """Whether the role reaches everywhere."""
        return self.organisation_id is None and self.region_code is None


class ActorKind(enum.StrEnum):
    """A visitor, a signed-in person, or the installation itself (jobs, commands)."""

    GUEST = "guest"
    USER = "user"
    SYSTEM = "system"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a user and the person behind the account, with the roles held at this moment."""

    kind: ActorKind
    user_id: int | None = None
    person_id: int | None = None
    name: str = ""
    grants: tuple[Grant, ...] = ()
    #: Roles granted that wait for a second factor: they let nobody do anything.
    unproven: tuple[Grant, ...] = ()

    @classmethod
    def guest(cls) -> Actor:
        """A visitor without an account."""
        return cls(ActorKind.GUEST)

    @classmethod
    def system(cls, name: str) -> Actor:
        """The installation itself: a job, a webhook, a command (`name` says which)."""
        return cls(ActorKind.SYSTEM, name=name)

    @property
    def is_signed_in(self) -> bool:
        """Whether a person stands behind this actor."""
        return self.kind is ActorKind.USER

    @property
    def is_system(self) -> bool:
        """Whether this is the installation itself."""
        return self.kind is ActorKind.SYSTEM

    @property
    def organisation_ids(self) -> frozenset[int]:
        """The organisations this person belongs to in any role; who audits one does not."""
        return frozenset(
            grant.organisation_id
            for grant in self.grants
            if grant.organisation_id is not None and grant.role is not Role.AUDITOR
        )

    def holds(
        self,
        permission: Permission,
        *,
        organisation_id: int | None = None,
        region_code: str | None = None,
    ) -> bool:
        """Whether a role held there (or on the platform) gives the permission.

        A region's role reaches every place below it: codes are prefixes of those they contain.
        """
        for grant in self.grants:
            if permission not in ROLE_PERMISSIONS[grant.role]:
                continue
            if grant.is_platform:
                return True
            if organisation_id is not None and grant.organisation_id == organisation_id:
                return True
            if (
                region_code is not None
                and grant.region_code is not None
                and region_code.startswith(grant.region_code)
            ):
                return True
        return False

    def holds_anywhere(self, permission: Permission) -> bool:
        """Whether any role gives the permission, wherever it is held."""
        return any(permission in ROLE_PERMISSIONS[grant.role] for grant in self.grants)


@dataclass(frozen=True, slots=True)
class Verdict:
    """May or may not, and why not. `hidden` means the actor may not even know the thing exists."""

    allowed: bool
    reason: ReasonCode | None = None
    params: dict[str, object] = field(default_factory=dict)
    hidden: bool = False

    def __bool__(self) -> bool:
        return self.allowed

    @classmethod
    def yes(cls) -> Verdict:
        """Allowed."""
        return cls(allowed=True)

    @classmethod
    def no(cls, reason: ReasonCode = CommonReason.NOT_PERMITTED, **params: object) -> Verdict:
        """Refused, with the reason a person is told."""
        return cls(allowed=False, reason=reason, params=params)

    @classmethod
    def absent(cls) -> Verdict:
        """Refused as if it did not exist."""
        return cls(allowed=False, reason=CommonReason.NOT_FOUND, hidden=True)


def require(verdict: Verdict) -> None:
    """Raise `Denied`, or `NotFound` where the thing is hidden, unless the verdict allows."""
    if verdict.allowed:
        return
    reason = verdict.reason or CommonReason.NOT_PERMITTED
    error = (NotFound if verdict.hidden else Denied)(reason)
    error.params = dict(verdict.params)
    raise error
