"""Who gives: what a giver says of themselves, the same for money, goods, hours and promises.

Nobody has to say anything: a gift may stay without a name (PII-10).
"""

from __future__ import annotations

import enum
from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, declared_attr, mapped_column


class GiverKind(enum.StrEnum):
    """Who gives, for the funding mix."""

    INDIVIDUAL = "individual"
    ENTERPRISE = "enterprise"
    UNIT = "unit"


class GivenBy:
    """The columns of a giver; all but the kind can be forgotten, and the amounts stay.

    Two switches, both changeable later by the giver: whether the name may stand in public
    (CHA-153), and whether the organisation that does the work may read name and contact.
    """

    giver_kind: Mapped[GiverKind]
    giver_name: Mapped[str] = mapped_column(default="")
    #: 公开署名: whether the name may stand on public pages.
    name_is_public: Mapped[bool] = mapped_column(default=False)
    #: 对机构可见: whether the organisation that does the work may read the name and the contact.
    is_shown_to_organisation: Mapped[bool] = mapped_column(default=False)
    contact: Mapped[str] = mapped_column(default="")
    #: What tells one giver from another without saying who: a keyed hash of contact or account, in
    #: hex; None for a guest who left nothing. Rules per giver and day count by it.
    giver_key: Mapped[str | None] = mapped_column(String(64), index=True)
    #: When the giver had the personal data deleted.
    forgotten_at: Mapped[datetime | None]

    @declared_attr
    @classmethod
    def person_id(cls) -> Mapped[int | None]:
        """The person behind the account the giver was signed in with."""
        return mapped_column(ForeignKey("person.id"), index=True)

    @property
    def public_name(self) -> str | None:
        """The name for public pages; None where the giver did not agree to be named."""
        return self.giver_name if self.name_is_public and self.giver_name else None
