"""The blueprint of audits before everybody, shared by its parts."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("audits", __name__)
