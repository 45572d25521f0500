"""What a complaint is about, in words and with the way there."""

from __future__ import annotations

from dataclasses import dataclass

from flask import url_for
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import CommonReason, NotFound
from charity.registry import queries as registry
from projects.listings import policy as listings_policy
from projects.listings import queries as listings


@dataclass(frozen=True, slots=True)
class About:
    """A place or a project; `organisation_id` is who is complained of."""

    subject: str
    name: str
    url: str
    organisation_id: int | None


def about(session: Session, actor: Actor, subject: str) -> About:
    """What `region:CODE` or `project:ID` means; raises `NotFound` for anything else."""
    kind, _, key = subject.partition(":")
    if kind == "region" and key.isascii() and key.isdecimal():
        place = registry.region(session, key)
        return About(
            f"region:{place.code}", place.name, url_for("registry.region", code=place.code), None
        )
    if kind == "project" and key.isascii() and key.isdecimal() and len(key) < 13:
        project = listings.project(session, int(key))
        require(listings_policy.may_see(actor, project))
        return About(
            f"project:{project.id}",
            project.title,
            url_for("listings.detail", project_id=project.id),
            project.organisation_id,
        )
    raise NotFound(CommonReason.NOT_FOUND)
