"""The policy table's section of what is published and what is owed (see `routes`)."""

from __future__ import annotations

from charity.actor import Permission
from web.security.access import PUBLIC, Answer, act, form, holders, page

_PUBLISHERS = holders(Permission.DISCLOSURE_PUBLISH)
#: The samples are of the charity that raises the money.
_OWN = holders(Permission.DISCLOSURE_PUBLISH, staff=Answer.REFUSED, other_staff=Answer.REFUSED)

DISCLOSURE = (
    page("disclosures.index", PUBLIC),
    page("disclosures.entry", PUBLIC, entry_id="disclosure_entry"),
    page("disclosures.file", PUBLIC, entry_id="disclosure_entry"),
    page("disclosures.desk", _PUBLISHERS),
    form("disclosures.publish", _OWN, duty_id="disclosure_duty"),
    form("disclosures.correct", _OWN, entry_id="disclosure_entry"),
    page("ratios.report", PUBLIC, organisation_id="operator"),
    act("ratios.compute", _OWN, organisation_id="operator"),
    act("ratios.agree", _OWN, organisation_id="operator"),
    act("ratios.key", _OWN, organisation_id="operator"),
)
