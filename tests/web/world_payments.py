"""Samples of payments: an advance paid with its proof and a voucher, and a file for the bank."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy.orm import Session

from charity import clock
from charity.approvals import services as approvals
from charity.approvals.models import RequirementKind
from charity.files import LocalFileStore
from charity.money import Money
from charity.spending import services as spending
from charity.spending.models import Expense, PaymentKind
from projects.listings.models import Project
from tests.fixtures.pictures import good_jpeg
from tests.projects.listings.village import SYSTEM, Village


def make_payments(
    session: Session, village: Village, project: Project, folder: Path
) -> dict[str, int | str]:
    """Pay an advance and bring a voucher and a photograph for it; write one file."""
    files = LocalFileStore(folder)
    advance = _agreed(session, village, project, files, "预付材料款", PaymentKind.ADVANCE)
    spending.pay_expense(
        session,
        village.treasurer,
        expense_id=advance.id,
        paid_on=clock.today(),
        bank_reference="BANK-ADVANCE",
        proof=good_jpeg(80, 60, mark="proof"),
        files=files,
    )
    voucher = spending.add_advance_voucher(
        session,
        village.editor,
        expense_id=advance.id,
        title="防滑垫",
        amount=Money.yuan(15),
        seller_name="洪港五金店",
        voucher_number="FP-ADV-1",
        spent_on=clock.today(),
        paper=good_jpeg(80, 60, mark="voucher"),
        files=files,
    )
    shown = {"subject": advance.subject, "kind": RequirementKind.EVIDENCE}
    approvals.require_that(session, SYSTEM, **shown, rule_id="VIL-03", before=False)  # type: ignore[arg-type]
    approvals.meet_requirement(
        session,
        SYSTEM,
        **shown,  # type: ignore[arg-type]
        note="",
        papers=[
            approvals.KeptPaper(files.put(good_jpeg(side, 60)), "image/jpeg") for side in (80, 90)
        ],
    )
    filed = _agreed(session, village, project, files, "文件里的一笔", PaymentKind.DIRECT)
    batch = spending.make_bank_file(
        session,
        village.treasurer,
        charity_id=village.operator.id,
        expense_ids=[filed.id],
        file_format="csv",
        write=lambda lines: repr(lines).encode(),
        files=files,
    )
    return {
        "paid_advance": advance.id,
        "advance_voucher": voucher.id,
        "bank_file": batch.id,
        "filed_expense": filed.id,
    }


def _agreed(
    session: Session,
    village: Village,
    project: Project,
    files: LocalFileStore,
    title: str,
    kind: PaymentKind,
) -> Expense:
    expense = spending.submit_expense(
        session,
        village.editor,
        budget_line_id=project.budget.lines[0].id,
        deliverable_id=None,
        units=None,
        title=title,
        amount=Money.yuan(20),
        payee_name="洪港建材店",
        payee_account="6222020200007654321",
        voucher_number=f"FP-{title}",
        spent_on=clock.today(),
        pictures=[good_jpeg(80, 60, mark="receipt")],
        files=files,
        payment_kind=kind,
    )
    for approver in village.approvers:
        spending.approve_expense(session, approver, expense_id=expense.id)
    return expense
