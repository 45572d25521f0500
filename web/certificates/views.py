"""Ask for a certificate, keep it as picture or PDF, and check one by its code."""

from __future__ import annotations

from flask import Blueprint, Response, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.donations import certificate_codes, queries, services
from charity.donations.models import Certificate, Donation
from charity.donations.queries.receipts import certificate_facts, certificate_of
from charity.errors import DomainError, NotFound
from charity.ledger import tracing
from charity.registry.models import PUBLIC_MODES
from charity.rows import present
from web import paper, qr
from web.certificates import picture as pictures
from web.certificates.words import CertificateWords, in_chinese, verify_url, words_of
from web.db import get_session, unit_of_work
from web.donations.pages import proof_items
from web.fonts import faces
from web.forms import BaseForm
from web.labels import sentence
from web.ports import ports
from web.private import PRIVATE
from web.security.sessions import current_actor

bp = Blueprint("certificates", __name__)


@bp.route("/donations/<token>/certificate", methods=["GET", "POST"])
def certificate(token: str) -> ResponseReturnValue:
    """The certificate of a gift; before it is asked for, the button that asks."""
    form = BaseForm()
    if form.validate_on_submit():
        try:
            _issue(token)
        except DomainError as refusal:
            flash(sentence(refusal.reason, refusal.params), "error")
        return redirect(url_for("certificates.certificate", token=token), 303)
    session = get_session()
    donation = queries.donation_by_token(session, token)
    issued = certificate_of(session, donation.id)
    words = words_of(session, donation, issued) if issued is not None else None
    html = render_template(
        "certificates/certificate.html",
        donation=donation,
        words=words,
        code=qr.svg(words.verify_url, _("查验这张凭证的二维码")) if words else None,
        has_font=faces() is not None,
    )
    return html, PRIVATE


@bp.get("/donations/<token>/certificate.png")
def picture(token: str) -> ResponseReturnValue:
    """The certificate as a picture, with the giver's name on it."""
    donation, issued = _issued(get_session(), token)
    with in_chinese():
        words = words_of(get_session(), donation, issued)
        try:
            drawn = pictures.kept(ports().files, issued.picture) or _draw(words)
            body = pictures.with_name(drawn, words.name)
        except paper.NoFont:
            return _no_font(token)
    return Response(body, content_type="image/png", headers=_saved_as(issued, "png"))


@bp.get("/donations/<token>/certificate.pdf")
def pdf(token: str) -> ResponseReturnValue:
    """The certificate as a PDF of one page."""
    donation, issued = _issued(get_session(), token)
    with in_chinese():
        words = words_of(get_session(), donation, issued)
        try:
            body = paper.certificate(_sheet(words))
        except paper.NoFont:
            return _no_font(token)
    return Response(body, content_type="application/pdf", headers=_saved_as(issued, "pdf"))


@bp.get("/verify")
def check() -> ResponseReturnValue:
    """Type a code in; a code that can be one leads to its page."""
    typed = request.args.get("code", "")
    code = certificate_codes.normalise(typed)
    if code is not None:
        return redirect(url_for("certificates.verify", code=code), 303)
    return render_template("certificates/check.html", typed=typed[:40]), 422 if typed else 200


@bp.get("/verify/<code>")
def verify(code: str) -> ResponseReturnValue:
    """What anybody may know of a certificate: sum, day, campaign and proof, and no person."""
    session = get_session()
    try:
        facts = certificate_facts(session, code)
    except NotFound:
        return render_template("certificates/check.html", typed=code[:40], unknown=True), 404
    proof = tracing.proof_of_entry(session, facts.entry_id)
    return render_template(
        "certificates/verify.html",
        facts=facts,
        code=certificate_codes.spaced(facts.code),
        is_public=facts.campaign.mode in PUBLIC_MODES,
        in_words=facts.amount.in_words(),
        link=verify_url(facts.code),
        proof=proof,
        proof_items=proof_items(proof) if proof else [],
    )


def _issue(token: str) -> None:
    """Issue, then draw the picture and keep it: the file store is spoken to between two units."""
    with unit_of_work() as session:
        issued = services.issue_certificate(session, current_actor(), token=token)
        donation = queries.donation_by_token(session, token)
        with in_chinese():
            words = words_of(session, donation, issued)
    if issued.picture is not None or faces() is None:
        return
    with in_chinese():
        digest = ports().files.put(_draw(words))
    with unit_of_work() as session:
        services.record_picture(session, current_actor(), certificate_id=issued.id, digest=digest)


def _issued(session: Session, token: str) -> tuple[Donation, Certificate]:
    donation = queries.donation_by_token(session, token)
    return donation, present(certificate_of(session, donation.id))


def _draw(words: CertificateWords) -> bytes:
    return pictures.draw(
        words, _("谢谢你捐出"), _("扫码查验：金额、到账日、账簿指纹，以及有没有退款。")
    )


def _sheet(words: CertificateWords) -> paper.Sheet:
    return paper.Sheet(
        title=words.title,
        stamp=words.stamp,
        lead=_("%(name)s，谢谢你捐出", name=words.name),
        amount=words.amount,
        in_words=words.in_words,
        rows=(*words.rows, (_("凭证号"), words.code)),
        link=words.verify_url,
        link_label=_(
            "扫码或打开 %(link)s 查验：金额、到账日、账簿指纹，以及有没有退款。",
            link=words.verify_url,
        ),
        foot=tuple(line for line in (words.not_a_receipt, words.sandbox) if line),
    )


def _saved_as(issued: Certificate, ending: str) -> dict[str, str]:
    name = f"certificate-{certificate_codes.spaced(issued.code)}.{ending}"
    return PRIVATE | {"Content-Disposition": f'inline; filename="{name}"'}


def _no_font(token: str) -> ResponseReturnValue:
    """The page of the certificate says why there is no file, and can be printed."""
    return redirect(url_for("certificates.certificate", token=token), 303)
