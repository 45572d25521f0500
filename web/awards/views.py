"""Pages of awards: the organiser's list, one award with every act about it, a funder's trail."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from flask import abort, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.rows import present
from projects.ventures import policy, queries, services
from projects.ventures.models import AwardChangeKind, AwardState, Competition, EvaluationKind
from web.awards import forms, lists, offers, pages, views_spending
from web.awards.agreement import agreement_text, notice_words
from web.awards.blueprint import bp
from web.awards.trails import trail_context
from web.db import get_session
from web.needs.blueprint import perform
from web.security.sessions import current_actor
from web.ventures import running
from web.ventures.pages import visible as visible_competition
from web.ventures.views_desk import done

__all__ = ["bp", "views_spending"]


@bp.get("/competitions/<int:competition_id>/funders/<int:funder_id>")
def trail(competition_id: int, funder_id: int) -> ResponseReturnValue:
    """Where a funder's money went."""
    session = get_session()
    found = visible_competition(session, current_actor(), competition_id)
    funder = present(next((each for each in found.funders if each.id == funder_id), None))
    return render_template("awards/trail.html", **trail_context(session, found, funder))


# ── all of a competition ─────────────────────────────────────────────────────────────────────────


@bp.route("/desk/competitions/<int:competition_id>/awards", methods=["GET", "POST"])
def desk(competition_id: int) -> ResponseReturnValue:
    """The pool, the awards, and who might be given one; sent, they are proposed."""
    session, actor = get_session(), current_actor()
    found = running.managed(session, actor, competition_id)
    form = None
    if lists.proposing(found):
        form = forms.propose_form(lists.usual(session, found))

        def propose(work: Session) -> object:
            return services.propose_awards(
                work, actor, competition_id=competition_id, drafts=form.drafts()
            )

        if done(form, propose, _("已提出，钱在奖金池里留好了。下一步公示。")):
            return redirect(url_for("awards.desk", competition_id=competition_id), 303)
        found = running.managed(get_session(), actor, competition_id)
    context = lists.desk_context(get_session(), found, form)
    html = render_template("awards/desk.html", **context)
    return html, 422 if form is not None and form.errors else 200


@bp.post("/desk/competitions/<int:competition_id>/awards/announce")
def announce_all(competition_id: int) -> ResponseReturnValue:
    """Put up a notice for every award that is proposed."""
    actor = current_actor()
    running.managed(get_session(), actor, competition_id)

    def announce(work: Session) -> object:
        for each in queries.awards_of_competition(work, competition_id):
            if each.state is AwardState.PROPOSED:
                title, body = notice_words(each)
                services.announce(work, actor, award_id=each.id, title=title, body=body)
        return None

    return perform(
        announce,
        _("公示了。公示期里谁都可以提异议，有异议先答复，才能签协议。"),
        url_for("awards.desk", competition_id=competition_id),
    )


# ── one award ────────────────────────────────────────────────────────────────────────────────────


@bp.get("/awards/<int:award_id>")
def detail(award_id: int) -> ResponseReturnValue:
    """One award, for everybody once it is announced."""
    return _detail(award_id, {})


def _detail(award_id: int, wrong: Mapping[str, Any]) -> ResponseReturnValue:
    session, actor = get_session(), current_actor()
    found = pages.visible(session, actor, award_id)
    context = pages.detail_context(session, actor, found, wrong)
    return render_template("awards/detail.html", **context), 422 if wrong else 200


#: What an act is given: the session, who acts, the award's number and the form.
Deed = Callable[[Session, Actor, int, Any], object]


def _announce(work: Session, actor: Actor, award_id: int, form: forms.AnnounceForm) -> object:
    return services.announce(
        work, actor, award_id=award_id, title=form.title.data or "", body=form.body.data or ""
    )


def _drop(work: Session, actor: Actor, award_id: int, form: forms.ReasonForm) -> object:
    return services.drop_award(work, actor, award_id=award_id, reason=form.reason.data or "")


def _evaluate(work: Session, actor: Actor, award_id: int, form: forms.EvaluateForm) -> object:
    kinds = {each.value: each for each in EvaluationKind}
    return services.accept_evaluation(
        work, actor, award_id=award_id, kind=present(kinds.get(form.kind.data or "")),
        accepted=form.passes.data == "yes", note=form.note.data or "",
    )  # fmt: skip


def _decide_change(work: Session, actor: Actor, award_id: int, form: forms.DecideForm) -> object:
    found = queries.award(work, award_id)
    ids = {str(each.id): each.id for each in found.changes}
    return services.decide_change(
        work, actor, change_id=present(ids.get(form.change_id.data or "")),
        agreed=form.agrees.data == "yes", note=form.note.data or "",
    )  # fmt: skip


def _settle(work: Session, actor: Actor, award_id: int, form: forms.NoteForm) -> object:
    return services.settle(work, actor, award_id=award_id, note=form.note.data or "")


def _ask_back(work: Session, actor: Actor, award_id: int, form: forms.AskBackForm) -> object:
    return services.ask_back(
        work, actor, award_id=award_id, amount=present(form.amount.data),
        reason=form.reason.data or "",
    )  # fmt: skip


def _honour(work: Session, actor: Actor, award_id: int, form: forms.HonourForm) -> object:
    return services.give_honour(
        work, actor, award_id=award_id, title=form.title.data or "",
        source_url=form.source_url.data or "",
    )  # fmt: skip


def _terminate(work: Session, actor: Actor, award_id: int, form: forms.ReasonForm) -> object:
    return services.terminate(work, actor, award_id=award_id, reason=form.reason.data or "")


def _reallocate(work: Session, actor: Actor, award_id: int, form: forms.ReallocateForm) -> object:
    draft = services.AwardDraft(form.application_id.data, present(form.amount.data))
    return services.reallocate(work, actor, from_award_id=award_id, draft=draft)


def _release(work: Session, actor: Actor, award_id: int, form: forms.StageForm) -> object:
    found = queries.award(work, award_id)
    ids = {str(each.id): each.id for each in found.tranches}
    tranche_id = present(ids.get(form.tranche_id.data or ""))
    return services.release_tranche(work, actor, tranche_id=tranche_id)


_DECIDING: Mapping[str, tuple[Deed, Any]] = {
    "announce": (_announce, _l("公示了。公示期里谁都可以提异议，有异议先答复，才能签协议。")),
    "drop": (_drop, _l("已取消，留着的钱放回奖金池。")),
    "evaluate": (_evaluate, _l("已写下评估意见。")),
    "change": (_decide_change, _l("已答复。")),
    "settle": (_settle, _l("已结项。")),
    "askback": (_ask_back, _l("已要求退回，出纳会看到。")),
    "honour": (_honour, _l("荣誉已登记在单位的页上。")),
    "terminate": (_terminate, _l("已终止，没有给的不再给，没有花的要退回。")),
    "reallocate": (_reallocate, _l("已提出，下一步公示。")),
    "release": (_release, _l("已提请付款，等慈善组织审批。")),
}


@bp.post("/awards/<int:award_id>/decide/<verb>")
def decide(award_id: int, verb: str) -> ResponseReturnValue:
    """An act of the organiser."""
    session, actor = get_session(), current_actor()
    found = pages.visible(session, actor, award_id)
    if not offers.knows(verb, winner=False):
        abort(404)
    part = offers.part_of(session, actor, found)
    require(policy.may_decide(actor, found.application, member_of=part.belongs))
    act, said = _DECIDING[verb]
    form = offers.decider_form(session, found, verb)
    if done(form, lambda work: act(work, actor, award_id, form), str(said)):
        return redirect(pages.award_url(award_id), 303)
    return _refused(award_id, form, verb)


def _refused(award_id: int, form: Any, name: str) -> ResponseReturnValue:
    """The page with the form as it was sent; a button without a form says it on top."""
    if isinstance(form, forms.StageForm):
        for error in form.form_errors or [_("请再试一次。")]:
            flash(str(error), "error")
        return redirect(pages.award_url(award_id), 303)
    return _detail(award_id, {name: form})


def _sign(work: Session, actor: Actor, award_id: int, form: forms.SignForm) -> object:
    text = agreement_text(queries.award(work, award_id))
    return services.sign_agreement(work, actor, award_id=award_id, words=text)


def _report(work: Session, actor: Actor, award_id: int, form: forms.ReportForm) -> object:
    return services.report_milestone(
        work, actor, award_id=award_id, kind=EvaluationKind(form.kind.data),
        report=form.report.data or "",
    )  # fmt: skip


def _ask_change(work: Session, actor: Actor, award_id: int, form: forms.ChangeForm) -> object:
    return services.ask_change(
        work, actor, award_id=award_id, kind=AwardChangeKind(form.kind.data),
        words=form.words.data or "", until=form.until.data,
    )  # fmt: skip


def _enter(work: Session, actor: Actor, award_id: int, form: forms.EnterForm) -> object:
    return services.enter_next_level(
        work, actor, award_id=award_id, competition_id=form.competition_id.data,
        client_id=form.client_id.data or "",
    )  # fmt: skip


_ANSWERING: Mapping[str, tuple[Deed, Any]] = {
    "sign": (_sign, _l("协议签好了。下一步，承办单位提请付第一笔。")),
    "report": (_report, _l("报告送出了，等评估。")),
    "change": (_ask_change, _l("申请送出了，同意以前照原来的做。")),
    "enter": (_enter, _l("在上一级开好了一份草稿，带着这次的记录，去看一遍再签名送出。")),
}


@bp.post("/awards/<int:award_id>/answer/<verb>")
def answer(award_id: int, verb: str) -> ResponseReturnValue:
    """An act of the winner."""
    session, actor = get_session(), current_actor()
    found = pages.visible(session, actor, award_id)
    if not offers.knows(verb, winner=True):
        abort(404)
    require(policy.may_sign(actor, found))
    act, said = _ANSWERING[verb]
    form = offers.winner_form(session, found, verb)
    if done(form, lambda work: act(work, actor, award_id, form), str(said)):
        return redirect(pages.award_url(award_id), 303)
    return _detail(award_id, {f"own_{verb}": form})


# ── money ────────────────────────────────────────────────────────────────────────────────────────


def _award_of(tranche_id: int) -> int:
    session, actor = get_session(), current_actor()
    found = queries.tranche(session, tranche_id)
    return pages.visible(session, actor, found.award_id).id


def _competition_of(award_id: int) -> Competition:
    return queries.award(get_session(), award_id).competition


@bp.post("/awards/stages/<int:tranche_id>/agree")
def agree(tranche_id: int) -> ResponseReturnValue:
    """An approver of the charity agrees to a stage, or does not."""
    actor, award_id = current_actor(), _award_of(tranche_id)
    session = get_session()
    found = queries.tranche(session, tranche_id)
    part = offers.part_of(session, actor, found.award)
    require(
        policy.may_agree_tranche(
            actor, found, queries.request_of(session, found),
            charity_id=part.charity_id, member_of=part.belongs,
        )
    )  # fmt: skip
    form = forms.AgreeForm(prefix=f"agree{tranche_id}-")

    def write(work: Session) -> object:
        return services.agree_tranche(
            work, actor, tranche_id=tranche_id, agreed=form.agrees.data == "yes",
            reason=form.reason.data or "",
        )  # fmt: skip

    if done(form, write, _("记下了你的意见。")):
        return redirect(pages.award_url(award_id), 303)
    return _detail(award_id, {f"agree{tranche_id}": form})


@bp.post("/awards/stages/<int:tranche_id>/pay")
def pay(tranche_id: int) -> ResponseReturnValue:
    """The treasurer says that a stage was paid."""
    actor, award_id = current_actor(), _award_of(tranche_id)
    session = get_session()
    found = queries.tranche(session, tranche_id)
    part = offers.part_of(session, actor, found.award)
    require(
        policy.may_pay_tranche(
            actor, found, queries.request_of(session, found),
            charity_id=part.charity_id, member_of=part.belongs,
        )
    )  # fmt: skip
    form = forms.PayForm(prefix=f"pay{tranche_id}-")

    def write(work: Session) -> object:
        return services.pay_tranche(
            work, actor, tranche_id=tranche_id, paid_on=present(form.paid_on.data)
        )

    if done(form, write, _("已拨付，账簿里有了这一笔，出钱的单位查得到。")):
        return redirect(pages.award_url(award_id), 303)
    return _detail(award_id, {f"pay{tranche_id}": form})


@bp.post("/awards/recoveries/<int:recovery_id>")
def recover(recovery_id: int) -> ResponseReturnValue:
    """The treasurer says what came back."""
    session, actor = get_session(), current_actor()
    row = queries.recovery(session, recovery_id)
    award_id = pages.visible(session, actor, row.award_id).id
    charity_id = queries.charity_of(session, _competition_of(award_id))
    require(policy.may_fund(actor, charity_id))
    form = forms.RecoverForm(prefix=f"recover{recovery_id}-")

    def write(work: Session) -> object:
        return services.recover(
            work, actor, recovery_id=recovery_id, amount=present(form.amount.data),
            occurred_on=present(form.occurred_on.data),
        )  # fmt: skip

    if done(form, write, _("已退回奖金池。")):
        return redirect(pages.award_url(award_id), 303)
    return _detail(award_id, {f"recover{recovery_id}": form})
