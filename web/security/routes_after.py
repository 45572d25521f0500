"""The part of the policy table about what follows a gift: certificates, receipts, givers' data."""

# A sample is a name of the tests' world, `token` a route's argument: no secret stands here.
# ruff: noqa: S106

from __future__ import annotations

from charity.actor import Permission
from web.security.access import (
    PUBLIC,
    SIGNED_IN,
    Answer,
    Row,
    act,
    form,
    holders,
    only,
    page,
)

#: After the gift: whoever holds the private link, whoever holds a certificate's code.
_GIVERS = (
    form("certificates.certificate", PUBLIC, token="donation"),
    page("certificates.certificate", PUBLIC, token="unpaid_donation"),
    page("certificates.picture", PUBLIC, token="donation"),
    page("certificates.pdf", PUBLIC, token="donation"),
    page("certificates.check", PUBLIC),
    page("certificates.verify", PUBLIC, code="certificate_code"),
    act("givers.wishes", PUBLIC, token="donation"),
    form("givers.receipt", PUBLIC, token="donation"),
    act("givers.waive", PUBLIC, token="donation"),
    page("givers.data", PUBLIC, token="donation"),
    form("givers.forget", PUBLIC, token="donation"),
    act("givers.send_link", PUBLIC, token="donation"),
    # A statement opens to whoever was sent its signed link; this one nobody signed.
    page("givers.by_link", only(otherwise=Answer.ABSENT), signed="forged"),
    page("givers.file_by_link", only(otherwise=Answer.ABSENT), signed="forged", kind="csv"),
    page("givers.statement", SIGNED_IN),
    page("givers.statement_file", SIGNED_IN, kind="xlsx"),
    page("givers.all_data", SIGNED_IN),
    form("givers.forget_all", SIGNED_IN),
)

#: Receipts and givers' lists are for those who manage giving; each sees their own campaigns.
_GIVING = holders(Permission.GIVING_MANAGE)

_RECEIPTS = (
    page("receipts.index", _GIVING),
    page("receipts.owed", _GIVING, kind="csv"),
    form(
        "receipts.record",
        holders(Permission.GIVING_MANAGE, staff=Answer.REFUSED, other_staff=Answer.REFUSED),
        donation_id="donation_id",
    ),
    act(
        "receipts.waived",
        holders(Permission.GIVING_MANAGE, staff=Answer.REFUSED, other_staff=Answer.REFUSED),
        donation_id="donation_id",
    ),
    form("receipts.upload", _GIVING),
    page("receipts.campaigns", _GIVING),
    page(
        "receipts.givers",
        holders(Permission.GIVING_MANAGE, other_staff=Answer.ABSENT),
        campaign_id="campaign",
    ),
)

AFTER: tuple[tuple[Row, ...], ...] = (*_GIVERS, *_RECEIPTS)
