"""Refusals as pages: the one place where a `DomainError` meets a status code.

Every failure ends on one calm page that says what happened and the number of the request; a stack
trace is only ever written to the log.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, g, render_template
from flask.typing import ResponseReturnValue
from flask_babel import lazy_gettext as _l
from flask_wtf.csrf import CSRFError
from gunicorn.http.errors import NoMoreData, ParseException
from sqlalchemy.exc import OperationalError, TimeoutError
from werkzeug.exceptions import BadHost, HTTPException

from charity.errors import (
    Conflict,
    Denied,
    DomainError,
    Insufficient,
    Invalid,
    InvalidState,
    NotFound,
)
from web.labels import sentence

log = logging.getLogger("wushe.errors")

STATUS: dict[type[DomainError], int] = {
    NotFound: 404,
    Denied: 403,
    Conflict: 409,
    InvalidState: 409,
    Invalid: 422,
    Insufficient: 422,
}

_TITLES = {
    400: _l("这个请求不完整"),
    403: _l("这里你不能进"),
    404: _l("没有这一页"),
    405: _l("这一页不能这样打开"),
    409: _l("情况已经变了"),
    413: _l("文件太大"),
    422: _l("这个内容不能接受"),
    429: _l("太频繁了"),
    500: _l("我们这边出了错"),
    503: _l("暂时忙不过来"),
}

_SENTENCES = {
    400: _l("请返回上一页，刷新后再试一次。"),
    403: _l("你的角色看不到这一页。如果你觉得应该能看到，请联系运营方。"),
    404: _l("地址可能写错了，或者这一页已经不在了。"),
    405: _l("请从页面上的按钮进入。"),
    409: _l("别人可能刚刚处理过它，请刷新后再看。"),
    413: _l("一次最多交 40 MB，请换小一点的图片。"),
    422: _l("请返回上一页改一改。"),
    429: _l("请过一会儿再试。"),
    500: _l("错误已经记下。没有做完的事一件也没有记账，请稍后再试。"),
    503: _l("请过几秒再试一次，你填的内容没有被保存。"),
}


def status_of(error: DomainError) -> int:
    """The status code of a refusal's family."""
    for family in type(error).__mro__:
        if family in STATUS:
            return STATUS[family]
    return 400


def init_app(app: Flask) -> None:
    """Register one handler per family of failures."""
    app.register_error_handler(DomainError, _refusal)
    app.register_error_handler(CSRFError, _bad_token)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(ParseException, _garbled)
    app.register_error_handler(NoMoreData, _garbled)
    app.register_error_handler(OperationalError, _busy)
    app.register_error_handler(TimeoutError, _busy)
    app.register_error_handler(Exception, _crash)


def page(code: int, words: object = None) -> ResponseReturnValue:
    """The page of a refusal; from 500 on it asks the database nothing."""
    g.bare = code >= 500
    html = render_template(
        "errors/error.html",
        code=code,
        title=_TITLES.get(code, _TITLES[400]),
        sentence=words or _SENTENCES.get(code, _SENTENCES[400]),
        request_id=g.get("request_id"),
        retry=code in (409, 429, 500, 503),
    )
    return html, code


def _refusal(error: DomainError) -> ResponseReturnValue:
    code = status_of(error)
    # a hidden thing and a missing one must read the same
    return page(code, None if code == 404 else sentence(error.reason, error.params))


def _bad_token(error: CSRFError) -> ResponseReturnValue:
    return page(400, _l("这个表单放得太久，或者不是从本站打开的。请返回上一页，刷新后再交一次。"))


def _http(error: HTTPException) -> ResponseReturnValue:
    if error.code is None or error.code < 400:
        return error.get_response()
    if isinstance(error, BadHost):
        # without a host no link of the page could be drawn
        return Response("bad host\n", status=400, mimetype="text/plain")
    return page(error.code)


def _garbled(error: Exception) -> ResponseReturnValue:
    """A body sent in broken pieces, or cut off: the sender's fault, found while it was read."""
    return page(400)


def _busy(error: Exception) -> ResponseReturnValue:
    log.error("database id=%s error=%s", g.get("request_id"), type(error).__name__, exc_info=error)
    return page(503)


def _crash(error: Exception) -> ResponseReturnValue:
    log.error("crash id=%s", g.get("request_id"), exc_info=error)
    return page(500)
