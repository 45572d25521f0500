"""A station, a team, a federation, an incubation, a trust and a list, for tests of every page."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from sqlalchemy.orm import Session

from charity.actor import Actor, Grant, Role
from charity.files import LocalFileStore
from charity.money import Money
from charity.registry import services
from charity.registry.models import IncubationTier, OrganisationKind, StationTier
from tests.factories import make_actor, make_organisation

DAY = date(2026, 1, 5)


def make_forces(session: Session, folder: Path, partner_id: int, code: str) -> dict[str, int | str]:
    """Things by the names of the policy table's samples."""
    keeper: Actor = make_actor(session, Grant(Role.VERIFIER))
    station = services.open_station(
        session, keeper, name="凤凰街道社工指导中心", tier=StationTier.CENTRE, region_code=code[:9],
        parent_id=None, operator_id=None, workers=3, opened_on=DAY,
    )  # fmt: skip
    team = services.form_team(
        session, keeper, name="凤凰志愿服务总队", region_code=code[:9], organisation_id=partner_id,
        leader_name="王芳", formed_on=DAY,
    )  # fmt: skip
    federation = make_organisation(
        session, name="社会工作联合会", kind=OrganisationKind.ASSOCIATION
    )
    services.join_federation(
        session, keeper, federation_id=federation.id, member_id=partner_id, joined_on=DAY
    )
    incubation = services.apply_for_incubation(
        session, keeper, organisation_id=partner_id, tier=IncubationTier.ROOM, site="洪港孵化室",
        applied_on=DAY,
    )  # fmt: skip
    company = make_organisation(session, name="江城信托公司", kind=OrganisationKind.ENTERPRISE)
    trust = services.record_trust(
        session, keeper, name="滨湖助老慈善信托", trustee_id=company.id, settlor_name="李明",
        purpose="资助独居老人", amount=Money.yuan(50_000), region_code="420704", signed_on=DAY,
        secret=b"sixteen bytes and more",
    )  # fmt: skip
    listed = "名称,登记/备案\n象棋队,备案\n".encode()
    return {
        "station": station.id,
        "volunteer_team": team.id,
        "federation": federation.id,
        "incubation": incubation.id,
        "trust": trust.id,
        "register_list": LocalFileStore(folder).put(listed).hex(),
    }
