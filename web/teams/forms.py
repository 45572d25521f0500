"""What a team says of itself."""

from __future__ import annotations

import uuid
from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import HiddenField, SelectField, StringField

from charity.donations.models import GivingTeam, TeamKind
from charity.donations.reasons import DonationsReason
from charity.donations.services.teams import LENGTHS
from charity.errors import DomainError
from web.forms import BaseForm, LengthBetween, MoneyField, Optional, Required, attach
from web.labels import choices


class TeamForm(BaseForm):
    """Name, captain, words and target; money is none of a team's business."""

    client_id = HiddenField()
    kind = SelectField(_l("什么样的队"), choices=[], coerce=TeamKind)
    name = StringField(_l("队名"), [Required(), LengthBetween(1, LENGTHS["name"])])
    captain_name = StringField(_l("队长"), [Required(), LengthBetween(1, LENGTHS["captain_name"])])
    captain_contact = StringField(
        _l("队长的手机号或邮箱"), [Optional(), LengthBetween(0, LENGTHS["captain_contact"])]
    )
    message = StringField(_l("想对大家说的话"), [LengthBetween(0, LENGTHS["message"])])
    target = MoneyField(_l("大家一起捐到多少（元）"), [Optional()])

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.kind.choices = choices(TeamKind)
        if not self.is_submitted():
            self.client_id.data = str(uuid.uuid4())

    @classmethod
    def of_team(cls, team: GivingTeam) -> TeamForm:
        """The form filled with what the team says now."""
        return cls(obj=team)

    def words(self) -> dict[str, Any]:
        """What may change later, as the services take it."""
        return {
            "name": self["name"].data or "",
            "captain_name": self.captain_name.data or "",
            "captain_contact": self.captain_contact.data or "",
            "message": self.message.data or "",
            "target": self.target.data,
        }

    def refuse(self, error: DomainError) -> None:
        """Put a refusal beside its field; a form whose id is taken gets a fresh one."""
        attach(self, error)
        if error.reason in {DonationsReason.SAME_ID_OTHER_GIFT, DonationsReason.CLIENT_ID}:
            self.client_id.data = str(uuid.uuid4())
