"""What the pages of samples show: how vouchers were drawn, each of them, and what they say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from charity.accounts import queries as accounts
from charity.actor import Actor
from charity.audits import policy
from charity.audits.models import (
    AuditSample,
    AuditSampleItem,
    AuditSampleState,
    Inspection,
    InspectionState,
    SampleMethod,
    VoucherListRow,
)
from charity.audits.queries import fieldwork as queries
from charity.audits.queries.samples import BOOK, frame_of, list_source
from charity.money import Money
from charity.spending.models import Expense
from web.fieldwork import voucher
from web.fieldwork.forms import CheckForm, SampleForm
from web.fieldwork.frame import head_of
from web.fieldwork.pages import signed
from web.filters import day, moment, percent, yuan
from web.labels import label

_MILLION = 1_000_000


def works_on_samples(actor: Actor, inspection: Inspection) -> bool:
    """Whether this person draws and checks now: the team, while it is at work."""
    at_work = inspection.state is InspectionState.FIELDWORK
    return at_work and bool(policy.may_inspect(actor, inspection))


def list_context(session: Session, actor: Actor, inspection: Inspection) -> dict[str, Any]:
    """Every sample, and the lists that were handed in."""
    return {
        "head": head_of(inspection),
        "part": "samples",
        "may_draw": works_on_samples(actor, inspection),
        "samples": [_row(each) for each in queries.samples_of(session, inspection.id)],
        "lists": [
            {
                "at": f"{each.file_name or _('没有文件名')} · {moment(each.handed_in_at)}",
                "count": each.row_count,
                "total": each.total,
                "digest": each.rows_hash,
            }
            for each in queries.lists_of(session, inspection.id)
        ],
    }


def _row(sample: AuditSample) -> dict[str, Any]:
    is_done = sample.state is AuditSampleState.EVALUATED
    return {
        "url": sample_url(sample),
        "method": f"{sample.number}. {label(sample.method)}",
        "at": moment(sample.drawn_at),
        "population": sample.population,
        "book_value": sample.book_value,
        "size": sample.size,
        "checked": sum(1 for item in sample.items if item.checked_at),
        "state": conclusion_words(sample) if is_done else label(sample.state),
        "manner": _manner(sample),
    }


def sample_url(sample: AuditSample) -> str:
    """The page of a sample."""
    return url_for("fieldwork.sample", inspection_id=sample.inspection_id, sample_id=sample.id)


def item_url(sample: AuditSample, number: int) -> str:
    """The page of one sampled voucher."""
    return url_for(
        "fieldwork.item",
        inspection_id=sample.inspection_id,
        sample_id=sample.id,
        number=number,
    )


# ── drawing ──────────────────────────────────────────────────────────────────────────────────────


def sources(session: Session, inspection: Inspection) -> list[tuple[str, str]]:
    """What may be drawn from: the book here, and each list that was handed in."""
    found = [(BOOK, str(_("这里的账簿")))]
    for each in queries.lists_of(session, inspection.id):
        said = _("交来的清单：%(name)s，%(n)s 笔", name=each.file_name, n=each.row_count)
        found.append((list_source(each), str(said)))
    if len(found) > 1 and not queries.has_expenses(session, inspection.organisation_id):
        return found[1:]
    return found


def draw_context(session: Session, inspection: Inspection, form: SampleForm) -> dict[str, Any]:
    """The form, with what there is to draw from."""
    first = (form.source.data or form.source.choices[0][0]) if form.source.choices else BOOK
    frame = frame_of(session, inspection, first)
    return {
        "head": head_of(inspection),
        "part": "samples",
        "form": form,
        "population": [
            (_("查哪一段"), _period(inspection)),
            (_("一共几张凭证"), len(frame.subjects)),
            (_("账面金额"), Money(frame.book_value)),
            (_("清单指纹"), frame.hash[:16]),
        ],
        "method_notes": {
            SampleMethod.MUS.value: _("金额越大越容易抽到，超过间隔的一定看。常用。"),
            SampleMethod.RANDOM.value: _("每一张机会一样大。"),
            SampleMethod.STRATIFIED.value: _("大额多看一些，小额少看一些。"),
            SampleMethod.SYSTEMATIC.value: _("从一个随机的起点开始，隔几张看一张。"),
            SampleMethod.ATTRIBUTE.value: _("看手续对不对，推算全部凭证里有多少不对。"),
            SampleMethod.RISK.value: _("哪里可疑看哪里，不推算全部。"),
        },
    }


def _period(inspection: Inspection) -> str:
    plan = inspection.plan
    return f"{day(plan.period_from)} – {day(plan.period_until)}"


# ── one sample ───────────────────────────────────────────────────────────────────────────────────


def sample_context(
    session: Session, actor: Actor, inspection: Inspection, sample: AuditSample
) -> dict[str, Any]:
    """How it was drawn, its items, and what it says of the whole."""
    works = works_on_samples(actor, inspection)
    left = [item.number for item in sample.items if item.checked_at is None]
    titles = titles_of(session, sample)
    return {
        "head": head_of(inspection),
        "part": "samples",
        "sample": {"id": sample.id, "frame": sample.frame_hash, "seed": sample.seed},
        "drawn": drawn_words(sample),
        "result": result_of(sample),
        "items": [_item_row(sample, item, titles) for item in sample.items],
        "next_url": item_url(sample, left[0]) if works and left else None,
        "may_evaluate": works and not left,
    }


def drawn_words(sample: AuditSample) -> list[tuple[str, object]]:
    """How a sample was drawn: method, confidence, what may be wrong, how many."""
    asked = sample.parameters
    borne = asked.get("materiality_fen")
    units = asked.get("units")
    is_money = sample.method is SampleMethod.MUS
    by_chance = sample.method is not SampleMethod.RISK
    rate = _("%(n)s%%", n=asked.get("tolerable_percent"))
    confidence = _("%(n)s%%", n=asked.get("confidence_percent"))
    return [
        (_("怎么抽"), label(sample.method)),
        (_("总数"), _("%(n)s 张，%(sum)s", n=sample.population, sum=yuan(sample.book_value))),
        (_("把握"), confidence if by_chance else None),
        (_("可容忍的错误率"), rate if by_chance and not is_money else None),
        (_("可接受的错误金额"), Money(int(str(borne))) if borne else None),
        (_("间隔"), Money(_interval(sample)) if is_money else None),
        (_("算出要看"), _("%(n)s 次", n=units) if units else None),
        (_("抽出"), _("%(n)s 张", n=sample.size)),
    ]


def _interval(sample: AuditSample) -> int:
    above, _slash, below = str(sample.parameters.get("interval", "0/1")).partition("/")
    return int(above) // int(below or 1)


def titles_of(session: Session, sample: AuditSample) -> dict[str, tuple[str, str]]:
    """What each item is and whom it paid, by its subject."""
    numbers: dict[str, list[int]] = {voucher.EXPENSE: [], voucher.LIST_ROW: []}
    for item in sample.items:
        kind = next(each for each in numbers if item.subject.startswith(each))
        numbers[kind].append(int(item.subject.removeprefix(kind)))
    found: dict[str, tuple[str, str]] = {}
    for expense in queries.by_ids(session, Expense, numbers[voucher.EXPENSE]):
        said = f"{expense.payee_name} · {expense.voucher_number}"
        found[f"{voucher.EXPENSE}{expense.id}"] = (expense.title, said)
    for row in queries.by_ids(session, VoucherListRow, numbers[voucher.LIST_ROW]):
        said = f"{row.payee} · {row.voucher_number}"
        found[f"{voucher.LIST_ROW}{row.id}"] = (row.summary or row.payee, said)
    return found


def _item_row(
    sample: AuditSample, item: AuditSampleItem, titles: Mapping[str, tuple[str, str]]
) -> dict[str, Any]:
    title, small = titles.get(item.subject, (item.subject, ""))
    words, manner = item_words(item)
    return {
        "n": item.number,
        "title": title,
        "small": f"{small} · {_('一定要看')}" if item.is_certainty else small,
        "url": item_url(sample, item.number),
        "amount": item.amount,
        "audited": item.audited_amount,
        "word": words,
        "manner": manner,
    }


def item_words(item: AuditSampleItem) -> tuple[str, str]:
    """What was seen of an item, in a word and a colour."""
    if item.checked_at is None:
        return _("还没有看"), "wait"
    if item.audited_amount != item.amount:
        return _("金额不对"), "bad"
    return (_("手续不对"), "bad") if item.deviation else (_("相符"), "good")


def item_context(
    session: Session,
    actor: Actor,
    inspection: Inspection,
    item: AuditSampleItem,
    sent: CheckForm | None,
) -> dict[str, Any]:
    """One voucher beside everything that stands behind it, and what was seen of it."""
    sample, number = item.sample, item.number
    form = sent
    if form is None and works_on_samples(actor, inspection):
        form = CheckForm(formdata=None)
        form.audited.data = item.amount if item.audited_amount is None else item.audited_amount
        form.deviation.data, form.note.data = bool(item.deviation), item.note
    return {
        "head": head_of(inspection),
        "part": "samples",
        "sample_id": sample.number,
        "sample_url": sample_url(sample),
        "n": number,
        "voucher": voucher.view_of(session, item),
        "before_url": item_url(sample, number - 1) if number > 1 else None,
        "after_url": item_url(sample, number + 1) if number < len(sample.items) else None,
        "checked": _checked(session, item),
        "form": form,
    }


def _checked(session: Session, item: AuditSampleItem) -> dict[str, str] | None:
    if item.checked_at is None or item.checked_by_user_id is None:
        return None
    words, manner = item_words(item)
    names = accounts.display_names(session, [item.checked_by_user_id])
    said = _("核实金额 %(sum)s。", sum=yuan(item.audited_amount))
    return {
        "word": words,
        "manner": manner,
        "words": f"{said} {item.note}".strip(),
        "by": signed(names, item.checked_by_user_id, item.checked_at),
    }


# ── what it says ─────────────────────────────────────────────────────────────────────────────────


def conclusion_words(sample: AuditSample) -> str:
    """What an evaluated sample comes to, in a few words."""
    said = {
        "holds": _("可以接受"),
        "exceeds": _("超过能接受的"),
        "apart": _("只说看过的"),
        "reported": _("已算出"),
    }
    return str(said.get(str(sample.evaluation.get("conclusion")), _("已算出")))


def _manner(sample: AuditSample) -> str:
    if sample.state is not AuditSampleState.EVALUATED:
        return "wait"
    return {"holds": "good", "exceeds": "bad"}.get(str(sample.evaluation.get("conclusion")), "jade")


def result_of(sample: AuditSample) -> dict[str, Any] | None:
    """What an evaluated sample says of the whole, in plain words with its figures."""
    found = sample.evaluation
    if not found:
        return None
    manner = {"holds": "success", "exceeds": "danger"}.get(str(found.get("conclusion")), "info")
    return {
        "manner": manner,
        "title": conclusion_words(sample),
        "lines": result_lines(sample),
        "figures": [
            (_("看了几张"), found.get("looked_at")),
            (_("几张有错"), found.get("errors")),
            (_("看到多记"), _fen(found, "found_over_fen")),
            (_("看到少记"), _fen(found, "found_under_fen")),
            (_("推算多记"), _fen(found, "projected_over_fen")),
            (_("推算少记"), _fen(found, "projected_under_fen")),
            (_("多记最多"), _fen(found, "upper_limit_fen")),
            (_("推算错误率"), _ppm(found, "projected_ppm")),
            (_("错误率最高"), _ppm(found, "upper_ppm")),
        ],
    }


def result_lines(sample: AuditSample) -> list[str]:
    """The sentences of a result: what was seen, and what may be said of all vouchers."""
    found, asked = sample.evaluation, sample.parameters
    seen = _("看了 %(n)s 张，%(bad)s 张有错。", n=found.get("looked_at"), bad=found.get("errors"))
    if sample.method is SampleMethod.RISK:
        return [str(seen), str(_("这些是凭判断挑的，不能推算没有看的凭证。"))]
    confidence = asked.get("confidence_percent")
    said = [str(seen)]
    if (most := _fen(found, "upper_limit_fen")) is not None:
        words = _(
            "有 %(n)s%% 的把握说：全部凭证多记的金额不超过 %(sum)s。", n=confidence, sum=yuan(most)
        )
        said.append(str(words))
        if found.get("limit_by") == "count":
            said.append(str(_("错得很少，摸不准差多少，所以这个数往多里算。")))
    elif (rate := _ppm(found, "upper_ppm")) is not None:
        words = _("有 %(n)s%% 的把握说：全部凭证里有错的不超过 %(rate)s。", n=confidence, rate=rate)
        said.append(str(words))
    borne = asked.get("materiality_fen")
    limit = (
        yuan(Money(int(str(borne)))) if borne else _("%(n)s%%", n=asked.get("tolerable_percent"))
    )
    if found.get("conclusion") == "holds":
        said.append(str(_("在能接受的 %(limit)s 以内。", limit=limit)))
    elif found.get("conclusion") == "exceeds":
        said.append(str(_("超过了能接受的 %(limit)s，要多看一些，或者让组织自查。", limit=limit)))
    return said


def _fen(found: Mapping[str, object], name: str) -> Money | None:
    value = found.get(name)
    return Money(value) if isinstance(value, int) else None


def _ppm(found: Mapping[str, object], name: str) -> str | None:
    value = found.get(name)
    return percent(value, _MILLION) if isinstance(value, int) else None
