"""Where one's roles lead, besides what waits: the whole book, a new project, one's organisation."""

from __future__ import annotations

from flask import url_for
from flask_babel import gettext as _

from charity.actor import Actor, Permission
from web.closings.pages import PARTS as CLOSING_PARTS
from web.refunds.blueprint import PARTS


def shortcuts(actor: Actor) -> list[tuple[str, str]]:
    """The label and address of each page that this person's roles open and no list leads to."""
    found: list[tuple[str, str]] = []
    if actor.holds_anywhere(Permission.NEED_DISPATCH):
        found.append((_("派单台"), url_for("dispatch.index")))
        found.append((_("统筹派单"), url_for("dispatch.plans")))
        found.append((_("受助人去世、迁走"), url_for("departures.index")))
    if actor.holds_anywhere(Permission.LISTING_MANAGE):
        found.append((_("我们的接单"), url_for("claims.index")))
        found.append((_("登记资源"), url_for("resources.new")))
    if actor.holds_anywhere(Permission.VENTURE_MANAGE):
        found.append((_("办创投"), url_for("ventures.desk")))
    if actor.holds_anywhere(Permission.VENTURE_APPLY):
        found.append((_("我们的申报"), url_for("ventures.mine")))
    if actor.holds_anywhere(Permission.AUDIT_PLAN):
        found.append((_("抽查计划"), url_for("audits.index")))
        found.append((_("没有动静的组织"), url_for("audits.dormant")))
    found += _of_audits(actor)
    if actor.holds_anywhere(Permission.BOOK_READ):
        found.append((_("看整本账"), url_for("ledger.entries")))
    keeps = actor.holds_anywhere(Permission.EXPENSE_PAY)
    if keeps or actor.holds_anywhere(Permission.ACCOUNTS_MANAGE):
        found.append((_("记账") if keeps else _("开立账簿"), url_for("books.index")))
    if actor.holds_anywhere(Permission.CONFLICT_REVIEW):
        found.append((_("利害关系审查"), url_for("related.reviews")))
    if actor.holds_anywhere(Permission.STATEMENT_IMPORT):
        found.append((_("银行与平台流水"), url_for("statements.index")))
    if actor.holds_anywhere(Permission.BANK_FILE):
        found.append((_("银行付款文件"), url_for("payments.index")))
    if actor.holds_anywhere(Permission.POOL_MANAGE):
        found.append((_("配捐池"), url_for("pools.desk")))
    if any(actor.holds_anywhere(part) for part in PARTS):
        found.append((_("退款与对账"), url_for("refunds.index")))
    if actor.holds_anywhere(Permission.CASH_COUNT):
        found.append((_("现金清点"), url_for("statements.cash")))
    if actor.holds_anywhere(Permission.GIVING_MANAGE):
        found.append((_("认捐"), url_for("pledges.desk")))
        found.append((_("物资与服务"), url_for("goods.desk")))
        found.append((_("捐赠票据"), url_for("receipts.index")))
        found.append((_("捐赠人名单"), url_for("receipts.campaigns")))
    if actor.holds_anywhere(Permission.REGISTRY_KEEP):
        found.append((_("登记簿"), url_for("forces.desk")))
    if actor.holds_anywhere(Permission.DISCLOSURE_PUBLISH):
        found.append((_("信息公开"), url_for("disclosures.desk")))
    if actor.holds_anywhere(Permission.NOTICE_PUBLISH):
        found.append((_("公示"), url_for("notices.desk")))
    if any(actor.holds_anywhere(part) for part in CLOSING_PARTS):
        found.append((_("结项"), url_for("closings.index")))
    mine = [
        organisation_id
        for organisation_id in sorted(actor.organisation_ids)
        if actor.holds(Permission.PROJECT_EDIT, organisation_id=organisation_id)
    ]
    if len(mine) == 1:
        here = url_for("registry.organisation", organisation_id=mine[0])
        found.append((_("本机构和全部项目"), here))
    if mine:
        found.append((_("发起一个项目"), url_for("project_life.templates")))
    return found


def _of_audits(actor: Actor) -> list[tuple[str, str]]:
    """The inspector's list, and the rooms of the organisation."""
    found: list[tuple[str, str]] = []
    if actor.holds_anywhere(Permission.AUDIT_INSPECT):
        found.append((_("我的检查"), url_for("fieldwork.index")))
    if actor.holds_anywhere(Permission.AUDIT_ANSWER):
        found.append((_("抽查与整改"), url_for("fieldwork.rooms")))
    return found
