"""Forms of a death or a move; the number of a document is read, hashed and not kept."""

from __future__ import annotations

from typing import Any

from flask_babel import lazy_gettext as _l
from wtforms import RadioField, StringField, TextAreaField

from charity.registry.models import DepartureKind
from web.forms import BaseForm, DateField, LengthBetween, RegionField, Required
from web.labels import label

_FIRST = (DepartureKind.DIED, DepartureKind.MOVED_AWAY)


class DepartureForm(BaseForm):
    """What became of a person whom the page knows."""

    kind = RadioField(_l("怎么了"), [Required()], choices=[], coerce=DepartureKind)
    happened_on = DateField(_l("哪一天"), [Required()])
    source = TextAreaField(_l("怎么知道的"), [Required(), LengthBetween(2, 500)])

    def __init__(self, kinds: tuple[DepartureKind, ...] = _FIRST, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind.choices = [(kind.value, label(kind)) for kind in kinds]

    def said(self) -> dict[str, Any]:
        """What was typed, as the services take it."""
        names = ("kind", "happened_on", "source")
        return {name: self[name].data for name in names}


class StrangerForm(DepartureForm):
    """The same for somebody whom no list names yet: who they are, and where they lived."""

    name = StringField(_l("姓名"), [Required(), LengthBetween(2, 60)])
    identity = StringField(_l("身份证号"), [Required(), LengthBetween(5, 32)])
    region_code = RegionField(_l("住在哪里"), [Required()], least=6)


def may_follow(last: DepartureKind) -> tuple[DepartureKind, ...]:
    """What may be said after a row: another day, a return, a mistake."""
    more = {
        DepartureKind.DIED: (DepartureKind.MISTAKEN,),
        DepartureKind.MOVED_AWAY: (DepartureKind.CAME_BACK, DepartureKind.MISTAKEN),
        DepartureKind.CAME_BACK: (DepartureKind.MISTAKEN,),
        DepartureKind.MISTAKEN: (),
    }
    return (*more[last], *_FIRST)
