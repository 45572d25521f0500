"""What the pages of awards show, and which forms stand on them for whom."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.approvals.models import ApprovalRequest
from charity.disclosure.models import NoticeState
from charity.ledger.positions import fund_position
from projects.ventures import policy, queries
from projects.ventures.models import (
    Award,
    AwardState,
    AwardTranche,
    TrancheState,
)
from projects.ventures.queries.showing import objections_of_many
from web.awards import forms
from web.awards.agreement import agreement_text
from web.awards.offers import Part, decider_forms, is_due, part_of, why_not, winner_forms
from web.filters import day, moment
from web.labels import label
from web.ventures import words
from web.ventures.shapes import application_url, award_row, notice_line, title_of

_WORKING = (AwardState.SIGNED, AwardState.RUNNING)


def visible(session: Session, actor: Actor, award_id: int) -> Award:
    """The award, where this reader may see it; else it is absent."""
    found = queries.award(session, award_id)
    charity_id = queries.charity_of(session, found.competition)
    seen = policy.may_see_award(actor, found, charity_id)
    if not seen and policy.may_sign(actor, found):
        return found
    require(seen)
    return found


def award_url(award_id: int) -> str:
    """The page of an award."""
    return url_for("awards.detail", award_id=award_id)


def next_said(found: Award) -> str:
    """What an award waits for, in one short line."""
    if found.state is AwardState.PROPOSED:
        return str(_("等公示"))
    if found.state is AwardState.NOTICE:
        notice = found.notice
        if notice is not None and notice.state is NoticeState.STANDING:
            return str(_("公示到 %(day)s", day=day(notice.ends_on)))
        return str(_("等签协议"))
    if found.state in _WORKING:
        for each in found.tranches:
            if each.state is TrancheState.RELEASABLE:
                return str(_("第 %(n)s 笔等审批付款", n=each.number))
            if each.state is TrancheState.WITHHELD:
                return str(_("第 %(n)s 笔等%(need)s", n=each.number, need=label(each.needs)))
        return str(_("等结项"))
    return found.closed_because[:40]


# ── one award ────────────────────────────────────────────────────────────────────────────────────


def detail_context(
    session: Session, actor: Actor, found: Award, wrong: Mapping[str, Any]
) -> dict[str, Any]:
    """One award for this reader; `wrong` holds forms that must be mended."""
    part = part_of(session, actor, found)
    application, competition, notice = found.application, found.competition, found.notice
    objections = objections_of_many(session, [notice.id] if notice else [])
    in_hand = fund_position(session, found.fund_id).in_hand if found.fund_id else None
    shown = award_row(found)
    return {
        "award": found,
        "title": title_of(application),
        "competition": competition,
        "part": part,
        "row": shown,
        "total": found.amount,
        "segments": [("spent", found.paid.fen), ("held", found.withheld.fen)],
        "legend": [
            ("spent", str(_("已经给")), found.paid),
            ("held", str(_("还留着")), found.withheld),
        ],
        "facts": [
            (str(_("单位")), application.organisation.name),
            (str(_("创投")), competition.title),
            (str(_("名次")), str(_("第 %(n)s 名", n=found.place))),
            (str(_("称号")), found.honour or None),
            (str(_("做到哪天")), day(found.work_until) if found.work_until else None),
            (str(_("已经追回")), found.recovered if found.recoveries else None),
            (str(_("专项里还有")), in_hand if part.is_inside else None),
        ],
        "entry_url": application_url(application),
        "desk_url": url_for("awards.desk", competition_id=competition.id)
        if policy.manages(actor, competition)
        else None,
        "notice": notice_line(notice, objections.get(notice.id, (0, 0))) if notice else None,
        "stages": [_stage(session, actor, part, found, each, wrong) for each in found.tranches],
        "spend_url": url_for("awards.spend", award_id=found.id)
        if part.signs and found.state is AwardState.RUNNING
        else None,
        "agreement": (found.agreement or {}).get("words", "").splitlines(),
        "signed": moment(found.signed_at) if found.signed_at else "",
        "evaluations": [_evaluation(each, part) for each in found.evaluations],
        "changes": [_change(each, part) for each in found.changes],
        "recoveries": [_recovery(each, part, wrong) for each in found.recoveries],
        "text": agreement_text(found).splitlines(),
        "why_not": why_not(found) if part.signs else "",
        "forms": {**decider_forms(session, found, part), **winner_forms(session, found, part),
                  **wrong},
        "decide": lambda verb: url_for("awards.decide", award_id=found.id, verb=verb),
        "answer": lambda verb: url_for("awards.answer", award_id=found.id, verb=verb),
    }  # fmt: skip


def _decided(said: bool | None, *, yes: str, no: str) -> str:
    if said is None:
        return str(_("等答复"))
    return yes if said else no


def _change(found: Any, part: Part) -> dict[str, str]:
    return {
        "kind": label(found.kind),
        "words": found.words if part.is_inside else "",
        "until": day(found.until) if found.until else "",
        "said": _decided(found.agreed, yes=_("同意了"), no=_("没有同意")),
        "note": found.note,
    }


def _recovery(found: Any, part: Part, wrong: Mapping[str, Any]) -> dict[str, Any]:
    """A sum that is asked back, with the treasurer's form while something is missing."""
    name, form = f"recover{found.id}", None
    if part.keeps and found.missing:
        usual = {"amount": found.missing, "occurred_on": clock.today()}
        form = forms.RecoverForm(prefix=f"{name}-", formdata=None, data=usual)
    return {
        "id": found.id,
        "amount": found.amount,
        "recovered": found.recovered,
        "reason": found.reason,
        "form": wrong.get(name) or form,
    }


def _evaluation(found: Any, part: Part) -> dict[str, Any]:
    return {
        "kind": label(found.kind),
        "reported": day(found.reported_at),
        "report": found.report if part.is_inside else "",
        "said": _decided(found.accepted, yes=_("通过"), no=_("没有通过")),
        "manner": "wait" if found.accepted is None else "good" if found.accepted else "bad",
        "note": found.note,
    }


def _stage(
    session: Session,
    actor: Actor,
    part: Part,
    award: Award,
    found: AwardTranche,
    wrong: Mapping[str, Any],
) -> dict[str, Any]:
    """One stage with what this reader may do about it."""
    asked = found.state is TrancheState.RELEASABLE
    request: ApprovalRequest | None = queries.request_of(session, found) if asked else None
    agreed = queries.is_agreed(request)
    said: dict[str, Any] = {"charity_id": part.charity_id, "member_of": part.belongs}
    may_agree = asked and bool(policy.may_agree_tranche(actor, found, request, **said))
    may_pay = agreed and bool(policy.may_pay_tranche(actor, found, request, **said))
    return {
        "id": found.id,
        "number": found.number,
        "name": str(_("第 %(n)s 笔", n=found.number)),
        "percent": f"{found.percent}%",
        "amount": found.amount,
        "needs": label(found.needs),
        "state": str(_("同意了，等付款")) if agreed else label(found.state),
        "manner": words.TRANCHE_MANNERS[found.state],
        "paid_on": day(found.paid_on) if found.paid_on else "",
        "agreed": sum(each.agreed for each in request.decisions) if request else 0,
        "releases": part.decides and is_due(award, found),
        "agree": (wrong.get(f"agree{found.id}") or forms.AgreeForm(
            prefix=f"agree{found.id}-", formdata=None)) if may_agree else None,
        "pay": (wrong.get(f"pay{found.id}") or forms.PayForm(
            prefix=f"pay{found.id}-", formdata=None, data={"paid_on": clock.today()}))
        if may_pay else None,
    }  # fmt: skip
