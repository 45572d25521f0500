"""Letters of competitions: to judges who are asked or were given sheets, to winners.

Written where somebody's login name is an e-mail address; everybody else sees it on the desk.
"""

from __future__ import annotations

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity import letters
from charity.accounts.models import Membership, User
from charity.actor import ROLE_PERMISSIONS, Actor, Permission
from charity.errors import CommonReason, Denied
from charity.rows import present
from projects.ventures.models import (
    Assignment,
    AssignmentState,
    Award,
    Competition,
    Judge,
    JudgeState,
)

_APPLICANTS = [role for role, held in ROLE_PERMISSIONS.items() if Permission.VENTURE_APPLY in held]


def write_to_judge(session: Session, actor: Actor, *, judge_id: int, occasion: str) -> int:
    """Owe an invited judge a letter; answers how many. Raises `Denied` but for the installation."""
    _require_system(actor)
    judge = present(session.get(Judge, judge_id))
    if judge.state is not JudgeState.INVITED:
        return 0
    return _owe(session, "judge.invited", occasion, [judge.user_id], title=judge.competition.title)


def write_to_panel(session: Session, actor: Actor, *, competition_id: int, occasion: str) -> int:
    """Owe each judge with open sheets a letter; answers how many. Raises `Denied`."""
    _require_system(actor)
    competition = present(session.get(Competition, competition_id))
    query = (
        select(Judge.user_id, func.count())
        .join(Assignment, Assignment.judge_id == Judge.id)
        .where(
            Judge.competition_id == competition_id,
            Judge.state == JudgeState.ACCEPTED,
            Assignment.state == AssignmentState.OPEN,
        )
        .group_by(Judge.user_id)
        .order_by(Judge.user_id)
    )
    until = competition.review_until.isoformat() if competition.review_until else ""
    return sum(
        _owe(session, "judge.sheets", occasion, [user_id], title=competition.title,
             sheets=count, until=until)
        for user_id, count in session.execute(query)
    )  # fmt: skip


def write_to_winner(session: Session, actor: Actor, *, award_id: int, occasion: str) -> int:
    """Owe a winner's people a letter that the award is announced. Raises `Denied`."""
    _require_system(actor)
    award = present(session.get(Award, award_id))
    users = session.scalars(
        select(Membership.user_id)
        .where(
            Membership.organisation_id == award.application.organisation_id,
            Membership.role.in_(_APPLICANTS),
            Membership.revoked_at.is_(None),
        )
        .order_by(Membership.user_id)
    ).all()
    until = award.notice.ends_on.isoformat() if award.notice else ""
    return _owe(
        session, "award.announced", occasion, list(users), title=award.application.title,
        award_id=award.id, until=until,
    )  # fmt: skip


def _require_system(actor: Actor) -> None:
    if not actor.is_system:
        raise Denied(CommonReason.NOT_PERMITTED)


def _owe(session: Session, kind: str, occasion: str, user_ids: list[int], **data: object) -> int:
    logins = select(User.login_name).where(User.id.in_(user_ids), User.closed_at.is_(None))
    return sum(
        letters.write(
            session, source=f"{kind}:{occasion}:{address}"[:120], kind=kind, address=address, **data
        )
        for address in sorted(set(session.scalars(logins)))
    )
