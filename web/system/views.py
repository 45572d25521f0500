"""For the machine that watches us: alive (no database asked) and ready (everything asked)."""

from __future__ import annotations

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from web.readiness import findings

bp = Blueprint("system", __name__)


@bp.get("/healthz")
def healthz() -> ResponseReturnValue:
    """The process answers."""
    return "ok\n", 200, {"Content-Type": "text/plain; charset=utf-8"}


@bp.get("/readyz")
def readyz() -> ResponseReturnValue:
    """Each finding by name; 503 as soon as one of them keeps the site from working."""
    found = findings()
    body = {finding.name: finding.sentence or "ok" for finding in found}
    return jsonify(body), 503 if any(finding.is_fatal for finding in found) else 200
