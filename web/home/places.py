"""The places the search page offers: from the chosen one upwards, and those directly below."""

from __future__ import annotations

from collections.abc import Mapping

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from charity.registry import regions
from charity.registry.models import Region
from web.home.words import Choice


def places(session: Session, chosen: str, home: str, counts: Mapping[str, int]) -> list[Choice]:
    """One question for the path, what is below it, and its neighbours where nothing is.

    Without a choice the list begins at `home`, the operator's own place.
    """
    here = chosen or home
    if not here:
        return []
    chain = regions.chain(here)
    near = Region.parent_code.in_([here, *chain[-2:-1]])
    query = select(Region.code, Region.name, Region.parent_code)
    rows = session.execute(query.where(or_(Region.code.in_(chain), near)).order_by(Region.code))
    found = {code: (name, parent) for code, name, parent in rows}
    path = [code for code in chain if code in found]
    if not path or path[-1] != here:
        return []
    below = [code for code, (_, parent) in found.items() if parent == here]
    if chosen and not below and len(path) > 1:
        path = path[:-1]
        below = [code for code, (_, parent) in found.items() if parent == path[-1]]
    above = path[path.index(home) if home in path else 0 :]
    return [
        *(
            Choice(code, "\u3000" * depth + found[code][0], count=counts.get(code))
            for depth, code in enumerate(above)
        ),
        *(
            Choice(code, "\u3000" * len(above) + found[code][0], count=counts.get(code))
            for code in below
        ),
    ]
