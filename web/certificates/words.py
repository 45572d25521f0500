"""What a certificate says, the same on page, picture and PDF; always in Chinese on the last two."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from flask import url_for
from flask_babel import force_locale
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.donations import certificate_codes
from charity.donations.models import Certificate, Donation, PaymentState
from charity.donations.queries.receipts import CertificateFacts, certificate_facts
from web.filters import day, yuan
from web.languages import LOCALES
from web.plans.words import plan_number
from web.ports import ports, settings


@dataclass(frozen=True)
class CertificateWords:
    """One certificate in words; `name` alone is the giver's, and stands on no public page."""

    title: str
    stamp: str
    name: str
    amount: str
    in_words: str
    rows: tuple[tuple[str, str], ...]
    code: str
    verify_url: str
    #: That no real money moved, where it did not; else empty.
    sandbox: str
    not_a_receipt: str


@contextmanager
def in_chinese() -> Iterator[None]:
    """Papers and pictures leave the site: they speak Chinese whatever the page speaks."""
    with force_locale(LOCALES["zh"]):
        yield


def words_of(session: Session, donation: Donation, certificate: Certificate) -> CertificateWords:
    """The certificate of a gift in the language of the moment."""
    facts = certificate_facts(session, certificate.code)
    return CertificateWords(
        title=_("捐赠凭证"),
        stamp=_("非票据"),
        name=donation.giver_name or _("爱心人士"),
        amount=yuan(donation.amount),
        in_words=donation.amount.in_words(),
        rows=rows_of(facts, number_of(donation)),
        code=certificate_codes.spaced(certificate.code),
        verify_url=verify_url(certificate.code),
        sandbox=_("演示支付：没有真实的钱，这张凭证只作演示。") if is_sandbox(donation) else "",
        not_a_receipt=_("这张凭证用来致谢和查验，不是公益事业捐赠票据，不能用来抵税或者报销。"),
    )


def rows_of(facts: CertificateFacts, number: str) -> tuple[tuple[str, str], ...]:
    """Label and value of what is said about the money."""
    campaign = facts.campaign
    return (
        (_("捐给"), campaign.title),
        (_("收款单位"), campaign.charity.name),
        (_("统一社会信用代码"), campaign.charity.uscc or ""),
        (_("募捐方案备案号"), plan_number(campaign.plan)),
        (_("到账日"), day(facts.arrived_on)),
        (_("捐赠编号"), number),
    )


def number_of(donation: Donation) -> str:
    """The number of a gift as its giver knows it."""
    return f"D-{day(donation.created_at)[2:4]}-{donation.id:06d}"


def verify_url(code: str) -> str:
    """The whole address of the public page of a certificate, as short as a QR code likes it."""
    return settings().base_url + url_for("certificates.verify", code=code)


def is_sandbox(donation: Donation) -> bool:
    """Whether the gift was paid for play, at the demonstration's own gateway."""
    paid = [each for each in donation.payments if each.state is PaymentState.SUCCEEDED]
    gateways = ports().gateways
    return any(each.gateway in gateways and gateways[each.gateway].is_sandbox for each in paid)
