"""What the pages of organisations and places show, gathered from the contexts that know it."""

from __future__ import annotations

from typing import Any

from flask import render_template, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, require
from charity.ledger import queries as ledger
from charity.registry import policy, queries, uscc
from charity.registry.models import Organisation, OrganisationState, Region
from projects.listings import policy as listings_policy
from projects.listings import queries as listings
from projects.listings.queries.priority import priority_of
from web.audits.results import latest_line, restrictions_said
from web.disclosures.pages import late_of
from web.filters import day
from web.forces.pages import of_organisation, of_place
from web.frame import operator, operator_id
from web.labels import label, sentence
from web.listings import shapes
from web.listings.filters import page_number
from web.needs.shapes import evaluations_of
from web.registry.forms import OrganisationForm, ReturnForm, VerifyForm
from web.standing.pages import standing_context

#: Organisations named on the page of a place; the list has them all.
NEARBY = 6


def visible(session: Session, actor: Actor, organisation_id: int) -> Organisation:
    """The organisation, or 404 for whom it does not exist."""
    found = queries.organisation(session, organisation_id)
    require(policy.may_see(actor, found))
    return found


def organisation_context(session: Session, actor: Actor, found: Organisation) -> dict[str, Any]:
    """Everything on the page of one organisation."""
    verified = found.state is OrganisationState.VERIFIED
    cards = listings.cards_of_organisation(session, found.id) if verified else []
    member = found.id in actor.organisation_ids
    edits, judges = policy.may_edit(actor, found), policy.may_judge(actor, found)
    return {
        "organisation": found,
        "verified": verified,
        "paragraphs": paragraphs(found.introduction),
        "path": place_path(session, found.region_code),
        "particulars": _particulars(session, found, contact=bool(edits or judges)),
        "cards": [shapes.card_view(card) for card in cards],
        "own_projects": listings.projects_of(session, found.id) if member else [],
        "may_edit": edits and found.state is OrganisationState.RETURNED,
        "may_judge": judges and found.state is OrganisationState.PENDING,
        "may_post": listings_policy.may_post(actor, found),
        "is_member": member,
        "late_reports": late_of(session, organisation_id=found.id) if verified else [],
        "evaluations": evaluations_of(session, found.id) if verified else [],
        **standing_context(session, actor, found),
        "of": of_organisation(session, actor, found),
        "audit_line": latest_line(session, found.id),
        "audit_stops": restrictions_said(session, found.id),
        "keeps_book": verified and ledger.book_kept_by(session, found.id) is not None,
    }


def _particulars(
    session: Session, found: Organisation, *, contact: bool
) -> list[tuple[str, object]]:
    """Who it is and on what ground it works here; the contact only for those who need it."""
    today = clock.today()
    agreement = queries.agreement_between(session, operator_id(), found.id, today)
    reach = f"{found.contact_name} {found.contact_phone}".strip()
    return [
        (_("类型"), label(found.kind)),
        (_("统一社会信用代码"), found.uscc or _("备案的社区社会组织，没有代码")),
        (_("公开募捐资格证书"), found.certificate_number),
        (_("核验"), _verified(found)),
        (
            _("合作募捐协议"),
            _("%(number)s，%(day)s 签订", number=agreement.number, day=day(agreement.signed_on))
            if agreement
            else None,
        ),
        (_("登记时间"), day(found.registered_at)),
        (_("联系（只有工作人员看得到）"), reach if contact and reach else None),
    ]


def _verified(found: Organisation) -> str | None:
    if found.state is not OrganisationState.VERIFIED or found.verified_at is None:
        return None
    card = operator()
    if card is None or card.id == found.id:
        return str(_("%(day)s 核验", day=day(found.verified_at)))
    return str(_("%(name)s %(day)s 看过原件", name=card.name, day=day(found.verified_at)))


def paragraphs(text: str) -> list[str]:
    """A longer text by paragraphs, as it was typed."""
    return [line.strip() for line in text.splitlines() if line.strip()]


def place_path(session: Session, code: str) -> list[Region]:
    """The places from the province down."""
    return queries.region_path(session, code)


def form_page(form: OrganisationForm, organisation: Organisation | None) -> ResponseReturnValue:
    """The form with everything that was typed; 422 when something is wrong with it."""
    html = render_template("registry/form.html", form=form, organisation=organisation)
    return html, 422 if form.errors else 200


def verify_page(
    session: Session,
    actor: Actor,
    found: Organisation,
    *,
    verifying: VerifyForm | None = None,
    returning: ReturnForm | None = None,
) -> ResponseReturnValue:
    """The registration beside what may be said of it; 422 when a form is wrong."""
    # an empty `formdata` keeps one form's answers out of the other
    verifying = verifying or VerifyForm(formdata=None)
    returning = returning or ReturnForm(formdata=None)
    verdict = policy.may_verify(actor, found, operator_id())
    html = render_template(
        "registry/verify.html",
        organisation=found,
        path=place_path(session, found.region_code),
        paragraphs=paragraphs(found.introduction),
        warnings=_warnings(found),
        particulars=_particulars(session, found, contact=True),
        verifying=verifying,
        returning=returning,
        why_not=None if verdict.reason is None else sentence(verdict.reason, verdict.params),
    )
    return html, 422 if verifying.errors or returning.errors else 200


def _warnings(found: Organisation) -> list[str]:
    """What a verifier should look at in the credit code; none of it refuses (ORG-02)."""
    if not found.uscc:
        return []
    return [sentence(r) for r in uscc.warnings(found.uscc, found.kind, found.region_code)]


def region_context(
    session: Session, actor: Actor, path: list[Region], page: str, *, by_management: bool = False
) -> dict[str, Any]:
    """Everything on the page of one place, the last of `path`.

    Its organisations are told by the codes, or by who runs the places (`by_management`, DIV-01).
    """
    place = path[-1]
    children = queries.child_regions(session, place.code)
    projects = listings.published_page(session, region_code=place.code, page=page_number(page))
    organisations = queries.organisations_page(
        session, region_code=place.code, by_management=by_management
    )
    return {
        "place": place,
        "path": path,
        "crumbs": [
            *((above.name, url_for("registry.region", code=above.code)) for above in path[:-1]),
            (place.name, None),
        ],
        "children": listings.counts_below(session, place.code, children) if children else [],
        "raised": listings.raised_in(session, place.code),
        "page": projects,
        "cards": [shapes.card_view(card) for card in projects.items],
        "page_url": lambda n: url_for(
            "registry.region", code=place.code, page=n if n > 1 else None
        ),
        "organisations": organisations.items[:NEARBY],
        "organisation_total": organisations.total,
        "of": of_place(session, actor, place),
        "priority": priority_of(session, place.code, clock.today()),
        "by_management": by_management,
    }
