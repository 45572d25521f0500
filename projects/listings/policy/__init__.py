"""Who may do what on the three lists."""

from __future__ import annotations

from projects.listings.policy.projects import may_edit, may_post, may_review, may_see

__all__ = [
    "may_edit",
    "may_post",
    "may_review",
    "may_see",
]
