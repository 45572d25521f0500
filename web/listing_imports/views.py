"""Bring in lists of needs and resources: choose a file, look at the dry run, confirm."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, abort, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.actor import Actor, Permission
from charity.errors import CommonReason, DomainError, NotFound
from charity.registry.models import Organisation
from projects.listings.queries.importing import Bringing, ListingOutcome
from projects.listings.reading import ListingList, ListKind, template_heads
from web import spreadsheets
from web.db import get_session, unit_of_work
from web.forces.lists import row_name
from web.forms import attach
from web.labels import label, sentence
from web.listing_imports import lists
from web.listing_imports.forms import ListingFileForm
from web.listings.posting import home_region
from web.needs.pages import organisations_of
from web.ports import ports
from web.security.sessions import current_actor

bp = Blueprint("listing_imports", __name__)

#: What is said of rows, on one page.
_NAMED = 200


@bp.route("/needs/import", methods=["GET", "POST"])
def upload() -> ResponseReturnValue:
    """Hand in a list; nothing is stored of its rows yet."""
    session, actor = get_session(), current_actor()
    form = ListingFileForm()
    form.organisation.choices = _names(actor, organisations_of(session, actor))
    dispatches = actor.holds_anywhere(Permission.NEED_DISPATCH)
    if form.validate_on_submit():
        try:
            lists.require_short(_read(form.content, form.kind.data))
        except DomainError as refusal:
            attach(form, refusal)
        else:
            digest = ports().files.put(form.content).hex()
            return redirect(
                url_for(
                    "listing_imports.tried",
                    digest=digest,
                    kind=form.kind.data.value,
                    organisation=form.organisation.data or None,
                    confirms="1" if form.confirms.data and dispatches else None,
                    name=(form.file.data.filename or "")[:200],
                ),
                303,
            )
    html = render_template("listing_imports/upload.html", form=form, dispatches=dispatches)
    return html, 422 if form.errors else 200


@bp.route("/needs/import/<digest>", methods=["GET", "POST"])
def tried(digest: str) -> ResponseReturnValue:
    """The dry run of a list, and its import."""
    # The portions are units of their own: none of this request may be open around them.
    with unit_of_work() as session:
        actor = current_actor()
        bringing = _bringing(session, actor)
        found = _read(_content(digest), bringing.kind)
        lists.require_short(found)
    asked: dict[str, Any] = {
        name: request.values.get(name) for name in ("kind", "organisation", "confirms", "name")
    }
    if request.method == "POST":
        tally = lists.bring_in(actor, found, bringing)
        flash(_("导入了 %(n)s 行。", n=tally.outcomes[ListingOutcome.NEW]), "success")
        return redirect(url_for("listing_imports.tried", digest=digest, **asked), 303)
    tally = lists.try_out(session, actor, found, bringing)
    told = tally.told
    return render_template(
        "listing_imports/tried.html",
        digest=digest,
        asked={name: value for name, value in asked.items() if value},
        name=asked["name"],
        kind=bringing.kind,
        rows=len(found.rows),
        fresh=tally.outcomes[ListingOutcome.NEW] + tally.outcomes[ListingOutcome.REFERRED],
        counts=[(tally.outcomes[outcome], label(outcome)) for outcome in ListingOutcome],
        kinds=[(sentence(reason), n) for reason, n in tally.kinds],
        told=[
            (row_name(flaw.number), lists.column_name(flaw, found.head),
             sentence(flaw.reason, flaw.params), flaw.refuses)
            for flaw in told[:_NAMED]
        ],
        more=max(0, len(told) - _NAMED),
    )  # fmt: skip


@bp.get("/needs/import/empty/<kind>.<file>")
def empty(kind: str, file: str) -> ResponseReturnValue:
    """An empty list to fill in, as CSV or XLSX, with one row that shows how."""
    if kind not in set(ListKind) or file not in (spreadsheets.CSV, spreadsheets.XLSX):
        abort(404)
    wanted = ListKind(kind)
    rows = [template_heads(wanted), _example(wanted)]
    return spreadsheets.download(rows, file, name=label(wanted), head=1)


def _example(kind: ListKind) -> list[str]:
    if kind is ListKind.NEEDS:
        return [
            _("例1"), _("（例子，请删掉）老人要轮椅"), _("物资"), _("助残"), _("老人"),
            _("凤凰街道"), _("轮椅"), "3", _("辆"), "2026-03-16", "", _("一般"), "3", "",
            _("不知道数量就写“不详”"), _("李四"), "0711-3350000", "",
        ]  # fmt: skip
    return [
        _("例1"), _("（例子，请删掉）口罩"), _("物资"), _("防护物资"), "", _("单位全称"),
        _("凤凰街道"), _("鄂城区"), _("口罩"), "1000", "", _("只"), "2026-03-16", "", "",
        _("天天能供的写日产能，不写数量"),
    ]  # fmt: skip


def _names(actor: Actor, mine: list[Organisation]) -> list[tuple[str, str]]:
    """In whose name: an organisation of one's own, or the community whose orders one keeps."""
    own = [(str(each.id), each.name) for each in mine]
    if actor.holds_anywhere(Permission.NEED_DISPATCH) or not own:
        return [("", str(_("社区（居民的点单）"))), *own]
    return own


def _bringing(session: Session, actor: Actor) -> Bringing:
    """What the address says; an organisation one does not speak for is none."""
    asked, kind = request.values.get("organisation", ""), request.values.get("kind", "")
    mine = {str(each.id): each.id for each in organisations_of(session, actor)}
    if asked and asked not in mine:
        raise NotFound(CommonReason.NOT_FOUND)
    return Bringing(
        kind=ListKind(kind) if kind in set(ListKind) else ListKind.NEEDS,
        organisation_id=mine.get(asked),
        confirms=bool(request.values.get("confirms"))
        and actor.holds_anywhere(Permission.NEED_DISPATCH),
    )


def _content(digest: str) -> bytes:
    """The file that was handed in; raises `NotFound`."""
    try:
        return ports().files.get(bytes.fromhex(digest))
    except ValueError:
        raise NotFound(CommonReason.NOT_FOUND) from None


def _read(content: bytes, kind: ListKind) -> ListingList:
    return lists.read(get_session(), content, kind, home_region())
