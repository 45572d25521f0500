"""The policy table's section of followed searches (see `routes`)."""

from __future__ import annotations

from web.security.access import SIGNED_IN, Answer, Audience, Who, act, page

#: A search is its follower's alone; the walk asks for one that is nobody's.
_NOBODYS = Audience(signed_in=True, but={who: Answer.ABSENT for who in Who if who != Who.GUEST})

SEARCHES = (
    page("searches.index", SIGNED_IN),
    act("searches.follow", SIGNED_IN),
    act("searches.look", _NOBODYS, search_id="999999"),
    act("searches.end", _NOBODYS, search_id="999999"),
)
