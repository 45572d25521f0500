"""Verbs of the three lists."""

from __future__ import annotations

from projects.listings.services.projects import (
    REASONS_MAXIMUM,
    draft_project,
    edit_project,
    judge_project,
    publish_project,
    return_project,
    submit_project,
)

__all__ = [
    "REASONS_MAXIMUM",
    "draft_project",
    "edit_project",
    "judge_project",
    "publish_project",
    "return_project",
    "submit_project",
]
