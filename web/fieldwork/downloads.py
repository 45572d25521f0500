"""Files of an inspection: the whole of it as one archive, and its report as a Word file."""

from __future__ import annotations

from urllib.parse import quote

from flask import Response
from flask_babel import gettext as _

from charity import clock
from web.archives import stream
from web.db import get_session
from web.fieldwork import archive as archives
from web.fieldwork import dossier
from web.fieldwork.blueprint import bp
from web.fieldwork.frame import workspace
from web.ports import ports
from web.security.sessions import current_actor
from web.word_files import DOCX_TYPE


@bp.get("/audits/inspections/<int:inspection_id>/file.zip")
def archive(inspection_id: int) -> Response:
    """The whole file, sent while it is packed; it proves itself (SHA256SUMS, verify.py)."""
    session = get_session()
    inspection = workspace(session, current_actor(), inspection_id)
    whole = dossier.dossier_of(session, inspection)
    # everything is said before the first byte goes; only papers are read on the way
    members = list(archives.members(whole, ports().files))
    return _file(stream(members, at=clock.now()), "application/zip", f"{whole.title}.zip")


@bp.get("/audits/inspections/<int:inspection_id>/report.docx")
def report(inspection_id: int) -> Response:
    """检查报告, to be signed."""
    session = get_session()
    inspection = workspace(session, current_actor(), inspection_id)
    name = _("%(name)s检查报告", name=inspection.organisation.name)
    return _file(dossier.report_of(session, inspection), DOCX_TYPE, f"{name}.docx")


def _file(content: object, media_type: str, name: str) -> Response:
    response = Response(content, mimetype=media_type)  # type: ignore[arg-type]  # bytes or pieces
    ending = name.rpartition(".")[2]
    response.headers["Content-Disposition"] = (
        f"attachment; filename=\"inspection.{ending}\"; filename*=UTF-8''{quote(name)}"
    )
    response.headers["Cache-Control"] = "private, no-store"
    return response
