"""Complaints that wait for an answer: a part of the desk's one question (see `law`)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from flask import url_for
from flask_babel import gettext as _
from sqlalchemy import Select, or_

from charity.actor import Actor
from charity.disclosure.complaint_policy import may_read_complaints
from charity.disclosure.models import Complaint, ComplaintState
from web.desk.parts import LawTask, row

PART = "complaint"


def complaints(actor: Actor) -> Iterator[Select[Any]]:
    """Those about other organisations than one's own."""
    if actor.is_system or not may_read_complaints(actor):
        return
    others = or_(
        Complaint.organisation_id.is_(None),
        Complaint.organisation_id.not_in(actor.organisation_ids),
    )
    yield (
        row(PART, Complaint.state, Complaint.id, Complaint.words, Complaint.subject, None, None)
        .select_from(Complaint)
        .where(Complaint.state == ComplaintState.OPEN, others)
    )


def complaint_shape(task: LawTask) -> tuple[str, str, str, str]:
    """Label, colour, title and way of one complaint on the desk."""
    words = " ".join(task.title.split())[:40]
    url = url_for("complaints.answer", complaint_id=task.id)
    return _("投诉"), "seal", str(_("答复投诉：%(words)s", words=words)), url
