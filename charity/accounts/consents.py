"""Whose consent for what, in which words: subjects, and the version of each text now in use.

A purpose that changes gets a new version, and with it a new consent (PII-01).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

from charity.accounts.models import ConsentPurpose

#: The version of the words shown for each purpose; the words themselves stand in `web/labels/`.
TEXT_VERSIONS: Mapping[ConsentPurpose, str] = MappingProxyType(
    {purpose: f"{purpose.value}-2026-11" for purpose in ConsentPurpose}
)
#: `user:5`, `person:3`, `pairing:7`, `report_picture:9` for those on a published picture, and
#: `payee:` with the keyed hash of an identity in hex.
SUBJECT = re.compile(
    r"((user|person|pairing|report_picture):[1-9]\d{0,17}|payee:([0-9a-f]{2}){4,50})", re.ASCII
)


def of_picture(picture_id: int) -> str:
    """The subject of whoever can be known on a picture of a report."""
    return f"report_picture:{picture_id}"


def of_payee(identity_hash: bytes) -> str:
    """The subject of a natural person who is paid, known by a keyed hash alone."""
    return f"payee:{identity_hash.hex()}"
