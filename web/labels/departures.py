"""The words of people who died or moved away, as their community notes it."""

from __future__ import annotations

from flask_babel import lazy_gettext as _l

DEPARTURE_LABELS: dict[str, object] = {
    "DepartureKind.DIED": _l("去世了"),
    "DepartureKind.MOVED_AWAY": _l("迁走了"),
    "DepartureKind.CAME_BACK": _l("又迁回来了"),
    "DepartureKind.MISTAKEN": _l("上一条记错了"),
}

DEPARTURE_SENTENCES: dict[str, object] = {
    "departures.already_noted": _l("这个人在这里已经记过了，请在原来的记录后面接着记。"),
    "departures.followed": _l("别人刚刚接着记了一条，请刷新再看。"),
    "departures.not_away": _l("先记了迁走，才能记迁回来。"),
    "departures.nothing_left": _l("上一条已经撤掉了，不用再撤一次。"),
    "departures.before_leaving": _l("迁回来的日子要在迁走以后。"),
}
