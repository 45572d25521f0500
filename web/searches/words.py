"""A question in a few words, as it is named on one's page and in a letter."""

from __future__ import annotations

from flask_babel import gettext as _

from web.home.asked import Asked
from web.home.words import categories, kind_name, states


def said(asked: Asked) -> str:
    """Words, kind, category and the rest of a question, one after another."""
    known = {"": ""}
    known |= {each.value: each.text for each in categories(asked, None)}
    known |= {each.value: each.text for each in states(asked, {asked.status: 0})}
    parts = [
        asked.text,
        kind_name(asked.kind) if asked.kind else "",
        known.get(asked.category, ""),
        known.get(asked.status, ""),
        str(_("还需要帮忙")) if asked.wants else "",
        str(_("有地点")) if asked.place else "",
        str(_("有金额")) if asked.least is not None or asked.most is not None else "",
        str(_("有日期")) if asked.since or asked.until else "",
    ]
    return " · ".join(part for part in parts if part)
