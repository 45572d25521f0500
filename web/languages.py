"""In which language a page speaks: Chinese first, English complete.

Chosen by the link in the corner (kept in a cookie), else by the browser, else Chinese.
"""

from __future__ import annotations

from babel.support import NullTranslations
from flask import Flask, Response, g, request
from flask_babel import Babel, get_translations
from jinja2 import pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from web.addresses import this_page
from web.config import Settings

#: Locale of each language a page can speak, by the short name used in ?lang= and the cookie.
LOCALES = {"zh": "zh_Hans_CN", "en": "en"}
HTML = {"zh": "zh-Hans", "en": "en"}
COOKIE = "lang"
_YEAR = 365 * 24 * 3600


def language() -> str:
    """`zh` or `en` for this request; `zh` outside of one."""
    if not request:
        return "zh"
    if "language" not in g:
        g.language = _chosen()
    chosen: str = g.language
    return chosen


def language_switch_url() -> str:
    """This page in the other language."""
    other = "zh" if language() == "en" else "en"
    if request.method != "GET" or request.endpoint is None:
        return f"/?lang={other}"
    return this_page(lang=other)


def init_app(app: Flask, settings: Settings) -> None:
    """Set Flask-Babel up and keep the choice in a cookie."""
    app.config.update(BABEL_DEFAULT_LOCALE=LOCALES["zh"], BABEL_DEFAULT_TIMEZONE="Asia/Shanghai")
    Babel(app, locale_selector=lambda: LOCALES[language()])
    # A page asks for a hundred sentences: the catalogue is looked up once a request, not each time.
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]  # of jinja2.ext.i18n
        lambda message: _catalogue().ugettext(message),
        lambda one, many, count: _catalogue().ungettext(one, many, count),
        newstyle=True,
    )
    app.jinja_env.globals["_"] = _in_template

    def keep(response: Response) -> Response:
        asked = request.args.get("lang")
        if asked in LOCALES and request.cookies.get(COOKIE) != asked:
            response.set_cookie(
                COOKIE,
                asked,
                max_age=_YEAR,
                secure=settings.is_secure,
                httponly=True,
                samesite="Lax",
            )
        response.vary.update(("Accept-Language", "Cookie"))
        return response

    app.after_request(keep)


@pass_eval_context
def _in_template(of: EvalContext, message: str, **variables: object) -> str:
    """A sentence of a template, as `gettext` says it, in one step instead of five."""
    words = _catalogue().ugettext(message)
    if of.autoescape:
        words = Markup(words)  # noqa: S704 - the catalogue is ours; variables are escaped
    return words % variables if variables or "%" in words else words


def _catalogue() -> NullTranslations:
    """The sentences of this request's language."""
    kept: NullTranslations | None = g.get("catalogue")
    if kept is None:
        kept = g.catalogue = get_translations()
    return kept


def _chosen() -> str:
    for asked in (request.args.get("lang"), request.cookies.get(COOKIE)):
        if asked in LOCALES:
            return asked
    for spoken in request.accept_languages.values():
        short = spoken.split("-", 1)[0].lower()
        if short in LOCALES:
            return short
    return "zh"
