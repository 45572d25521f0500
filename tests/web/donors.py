"""What a donor does in a browser, in few words."""

from __future__ import annotations

import html
import re
import uuid
from dataclasses import replace
from typing import Any

from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from charity.donations.gateway import PaymentGateway
from charity.donations.models import Donation, GatewayEvent, Payment
from projects.listings.models import Project
from tests.projects.listings.village import Village, make_village
from tests.support.site import SiteClient
from web import ports
from web.config import DEMO_OPERATOR


def settle_village(session: Session) -> Village:
    """A village whose operator runs the site."""
    village = make_village(session)
    village.operator.uscc = DEMO_OPERATOR
    village.operator.certificate_number = "A4207-0012"
    session.commit()
    return village


def published(village: Village, **changed: Any) -> Project:
    """A project that takes gifts, for the site to see."""
    project = village.published(**changed)
    village.session.commit()
    return project


def use_gateway(app: Flask, gateway: PaymentGateway) -> None:
    """Let new gifts go through this gateway."""
    found: ports.Ports = app.extensions["wushe.ports"]
    gateways = {gateway.name: gateway, **found.gateways}
    ports.init_app(app, replace(found, gateways=gateways))


def only_lists(app: Flask) -> None:
    """Let the operator take no money: mode `listing`."""
    found: ports.Ports = app.extensions["wushe.ports"]
    listing = replace(found.settings, operator_mode="listing")
    ports.init_app(app, replace(found, settings=listing))


def typed(**changed: str) -> dict[str, str]:
    """The form of giving as a guest sends it; an empty text leaves a part out."""
    said = {"client_id": str(uuid.uuid4()), "amount": "200", "giver_kind": "individual"}
    return {key: value for key, value in {**said, **changed}.items() if value}


def give(client: SiteClient, project: Project, **changed: str) -> TestResponse:
    """Send the form."""
    return client.submit(f"/projects/{project.id}/donate", typed(**changed))


def gifts(session: Session) -> list[Donation]:
    """Every gift, as it stands now."""
    session.expire_all()
    return list(session.scalars(select(Donation).order_by(Donation.id)))


def attempts(session: Session) -> list[Payment]:
    """Every attempt to pay, as it stands now."""
    session.expire_all()
    return list(session.scalars(select(Payment).order_by(Payment.id)))


def messages(session: Session) -> list[GatewayEvent]:
    """Every message that was stored, as it stands now."""
    session.expire_all()
    return list(session.scalars(select(GatewayEvent).order_by(GatewayEvent.id)))


def text_of(response: TestResponse) -> str:
    """What a page says, without its tags."""
    bare = re.sub(r"<[^>]+>", " ", response.text)
    return re.sub(r"\s+", " ", html.unescape(bare))


def value_of(response: TestResponse, name: str) -> str:
    """What stands in a field of a form."""
    tag = re.search(rf'<input[^>]*name="{name}"[^>]*>', response.text)
    assert tag is not None, name
    value: Any = re.search(r'value="([^"]*)"', tag[0])
    return html.unescape(value[1]) if value else ""
