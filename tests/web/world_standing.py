"""What authorities said of an organisation of the tests' world, and a paper that was looked at."""

from __future__ import annotations

from datetime import timedelta

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.evidence import reencode
from charity.files import FileStore
from charity.registry import services
from charity.registry.models import CreditList, InspectionResult, VerifiedThing
from tests.factories import make_actor
from tests.fixtures.pictures import good_jpeg


def make_standing(session: Session, organisation_id: int, files: FileStore) -> dict[str, int | str]:
    """An inspection, a rating, an entry that is over, and a verification with its paper."""
    staff: Actor = make_actor(session, Grant(Role.VERIFIER, region_code="420704"))
    today = clock.today()
    services.record_inspection(
        session, staff, organisation_id=organisation_id, year=today.year - 1,
        result=InspectionResult.PASS, decided_on=today, source_url="https://mzj.example/nj",
    )  # fmt: skip
    services.record_rating(
        session, staff, organisation_id=organisation_id, grade=4, rated_on=today,
        authority="鄂州市民政局",
    )  # fmt: skip
    entry = services.enter_list(
        session, staff, organisation_id=organisation_id, which=CreditList.ABNORMAL,
        listed_on=today - timedelta(days=40), reason="未按时报年报",
    )  # fmt: skip
    services.leave_list(session, staff, entry_id=entry.id, removed_on=today - timedelta(days=10))
    seen = services.record_verification(
        session, staff, organisation_id=organisation_id, thing=VerifiedThing.REGISTRATION,
        note="看过登记证书原件", paper=good_jpeg(), files=files, redraw=reencode,
    )  # fmt: skip
    return {"list_entry": entry.id, "verification": seen.id}
