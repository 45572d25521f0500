"""Loading the table of places."""

from __future__ import annotations

from collections.abc import Iterable

from sqlalchemy import insert, select, update
from sqlalchemy.orm import Session

from charity.actor import Actor, require
from charity.errors import Invalid
from charity.registry import policy, regions
from charity.registry.models import Region
from charity.registry.reasons import RegistryReason

_BATCH = 2000


def load_regions(session: Session, actor: Actor, *, rows: Iterable[tuple[str, str]]) -> int:
    """Add the places of `(code, name)` rows in any order; answers how many were new.

    Loading again changes nothing but names: a place keeps its code when it is renamed (令79).
    Raises `Invalid` for a text that is no code (REGION_CODE) and for a place whose container is
    neither there nor among the rows (REGION_UNKNOWN).
    """
    require(policy.may_load_regions(actor))
    known = {code: name for code, name in session.execute(select(Region.code, Region.name))}
    wanted = {_code(code): name.strip() for code, name in rows}
    new = sorted((code for code in wanted if code not in known), key=lambda c: (len(c), c))
    values = []
    for code in new:
        parent = regions.parent(code)
        if parent is not None and parent not in known and parent not in wanted:
            raise Invalid(RegistryReason.REGION_UNKNOWN, field="rows", code=parent)
        values.append(
            {
                "code": code,
                "name": wanted[code],
                "level": regions.level(code),
                "parent_code": parent,
                "managed_by_code": None,
            }
        )
    for start in range(0, len(values), _BATCH):
        session.execute(insert(Region), values[start : start + _BATCH])
    renamed = [
        {"code": code, "name": name}
        for code, name in wanted.items()
        if code in known and known[code] != name
    ]
    if renamed:
        session.execute(update(Region), renamed)
    return len(new)


def _code(text: str) -> str:
    try:
        return regions.normalise(text)
    except ValueError as error:
        raise Invalid(RegistryReason.REGION_CODE, field="rows", code=text) from error
