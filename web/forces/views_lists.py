"""Lists of organisations from a file: handed in, tried, and applied after a person has looked."""

from __future__ import annotations

import hashlib

from flask import flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _

from charity.actor import require
from charity.errors import CommonReason, DomainError, Invalid, NotFound
from charity.registry import policy, queries
from charity.registry.queries import Outcome
from charity.registry.reading import RegisterList
from charity.registry.reading.reasons import ListReason
from web.db import get_session, unit_of_work
from web.forces import lists
from web.forces.blueprint import bp
from web.forces.forms import ListForm
from web.forms import attach
from web.labels import label, sentence
from web.listings.filters import page_number
from web.listings.posting import home_region
from web.ports import ports
from web.security.sessions import current_actor

#: Rows of a list that are applied while the person waits.
MOST_HERE = 5000
#: What is said of rows, on one page.
_NAMED = 200


@bp.route("/desk/register/lists", methods=["GET", "POST"])
def imports() -> ResponseReturnValue:
    """Hand in a list; nothing is stored of its organisations yet."""
    session, actor, form = get_session(), current_actor(), ListForm()
    require(policy.may_keep_register(actor))
    if form.validate_on_submit():
        try:
            _read(form.content)
        except DomainError as refusal:
            attach(form, refusal)
        else:
            digest = ports().files.put(form.content).hex()
            name = (form.file.data.filename or "")[:200]
            return redirect(url_for("forces.list_page", digest=digest, name=name), 303)
    page = queries.imports_page(session, page_number(request.args.get("page", "")))
    html = render_template(
        "forces/lists.html",
        form=form,
        page=page,
        page_url=lambda n: url_for("forces.imports", page=n),
    )
    return html, 422 if form.errors else 200


@bp.route("/desk/register/lists/<digest>", methods=["GET", "POST"])
def list_page(digest: str) -> ResponseReturnValue:
    """The dry run of a list, and its application; after it, what became of the rows."""
    name = (request.values.get("name") or "")[:200]
    # The portions are units of their own: none of this request may be open around them.
    with unit_of_work() as session:
        actor = current_actor()
        require(policy.may_keep_register(actor))
        content = _content(digest)
        found = _read(content)
    if request.method == "POST":
        try:
            lists.bring_in(actor, content, name, found)
        except DomainError as refusal:
            flash(sentence(refusal.reason, refusal.params), "error")
        else:
            flash(_("名单已导入。"), "success")
        return redirect(url_for("forces.list_page", digest=digest, name=name), 303)
    entered = queries.import_of(session, hashlib.sha256(content).digest())
    tally = lists.try_out(session, found)
    counted = lists.counts(entered) if entered else tally.outcomes
    return render_template(
        "forces/list.html",
        digest=digest,
        name=entered.file_name if entered else name,
        entered=entered,
        rows=len(found.rows),
        counts=[(counted[outcome], label(outcome)) for outcome in Outcome],
        gaps=lists.gap_lines(found.gaps),
        told=[
            (lists.row_name(flaw.number), lists.column_name(flaw, found.head), lists.words(flaw),
             flaw.refuses)
            for flaw in [*tally.refusing, *tally.telling][:_NAMED]
        ],
        more=max(0, len(tally.flaws) - _NAMED),
    )  # fmt: skip


def _content(digest: str) -> bytes:
    """The file that was handed in; raises `NotFound`."""
    try:
        return ports().files.get(bytes.fromhex(digest))
    except ValueError:
        raise NotFound(CommonReason.NOT_FOUND) from None


def _read(content: bytes) -> RegisterList:
    """Read a list that is short enough for a page; raises `Invalid` on `file`."""
    found = lists.read(get_session(), content, home_region())
    if len(found.rows) > MOST_HERE:
        raise Invalid(ListReason.TOO_MANY_HERE, field="file", limit=MOST_HERE)
    return found
