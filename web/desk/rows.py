"""Rows of the desk: each waiting thing with its kind, its name, its place and its sum."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from flask import url_for
from flask_babel import gettext as _

from charity import clock
from charity.donations.models import Refund
from charity.registry.models import Organisation
from charity.spending.models import Delivery, Expense
from projects.listings.models import Project
from web.desk.inbox import Waiting
from web.desk.law_rows import law_row
from web.desk.shape import PATIENCE_DAYS, InboxRow, days_until, since_said, waited
from web.filters import day
from web.labels import label


def inbox_rows(waiting: Waiting, places: Mapping[str, str]) -> list[InboxRow]:
    """All rows, late ones first, then by days left; `places` names where work is looked at."""
    rows = [
        *(law_row(task) for task in waiting.law),
        *(_expense(found, _("付款"), "seal") for found in waiting.to_pay),
        *(_expense(found, _("审批"), "gold") for found in waiting.to_approve),
        *_money(waiting),
        *_pools(waiting),
        *_promises(waiting),
        *(_delivery(found, places) for found in waiting.to_accept),
        *_giving_back(waiting),
        *_projects(waiting.to_review, _("评审"), "jade"),
        *_organisations(waiting.to_verify, _("核验"), "jade", "registry.verify"),
        *(_expense(found, _("已退回"), "bad") for found in waiting.returned_expenses),
        *_projects(waiting.returned_projects, _("已退回"), "bad"),
        *_organisations(waiting.returned_organisations, _("已退回"), "bad", "registry.edit"),
    ]
    return sorted(rows, key=lambda row: row.urgency)


def _giving_back(waiting: Waiting) -> Iterator[InboxRow]:
    """What goes back, for who agrees and who pays; what gateways left is one heap."""
    for refund in waiting.to_agree:
        yield _refund(refund, _("审批退款"), "gold")
    for batch in waiting.batches_to_agree:
        yield InboxRow(
            kind_label=_("审批退款"),
            kind="gold",
            title=_("整批退款 %(number)s 笔", number=batch.gifts),
            url=url_for("refunds.batch", batch_id=batch.id),
            meta=batch.reason,
            amount=batch.total,
            due=since_said(batch.created_at),
            late=_is_late(batch.created_at),
            days_left=PATIENCE_DAYS - waited(batch.created_at),
        )
    for refund in waiting.to_give_back:
        yield _refund(refund, _("转账退款"), "seal")
    if waiting.alarms:
        yield InboxRow(
            kind_label=_("支付异常"),
            kind="bad",
            title=_("%(number)s 件收款的事要人来看", number=waiting.alarms),
            url=url_for("refunds.events"),
        )


def _refund(refund: Refund, kind_label: str, kind: str) -> InboxRow:
    return InboxRow(
        kind_label=kind_label,
        kind=kind,
        title=_("退款第 %(number)s 号", number=refund.id),
        url=url_for("refunds.detail", refund_id=refund.id),
        meta=f"{label(refund.cause)} · {label(refund.path)}",
        amount=refund.amount,
        due=since_said(refund.created_at),
        late=_is_late(refund.created_at),
        days_left=PATIENCE_DAYS - waited(refund.created_at),
    )


def draft_rows(drafts: Sequence[Project]) -> list[InboxRow]:
    """Projects begun and not sent yet."""
    return list(_projects(drafts, _("草稿"), ""))


def _expense(expense: Expense, kind_label: str, kind: str) -> InboxRow:
    return InboxRow(
        kind_label=kind_label,
        kind=kind,
        title=expense.title,
        url=url_for("spending.expense", expense_id=expense.id),
        meta=f"{expense.payee_name} · {expense.budget_line.name}",
        amount=expense.amount,
        due=since_said(expense.submitted_at),
        late=_is_late(expense.submitted_at),
        days_left=PATIENCE_DAYS - waited(expense.submitted_at),
    )


def _promises(waiting: Waiting) -> Iterator[InboxRow]:
    """Offers to answer, givers who ask to be released, time to confirm."""
    for offer in waiting.promises.offers:
        gift = offer.gift
        yield InboxRow(
            kind_label=_("物资"),
            kind="jade",
            title=_("、").join(item.name for item in gift.items),
            url=url_for("goods.manage", gift_id=gift.id),
            meta=offer.campaign.title,
            due=since_said(gift.created_at),
            late=_is_late(gift.created_at),
            days_left=PATIENCE_DAYS - waited(gift.created_at),
        )
    for pledge in waiting.promises.releases:
        asked = pledge.release_asked_at or pledge.created_at
        yield InboxRow(
            kind_label=_("认捐"),
            kind="gold",
            title=_("认捐人申请免除"),
            url=url_for("pledges.manage", pledge_id=pledge.id),
            due=since_said(asked),
            late=_is_late(asked),
            days_left=PATIENCE_DAYS - waited(asked),
        )
    for row in waiting.promises.hours:
        yield InboxRow(
            kind_label=_("时间"),
            kind="gold",
            title=row.note or _("确认认捐人做过的时间"),
            url=url_for("pledges.manage", pledge_id=row.pledge_id),
            due=since_said(row.created_at),
            late=_is_late(row.created_at),
            days_left=PATIENCE_DAYS - waited(row.created_at),
        )


def _money(waiting: Waiting) -> Iterator[InboxRow]:
    """What came and nobody has explained; boxes that wait for a second count."""
    if waiting.to_explain:
        yield InboxRow(
            kind_label=_("对账"),
            kind="seal",
            title=_("%(n)s 笔进账等你说明是什么钱", n=waiting.to_explain),
            url=url_for("statements.queue"),
        )
    if waiting.to_count:
        yield InboxRow(
            kind_label=_("清点"),
            kind="gold",
            title=_("%(n)s 次现金清点等第二个人", n=waiting.to_count),
            url=url_for("statements.cash"),
        )
    if waiting.to_issue:
        yield InboxRow(
            kind_label=_("票据"),
            kind="jade",
            title=_("%(n)s 位捐赠人等着捐赠票据", n=waiting.to_issue),
            url=url_for("receipts.index"),
            due=day(waiting.issue_by),
            late=waiting.issue_by is not None and waiting.issue_by < clock.today(),
            days_left=days_until(waiting.issue_by),
        )


def _pools(waiting: Waiting) -> Iterator[InboxRow]:
    """Questions about matches, which are not paid before somebody decides."""
    for pool, questions in waiting.pools:
        yield InboxRow(
            kind_label=_("配捐"),
            kind="gold",
            title=_("“%(name)s”有 %(n)s 个疑问等你判断", name=pool.name, n=questions),
            url=url_for("pools.manage", pool_id=pool.id),
        )


def _delivery(delivery: Delivery, places: Mapping[str, str]) -> InboxRow:
    deliverable = delivery.deliverable
    place = places.get(deliverable.budget.region_code, "")
    return InboxRow(
        kind_label=_("验收"),
        kind="jade",
        title=f"{deliverable.name} {delivery.units} {deliverable.unit}",
        url=url_for("spending.delivery", delivery_id=delivery.id),
        meta=" · ".join(part for part in (place, delivery.note) if part),
        due=since_said(delivery.claimed_at),
        late=_is_late(delivery.claimed_at),
        days_left=PATIENCE_DAYS - waited(delivery.claimed_at),
    )


def _projects(projects: Sequence[Project], kind_label: str, kind: str) -> Iterator[InboxRow]:
    for project in projects:
        yield InboxRow(
            kind_label=kind_label,
            kind=kind,
            title=project.title,
            url=url_for("listings.detail", project_id=project.id),
            meta=f"{label(project.category)} · {project.region.name}",
            amount=project.target,
            due=day(project.created_at),
        )


def _organisations(
    organisations: Sequence[Organisation], kind_label: str, kind: str, endpoint: str
) -> Iterator[InboxRow]:
    for organisation in organisations:
        yield InboxRow(
            kind_label=kind_label,
            kind=kind,
            title=organisation.name,
            url=url_for(endpoint, organisation_id=organisation.id),
            meta=f"{label(organisation.kind)} · {organisation.uscc or ''}",
            due=since_said(organisation.registered_at),
            late=_is_late(organisation.registered_at),
            days_left=PATIENCE_DAYS - waited(organisation.registered_at),
        )


def _is_late(since: datetime) -> bool:
    return waited(since) >= PATIENCE_DAYS
