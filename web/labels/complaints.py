"""The words of complaints and consents."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

COMPLAINT_SENTENCES: dict[str, object] = {
    "complaints.about_nothing": _l("没有找到要投诉的事。"),
    "complaints.too_many": _l("这件事一小时里已经收到 %(limit)s 条投诉，请过一会儿再写。"),
    "complaints.answered_already": _l("这件投诉已经答复过了。"),
    "complaints.own_organisation": _l("这件投诉说的是你所在的组织，要由别人答复。"),
}
