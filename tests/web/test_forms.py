"""Fields keep what was typed and say in one sentence what is wrong with it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.datastructures import MultiDict
from wtforms import StringField

from charity.errors import Conflict, Insufficient
from charity.ledger.reasons import LedgerReason
from charity.money import Money
from charity.registry.reasons import RegistryReason
from tests.factories import make_region
from web.cleaning import clean_line, clean_text
from web.forms import (
    BaseForm,
    CreditCodeField,
    DateField,
    MoneyField,
    NumberBetween,
    Optional,
    RegionField,
    Required,
    WholeNumberField,
    attach,
)


class Sample(BaseForm):
    """One field of each kind."""

    amount = MoneyField("金额", [Required()])
    day = DateField("日期", [Optional()])
    count = WholeNumberField("数量", [Optional(), NumberBetween(1, 20)])
    code = CreditCodeField("代码", [Optional()])
    place = RegionField("地点", [Optional()], least=12)
    note = StringField("说明", [Optional()])


def filled(app: Flask, **typed: str) -> Any:
    """The form as it stands after somebody sent it."""
    with app.test_request_context(method="POST", data={"amount": "1", **typed}):
        form = Sample(MultiDict({"amount": "1", **typed}), meta={"csrf": False})
        form.validate()
        # sentences are lazy: say them while there is a request to say them in
        for field in form:
            field.errors = [str(error) for error in field.errors]
            field.drawn = str(field())
        return form


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1e3", "科学记数法"),
        ("0.001", "最多两位"),
        ("-5", "不能是负数"),
        ("１００", "半角"),
        ("1000000000000000", "太大"),
        ("10000000000.01", "太大"),
        ("0", "大于零"),
        ("-0", "大于零"),
        ("NaN", "请写成数字"),
        ("一百", "请写成数字"),
        ("12,34", "请写成数字"),
        ("1.2.3", "请写成数字"),
        ("", "请填写"),
        ("   ", "请填写"),
    ],
)
def test_a_sum_that_is_none_is_told_why_and_kept(app: Flask, text: str, said: str) -> None:
    form = filled(app, amount=text)
    assert len(form.amount.errors) == 1
    assert said in form.amount.errors[0]
    assert form.amount.data is None or form.amount.data == Money(0)
    if text.strip():
        assert f'value="{text}"' in form.amount.drawn


@pytest.mark.parametrize(("text", "fen"), [("12", 1200), (" 1,234.5 ", 123450), ("0.01", 1)])
def test_a_sum_is_read_to_the_fen(app: Flask, text: str, fen: int) -> None:
    form = filled(app, amount=text)
    assert form.amount.errors == []
    assert form.amount.data == Money(fen)


@pytest.mark.parametrize("text", ["2026-02-30", "2026/03/11", "11.03.2026", "２０２６-03-11", "x"])
def test_a_day_that_is_none_is_told_so(app: Flask, text: str) -> None:
    form = filled(app, day=text)
    assert len(form.day.errors) == 1
    assert text in form.day.drawn


def test_a_day_is_read(app: Flask) -> None:
    assert filled(app, day="2026-03-11").day.data == date(2026, 3, 11)


@pytest.mark.parametrize("text", ["0", "21", "1.5", "-1", "1e1", "２"])
def test_a_number_outside_is_refused(app: Flask, text: str) -> None:
    assert len(filled(app, count=text).count.errors) == 1


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("51420704MJH000019", "18 位"),
        ("51420704MJH000019I", "I、O、S、V、Z"),
        ("51420704MJH0000190", "校验码"),
    ],
)
def test_a_credit_code_that_cannot_be(app: Flask, text: str, said: str) -> None:
    form = filled(app, code=text)
    assert said in form.code.errors[0]
    assert text in form.code.drawn


def test_a_credit_code_is_folded(app: Flask) -> None:
    form = filled(app, code="５１420704mjh000019j ")
    assert form.code.errors == []
    assert form.code.data == "51420704MJH000019J"


def test_a_place_by_code_or_by_name(app: Flask, session: Session) -> None:
    make_region(session, "420704001202", "洪港村")
    make_region(session, "420704001203", "峒山村")
    make_region(session, "420704002203", "峒山村")
    session.commit()
    assert filled(app, place="420704001202").place.data == "420704001202"
    assert filled(app, place="洪港村").place.data == "420704001202"
    for text, said in (
        ("峒山村", "有几个地方"),
        ("没有村", "没有找到"),
        ("999999", "没有这个"),
        ("420704001", "下一级"),
    ):
        form = filled(app, place=text)
        assert said in form.place.errors[0]
        assert f'value="{text}"' in form.place.drawn


def test_places_are_suggested(app: Flask, session: Session) -> None:
    make_region(session, "420704001202", "洪港<村>")
    session.commit()
    assert '<option value="420704001202">洪港&lt;村&gt;</option>' in filled(app).place.drawn


def test_text_is_stripped(app: Flask) -> None:
    assert filled(app, note="  hello  ").note.data == "hello"


def test_a_refusal_goes_to_its_field_or_on_top(app: Flask) -> None:
    with app.test_request_context():
        form = Sample(meta={"csrf": False})
        attach(form, Insufficient(LedgerReason.INSUFFICIENT, field="amount", available=Money(5)))
        attach(form, Conflict(RegistryReason.NAME_TAKEN, field="nowhere"))
        assert "¥0.05" in form.amount.errors[0]
        assert len(form.form_errors) == 1


def test_text_is_kept_without_what_nobody_sees() -> None:
    assert clean_line(" 慈\x00善\x1b 会\u202e \r\n部\ud800 ") == "慈善 会  部"
    assert clean_text("\x07第一行\r\n第二行\n") == "第一行\r\n第二行"
    assert clean_line(None) is None
