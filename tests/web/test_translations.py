"""Chinese first, English complete: every message has its English, and English pages are English."""

from __future__ import annotations

import ast
import enum
import json
import re
from collections.abc import Iterator
from functools import cache

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.extract import DEFAULT_KEYWORDS, extract_from_dir
from babel.messages.frontend import parse_keywords, parse_mapping_cfg
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from flask import Flask
from flask_babel import force_locale
from sqlalchemy import select
from sqlalchemy.orm import Session

from charity.base import Base
from charity.donations.statement_reading.words import delivered
from projects.listings.reading.columns import ListKind, template_heads
from tests.support.site import SignIn, SiteClient
from tests.support.source import ROOT, modules
from tests.web.test_labels import classes_of, reasons
from tests.web.walking import browser_of, cookies_of, path_of
from tests.web.words import words_of
from tests.web.world import World
from web.filters import mask_name
from web.labels import label, sentence
from web.labels.enums import LABELS, OPERATOR_MODES
from web.languages import LOCALES
from web.security.access import PUBLIC, Answer, Who
from web.security.routes import ROUTES

CATALOGUE = ROOT / "web/translations/en/LC_MESSAGES/messages.po"
#: Names under which the code calls gettext beside Babel's own; the Makefile tells pybabel the same.
KEYWORDS = ("_l", "lazy_gettext")
#: What stays Chinese for readers of English.
STAYS = ("五社汇", "中文")

#: The wide space that indents places in a list is nobody's word.
CHINESE = re.compile("[\u3001-\u303f\u3400-\u9fff\uff00-\uffef]+")
#: Wide in Chinese type, or dangerous in an attribute: the English writes ' for both kinds.
UNSET = re.compile('[\u2018\u2019\u201c\u201d"]')
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|\{\w*\}")
TAG = re.compile(r"</?\w+[^>]*>")
#: What the checkout of the tests' world says it is for; the sandbox keeps it, not the database.
ORDERED = "一份心意"


# ── the catalogue ────────────────────────────────────────────────────────────────────────────────


#: A message as the sources say it: its context or None, its singular, its plural where it has one.
Said = tuple[str | None, ...]


@cache
def messages() -> dict[Said, str]:
    """Every message of today's sources, and the file that says it."""
    with (ROOT / "web/babel.cfg").open(encoding="utf-8") as mapping:
        methods, options = parse_mapping_cfg(mapping)  # type: ignore[no-untyped-call]
    found = extract_from_dir(
        ROOT / "web",
        method_map=methods,
        options_map=options,
        keywords=DEFAULT_KEYWORDS | parse_keywords(KEYWORDS),
    )
    return {(context, *_forms(message)): str(file) for file, _, message, _, context in found}


@cache
def catalogue() -> Catalog:
    """The English catalogue as it is written."""
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="en", abort_invalid=True)


def entries() -> list[Message]:
    """Its messages, without the head."""
    return [message for message in catalogue() if message.id]


def _key(message: Message) -> Said:
    return (message.context, *_forms(message.id))


def _forms(said: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (said,) if isinstance(said, str) else tuple(said or ("",))


def _pairs(message: Message) -> Iterator[tuple[str, str]]:
    """Each English form with the Chinese one it stands for."""
    chinese, english = _forms(message.id), _forms(message.string)
    for n, words in enumerate(english):
        yield chinese[min(n, len(chinese) - 1)], words


def without_names(words: str) -> str:
    """The words without those that stay Chinese."""
    for name in STAYS:
        words = words.replace(name, "")
    return words


def test_every_message_of_the_sources_is_in_the_catalogue() -> None:
    known = {_key(message) for message in entries()}
    missing = [f"{file}: {said[1]}" for said, file in messages().items() if said not in known]
    assert not missing, "run `make catalogue` and say these in English:\n" + "\n".join(missing)


def test_the_catalogue_holds_no_message_that_is_gone() -> None:
    gone = [message.id for message in entries() if _key(message) not in messages()]
    assert not gone, "gone, so run `make catalogue`:\n" + "\n".join(map(str, gone))
    assert not catalogue().obsolete


def test_every_message_has_its_english() -> None:
    silent = [message.id for message in entries() if not all(_forms(message.string))]
    assert not silent, "\n".join(map(str, silent))
    assert not [message.id for message in entries() if message.fuzzy]


def test_placeholders_and_tags_are_those_of_the_chinese() -> None:
    wrong = [
        f"{chinese} / {english}"
        for message in entries()
        for chinese, english in _pairs(message)
        for parts in (PLACEHOLDER, TAG)
        if sorted(parts.findall(chinese)) != sorted(parts.findall(english))
    ]
    assert not wrong, "\n".join(wrong)


def test_the_english_is_english() -> None:
    wrong = [
        english
        for message in entries()
        for _chinese, english in _pairs(message)
        if CHINESE.search(without_names(english)) or UNSET.search(english)
    ]
    assert not wrong, "\n".join(wrong)


def test_the_makefile_and_the_code_agree_on_what_is_a_message() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert set(re.findall(r"--keyword (\w+)", makefile)) == set(KEYWORDS)
    called = {
        name.asname or name.name
        for module in modules("web")
        for node in ast.walk(module.tree)
        if isinstance(node, ast.ImportFrom) and node.module == "flask_babel"
        for name in node.names
        if name.name.endswith("gettext")
    }
    assert called <= set(DEFAULT_KEYWORDS) | set(KEYWORDS)


def test_no_sentence_for_people_stands_outside_gettext() -> None:
    found = [*_chinese_of_modules(), *_chinese_of_templates()]
    assert not found, "\n".join(found)


def _chinese_of_modules() -> Iterator[str]:
    spoken = set(DEFAULT_KEYWORDS) | set(KEYWORDS)
    # the demo is data; the index is searched and never read; the others speak in a terminal
    silent = ("web.demo", "web.indexing", "web.cli", "web.founding", "web.server")
    for module in modules("web"):
        if module.name.startswith(silent):
            continue
        calls = [
            node
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in spoken
        ]
        said = {id(part) for call in calls for part in ast.walk(call)}
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Expr):  # a docstring
                said.add(id(node.value))
            elif isinstance(node, ast.Constant) and id(node) not in said:
                text = node.value if isinstance(node.value, str) else ""
                if CHINESE.search(text):
                    yield f"{module.path}:{node.lineno} {text}"


def _chinese_of_templates() -> Iterator[str]:
    for file in sorted((ROOT / "web/templates").rglob("*.html")):
        text = re.sub(r"\{#.*?#\}", "", file.read_text(encoding="utf-8"), flags=re.DOTALL)
        text = re.sub(r"(?:_|gettext)\(\s*'[^']*'", "", text)
        if found := CHINESE.findall(without_names(text)):
            yield f"{file.relative_to(ROOT)}: {' '.join(found)}"


# ── the site in English ──────────────────────────────────────────────────────────────────────────


@pytest.fixture(scope="module", autouse=True)
def _compiled() -> None:
    """The compiled catalogue lies beside the written one, as `make` puts it there."""
    made = CATALOGUE.with_suffix(".mo")
    if not made.exists() or made.stat().st_mtime < CATALOGUE.stat().st_mtime:
        with made.open("wb") as file:
            write_mo(file, catalogue())


def test_every_reason_and_label_is_said_in_both_languages(app: Flask) -> None:
    with app.test_request_context():
        with force_locale(LOCALES["zh"]):
            chinese = _everything_said()
        with force_locale(LOCALES["en"]):
            english = _everything_said()
    assert [key for key, words in chinese.items() if not CHINESE.search(words)] == []
    assert [key for key, words in english.items() if not words or CHINESE.search(words)] == []
    assert {key for key, words in english.items() if "%(" in words} == set()


def _everything_said() -> dict[str, str]:
    kinds = [kind for kind in classes_of(enum.Enum) if kind.__name__ in _labelled()]
    return {
        **{reason.value: sentence(reason) for reason in reasons()},
        **{f"{kind.__name__}.{value.name}": label(value) for kind in kinds for value in kind},
        **{mode: str(words) for mode, words in OPERATOR_MODES.items()},
    }


def _labelled() -> set[str]:
    return {key.split(".", 1)[0] for key in LABELS}


def stored(session: Session) -> list[str]:
    """Every text of the database, the longest first, and names as others read them."""
    said = (
        value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
        for table in Base.metadata.sorted_tables
        for row in session.execute(select(table))
        for value in row
        if isinstance(value, str | dict | list)
    )
    texts = {value for value in said if CHINESE.search(value)}
    masked = {mask_name(text) for text in texts if len(text) < 5}
    return sorted(texts | masked, key=len, reverse=True)


def foreign(html: str, data: list[str]) -> set[str]:
    """The Chinese of a page that does not come from the database."""
    left = set()
    for words in words_of(html):
        for run in CHINESE.findall(without_names(words)):
            if any(run in text for text in data):
                continue
            rest = run
            for text in data:
                rest = rest.replace(text, "")
            if rest:
                left.add(run)
    return left


def test_the_navigation_speaks_english_when_asked(client: SiteClient) -> None:
    page = client.get("/?lang=en").text
    for words in ("Projects", "Organisations", "Communities", "Oversight", "Sign in", "Search"):
        assert f">{words}<" in page
    assert '<html lang="en">' in page
    assert client.get("/").text.count(">Projects<") > 0, "the choice is remembered"
    assert ">项目<" in client.get("/?lang=zh").text


@pytest.mark.long
@pytest.mark.once
def test_english_pages_hold_no_chinese_but_names_and_texts_of_people(
    app: Flask, world: World, session: Session, sign_in: SignIn
) -> None:
    """Every page of the policy table, as everybody whom it answers sees it."""
    # the words above the columns of a list are those of its file
    heads = [head for kind in ListKind for head in template_heads(kind)]
    data = [*stored(session), ORDERED, *heads, *(mapping.name for mapping in delivered())]
    cookies: dict[Who, str] = cookies_of(world, sign_in)
    wrong: list[str] = []
    seen = 0
    for row in ROUTES:
        for who in Who if row.audience is not PUBLIC else (Who.GUEST, Who.STAFF):
            if row.method != "GET" or row.audience.expects(who) is not Answer.COME_IN:
                continue
            browser = browser_of(app, cookies.get(who))
            browser.set_cookie("lang", "en")
            path = path_of(app, row, world)
            answer = browser.get(path, buffered=True)
            if answer.mimetype == "text/html":
                seen += 1
                wrong += [f"{who} {path}: {run}" for run in foreign(answer.text, data)]
    assert seen > 20
    assert not wrong, "\n".join(dict.fromkeys(wrong))


def test_what_is_not_from_the_database_is_found() -> None:
    page = '<p title="标题">张三的项目</p><a lang="zh-Hans">中文版</a><p>Fine<br>王小明</p>'
    assert foreign(page, ["张三", "王小明"]) == {"标题", "张三的项目"}
