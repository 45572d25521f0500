"""How addresses are read: ids the database can hold, and no way off the site by a borrowed name.

A robot asks for every address there could be; each of them gets a calm answer.
"""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import urlencode, urlsplit

from flask import Flask, Response, request, url_for
from werkzeug.routing import IntegerConverter


class IdConverter(IntegerConverter):
    """An id in plain figures, no longer than an id can be; anything else is no address of ours."""

    # 18 figures fit into a 64-bit column of either database
    regex = r"[0-9]{1,18}"


def read_id(text: str | None) -> int | None:
    """The id in a query, None for anything that can be none."""
    return int(text) if text and re.fullmatch(IdConverter.regex, text) else None


def init_app(app: Flask) -> None:
    """Read ids so from here on; call it before the routes are registered."""
    app.url_map.converters["int"] = IdConverter
    app.after_request(_stay_here)


def this_page(**changes: str) -> str:
    """The address of the page being shown, with some parameters of its query changed.

    What a visitor wrote into the query stays in the query: `url_for` would take `_scheme`,
    `_anchor` or `endpoint` for words meant for itself.
    """
    query: dict[str, Any] = {**request.args.to_dict(flat=False), **changes}
    path = url_for(request.endpoint or "home.index", **(request.view_args or {}))
    return f"{path}?{urlencode(query, doseq=True)}" if query else path


def _stay_here(response: Response) -> Response:
    """Send on to the tidy form of an address by its path alone.

    Werkzeug writes the host as the request named it, and anybody may name any.
    """
    if response.status_code == 308 and response.location:
        there = urlsplit(response.location)
        path = "/" + there.path.lstrip("/")
        response.location = f"{path}?{there.query}" if there.query else path
    return response
