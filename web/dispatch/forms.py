"""What is asked of a dispatcher: the place of a plan."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

from web.forms import BaseForm, RegionField, Required


class PlanForm(BaseForm):
    """For which place a plan is made."""

    region_code = RegionField(_l("给哪里排"), [Required()], least=4)
