"""The blueprint of the five parties; `views` registers its routes."""

from __future__ import annotations

from flask import Blueprint

bp = Blueprint("forces", __name__)
