"""The policy table's section of figures of match and timeliness, and of imported lists."""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import PUBLIC, form, holders, page

_BRINGERS = holders(Permission.LISTING_MANAGE, Permission.NEED_DISPATCH)

TIMELINESS = (
    page("timeliness.matching", PUBLIC),
    page("timeliness.matching_file", PUBLIC, kind="csv"),
    page("timeliness.needs", PUBLIC),
    page("timeliness.linked", PUBLIC),
    page("timeliness.linked_file", PUBLIC, kind="xlsx"),
    page("timeliness.deliveries", PUBLIC),
    form("listing_imports.upload", _BRINGERS),
    form("listing_imports.tried", _BRINGERS, digest="listing_import"),
    page("listing_imports.empty", _BRINGERS, kind="needs", file="csv"),
)
