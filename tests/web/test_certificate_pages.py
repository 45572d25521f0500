"""Certificates: asked for by the giver, kept as picture and PDF, checked by anybody."""

from __future__ import annotations

import io
import re
from pathlib import Path

import pytest
import zxingcpp
from flask import Flask
from PIL import Image
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from charity.donations import certificate_codes
from charity.donations.models import Certificate, Donation
from charity.money import Money
from charity.registry.models import Campaign, FundraisingMode
from projects.listings.models import Project
from tests.conftest import SetClock
from tests.projects.listings.village import Village
from tests.support.site import SiteClient
from tests.web.donors import published, settle_village, text_of
from web import fonts
from web.certificates import picture
from web.fonts import FontFile

NAME = "<b>诸葛</b>青云"


@pytest.fixture
def village(session: Session, clock: SetClock) -> Village:
    """A village whose operator runs the site."""
    return settle_village(session)


@pytest.fixture
def project(village: Village) -> Project:
    """A project that takes gifts."""
    return published(village)


@pytest.fixture
def gift(village: Village, project: Project) -> Donation:
    """A gift that has arrived and stands in a sealed book."""
    donation = village.give(project, Money.yuan("1234.50"), name=NAME)
    donation.contact = "zhuge@example.org"
    donation.message = "愿老人平安过冬"
    village.settle()
    village.session.commit()
    return donation


def issued(session: Session) -> Certificate:
    session.expire_all()
    return session.scalars(select(Certificate)).one()


@pytest.fixture
def code(client: SiteClient, session: Session, gift: Donation) -> str:
    """The gift's certificate, asked for."""
    answer = client.submit(f"/donations/{gift.trail_token}/certificate")
    assert answer.status_code == 303
    return issued(session).code


# ── asking ───────────────────────────────────────────────────────────────────────────────────────


def test_it_is_issued_when_asked_and_says_that_it_is_no_receipt(
    client: SiteClient, session: Session, gift: Donation
) -> None:
    path = f"/donations/{gift.trail_token}/certificate"
    before = client.get(path)
    assert "捐赠凭证不是票据" in text_of(before)
    assert session.scalars(select(Certificate)).all() == []
    assert client.get(f"{path}.png").status_code == 404
    client.submit(path)
    client.submit(path)
    said = text_of(client.get(path))
    for part in ("非票据", "¥1,234.50", "壹仟贰佰叁拾肆元伍角整", "2026-03-16", "不能用来抵税"):
        assert part in said
    assert certificate_codes.spaced(issued(session).code) in said


def test_what_a_giver_typed_is_no_markup(client: SiteClient, gift: Donation, code: str) -> None:
    page = client.get(f"/donations/{gift.trail_token}/certificate")
    assert "<b>诸葛</b>" not in page.text
    assert "&lt;b&gt;诸葛&lt;/b&gt;青云" in page.text


def test_a_gift_on_its_way_has_none(
    client: SiteClient, session: Session, village: Village, project: Project
) -> None:
    answer = client.submit(f"/projects/{project.id}/donate", {
        "client_id": "0" * 8 + "-0000-4000-8000-" + "0" * 12, "amount": "200",
        "giver_kind": "individual",
    })  # fmt: skip
    assert answer.status_code == 303
    token = session.scalars(select(Donation.trail_token)).one()
    client.submit(f"/donations/{token}/certificate")
    assert "还没有到账" in text_of(client.get(f"/donations/{token}/certificate"))
    assert session.scalars(select(Certificate)).all() == []


# ── the files ────────────────────────────────────────────────────────────────────────────────────


def decoded(png: bytes) -> str:
    """What a camera reads from a picture."""
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(png)).convert("RGB"))
    text: str = found.text
    return text


def test_the_picture_is_small_and_its_code_leads_to_the_public_page(
    client: SiteClient, session: Session, gift: Donation, code: str
) -> None:
    answer = client.get(f"/donations/{gift.trail_token}/certificate.png")
    assert answer.content_type == "image/png"
    assert Image.open(io.BytesIO(answer.data)).size == picture.SIZE == (750, 1334)
    assert len(answer.data) < 60_000
    assert decoded(answer.data) == f"http://localhost/verify/{code}"
    assert client.get(f"/verify/{code}").status_code == 200
    assert "no-store" in answer.headers["Cache-Control"]


def test_the_code_is_read_from_a_photo_half_the_size(
    client: SiteClient, gift: Donation, code: str
) -> None:
    png = client.get(f"/donations/{gift.trail_token}/certificate.png").data
    small = io.BytesIO()
    image = Image.open(io.BytesIO(png)).convert("RGB").resize((375, 667))
    image.save(small, "JPEG", quality=60)
    assert decoded(small.getvalue()).endswith(code)


def test_the_picture_is_kept_once_and_without_the_name(
    app: Flask, client: SiteClient, session: Session, gift: Donation, code: str, tmp_path: Path
) -> None:
    kept = issued(session).picture
    assert kept is not None
    file = tmp_path / "instance" / "files" / kept.hex()[:2] / kept.hex()[2:]
    with_name = client.get(f"/donations/{gift.trail_token}/certificate.png").data
    bare = Image.open(io.BytesIO(file.read_bytes())).convert("RGB")
    named = Image.open(io.BytesIO(with_name)).convert("RGB")
    where = (64, 262, 686, 328)
    assert len(bare.crop(where).getcolors() or ()) == 1, "no name is drawn into what is kept"
    assert len(named.crop(where).getcolors() or ()) > 1
    file.write_bytes(b"damaged")
    again = client.get(f"/donations/{gift.trail_token}/certificate.png")
    assert decoded(again.data).endswith(code), "a damaged picture is drawn anew"


def test_the_pdf_carries_the_words_as_text(client: SiteClient, gift: Donation, code: str) -> None:
    answer = client.get(f"/donations/{gift.trail_token}/certificate.pdf")
    assert answer.content_type == "application/pdf"
    assert answer.data.startswith(b"%PDF-")
    assert answer.data.count(b"/Type /Page\n") == 1
    assert b"/ToUnicode" in answer.data
    assert len(answer.data) < 200_000


def test_where_no_font_is_the_page_offers_the_print_view_and_says_why(
    client: SiteClient, session: Session, gift: Donation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fonts, "FOLDERS", ())
    path = f"/donations/{gift.trail_token}/certificate"
    assert client.submit(path).status_code == 303
    page = client.get(path)
    assert "还没有装" in text_of(page)
    assert "certificate.png" not in page.text
    for ending in ("png", "pdf"):
        answer = client.get(f"{path}.{ending}")
        assert (answer.status_code, answer.location) == (303, path)
    monkeypatch.undo()
    assert client.get(f"{path}.png").status_code == 200, "drawn once a font is there"


def test_the_best_font_of_the_machine_is_found(tmp_path: Path) -> None:
    for name in ("wqy-zenhei.ttc", "NotoSansCJK-Regular.ttc"):
        (tmp_path / name).write_bytes(b"")
    found = fonts._find((tmp_path, tmp_path / "missing"))
    assert found is not None
    assert found.regular == found.bold == FontFile(tmp_path / "NotoSansCJK-Regular.ttc", 2)


# ── the public page ──────────────────────────────────────────────────────────────────────────────


def test_the_public_page_shows_money_and_proof_and_nobody(
    client: SiteClient, gift: Donation, code: str
) -> None:
    page = client.get(f"/verify/{code}")
    said = text_of(page)
    for part in ("凭证是真的", "¥1,234.50", "没有退款", "2026-03-16", "封存根", "凭证指纹"):
        assert part in said
    for private in ("诸葛", "青云", "zhuge", "平安过冬", gift.trail_token, "D-26-"):
        assert private not in page.text


@pytest.mark.parametrize(
    ("refunded", "words"),
    [("100", "其中一部分已经退还"), ("1234.50", "已经全部退还")],
)
def test_it_says_what_went_back(
    client: SiteClient, session: Session, gift: Donation, code: str, refunded: str, words: str
) -> None:
    session.execute(update(Donation).values(refunded=Money.yuan(refunded)))
    session.commit()
    said = text_of(client.get(f"/verify/{code}"))
    assert words in said
    assert f"¥{Money.yuan(refunded)}" in said


def test_it_says_when_it_lies(
    client: SiteClient, session: Session, gift: Donation, code: str
) -> None:
    session.execute(update(Donation).values(amount=Money.yuan(9_000)))
    session.commit()
    assert "对不上" in text_of(client.get(f"/verify/{code}"))


def test_a_campaign_among_members_is_not_linked(
    client: SiteClient, session: Session, gift: Donation, code: str
) -> None:
    assert "/funds/" in client.get(f"/verify/{code}").text
    session.execute(update(Campaign).values(mode=FundraisingMode.TARGETED))
    session.commit()
    assert 'href="/funds/' not in client.get(f"/verify/{code}").text


def test_a_code_may_be_typed_in(client: SiteClient, gift: Donation, code: str) -> None:
    assert "12 位" in text_of(client.get("/verify"))
    answer = client.get(
        "/verify", query_string={"code": f" {certificate_codes.spaced(code).lower()}"}
    )
    assert answer.location == f"/verify/{code}"
    assert client.get("/verify?code=hello").status_code == 422


@pytest.mark.parametrize("code", ["22222222222A", "hello", "<script>", "%00", "善" * 12])
def test_a_code_of_nobody_is_told(client: SiteClient, gift: Donation, code: str) -> None:
    answer = client.get(f"/verify/{code}")
    assert answer.status_code == 404
    assert "没有这张凭证" in text_of(answer)
    assert "<script>" not in re.sub(r"<script[^>]*src=[^>]*></script>", "", answer.text)
