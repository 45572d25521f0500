"""The plan of the house, held by machine: what import-linter cannot see, read from the source.

The numbers in the names are those of the eight rules in docs/architecture.md.
"""

import ast
import importlib
import re
import statistics
import subprocess
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import CheckConstraint, Column, Table, UniqueConstraint

from charity.base import Base, FenType
from tests.support.source import (
    BELOW_WEB,
    PRODUCT,
    ROOT,
    FunctionNode,
    Module,
    docstrings,
    dotted,
    length,
    modules,
)

WEB_LIBRARIES = {
    "flask",
    "flask_babel",
    "flask_login",
    "flask_wtf",
    "jinja2",
    "werkzeug",
    "wtforms",
}

#: Outside services and the only file that may speak to each.
ADAPTERS = {"stripe": "stripe_gateway.py", "whoosh": "whoosh_index.py"}

#: What reads the machine's clock; only charity/clock.py may.
CLOCKS = {
    "datetime.datetime.now",
    "datetime.datetime.today",
    "datetime.datetime.utcnow",
    "datetime.date.today",
    "datetime.now",
    "time.time",
    "time.time_ns",
    "sqlalchemy.func.now",
    "sqlalchemy.func.current_timestamp",
}

#: Files below web/ whose Chinese is data or notation, not a sentence for people.
NOTATION = {
    "charity/money.py": "amounts in capital characters (大写) are a notation of figures",
    "charity/rules/": "names of laws and notices are quoted as sources",
}

MAX_FILE, MAX_FUNCTION, MAX_VIEW = 400, 60, 40


def load_models() -> dict[str, str]:
    """Import every file that maps a table; each mapped class by its dotted name → its table."""
    for module in modules("charity", "projects"):
        if "__tablename__" in module.text:
            importlib.import_module(module.name)
    return {
        f"{mapper.class_.__module__}.{mapper.class_.__name__}": str(mapper.local_table)
        for mapper in Base.registry.mappers
    }


def tables() -> Iterator[Table]:
    """Every table of the house."""
    load_models()
    yield from Base.metadata.sorted_tables


def report(problems: list[str]) -> None:
    """Fail with every problem, one a line."""
    assert not problems, "\n" + "\n".join(sorted(problems))


# ── rules 1 and 2: who may import what ───────────────────────────────────────────────────────────


def test_rule_1_nothing_below_web_knows_http_or_html() -> None:
    report(
        [
            f"{module.path} imports {name}"
            for module in modules(*BELOW_WEB)
            for name in module.imported_modules()
            if name.split(".")[0] in WEB_LIBRARIES | {"web"}
        ]
    )


@pytest.mark.parametrize(("library", "adapter"), ADAPTERS.items())
def test_rule_2_one_file_per_outside_service(library: str, adapter: str) -> None:
    speakers = {
        module.path
        for module in modules(*PRODUCT)
        for name in module.imported_modules()
        if name.split(".")[0] == library
    }
    assert len(speakers) == 1, speakers
    assert speakers.pop().endswith(adapter)


# ── rules 3 and 5: a context's rows are written by that context ──────────────────────────────────


def written_classes(module: Module, mapped: dict[str, str]) -> Iterator[tuple[str, int]]:
    """The mapped classes a file makes, inserts, updates or deletes rows of, with the line."""
    names = module.imports()
    for node in ast.walk(module.tree):
        if not isinstance(node, ast.Call):
            continue
        called = dotted(node.func, names) or ""
        if called in mapped:
            yield called, node.lineno
        elif called.rpartition(".")[2] in {"insert", "update", "delete"} and node.args:
            target = dotted(node.args[0], names) or ""
            if target in mapped:
                yield target, node.lineno


def test_rules_3_and_5_rows_are_written_by_their_own_context() -> None:
    mapped = load_models()
    problems = []
    for module in modules(*PRODUCT):
        for name, line in written_classes(module, mapped):
            owner = ".".join(name.split(".")[:2])
            if module.name != owner and not module.name.startswith(f"{owner}."):
                problems.append(f"{module.path}:{line} writes {name}")
    report(problems)


def test_rule_3_only_the_services_of_the_ledger_write_its_rows() -> None:
    mapped = load_models()
    report(
        [
            f"{module.path}:{line} writes {name}"
            for module in modules("charity")
            if module.room == "charity.ledger" and module.part != "services"
            for name, line in written_classes(module, mapped)
        ]
    )


# ── rule 4: the shape of a service ───────────────────────────────────────────────────────────────


def public_services() -> Iterator[tuple[Module, FunctionNode]]:
    """Every service: what services.py defines, or a package of that name offers in its __init__."""
    for module in modules("charity", "projects"):
        if module.part != "services":
            continue
        package = module.name.partition(".services")[0] + ".services"
        offered = next(m for m in modules("charity", "projects") if m.name == package)
        outside = set(offered.imports().values())
        for node in module.tree.body:
            if not isinstance(node, FunctionNode) or node.name.startswith("_"):
                continue
            if module is offered or f"{module.name}.{node.name}" in outside:
                yield module, node


def test_rule_4_services_take_session_actor_and_names() -> None:
    problems = []
    for module, function in public_services():
        arguments = function.args
        positional = [argument.arg for argument in (*arguments.posonlyargs, *arguments.args)]
        if positional != ["session", "actor"] or arguments.vararg is not None:
            problems.append(f"{module.path}:{function.lineno} {function.name}({positional})")
    report(problems)


#: What an engine of `search` calls its writer, or its connection to the database of the index.
OF_AN_INDEX = frozenset({"writer", "connection", "raw"})


def test_rule_4_nothing_below_web_commits() -> None:
    problems = []
    for module in modules(*BELOW_WEB):
        for node in ast.walk(module.tree):
            if not isinstance(node, ast.Attribute) or node.attr not in {"commit", "rollback"}:
                continue
            # an index has a writer of its own, whose commit is no unit of work of the books
            own_writer = isinstance(node.value, ast.Name) and node.value.id in OF_AN_INDEX
            if not (module.name.startswith("search.") and own_writer):
                problems.append(f"{module.path}:{node.lineno} .{node.attr}()")
    report(problems)


def test_rule_4_who_asks_is_an_argument() -> None:
    report(
        [
            f"{module.path}:{node.lineno}"
            for module in modules(*BELOW_WEB)
            for node in ast.walk(module.tree)
            if isinstance(node, ast.Name) and node.id == "current_user"
        ]
    )


# ── rule 6: templates and views ──────────────────────────────────────────────────────────────────


def test_rule_6_templates_call_no_services_and_build_no_queries() -> None:
    spoken = re.compile(r"{[{%](.*?)[%}]}", re.DOTALL)
    banned = re.compile(r"\b(services|queries|db|session)\.|\.query\b|\.filter_by\(")
    problems = []
    for path in sorted((ROOT / "web" / "templates").rglob("*")):
        if path.is_file():
            for code in spoken.findall(path.read_text(encoding="utf-8")):
                if banned.search(code):
                    problems.append(f"{path.relative_to(ROOT)}: {code.strip()}")
    report(problems)


def test_rule_6_views_stay_short() -> None:
    sizes = {
        f"{module.path}:{node.lineno} {node.name}": length(node)
        for module in modules("web")
        if module.part == "views" or ".views." in module.name
        for node in module.tree.body
        if isinstance(node, FunctionNode) and node.decorator_list
    }
    report([f"{name}: {size} lines" for name, size in sizes.items() if size > MAX_VIEW])
    assert sizes, "the site has views"
    assert statistics.median(sizes.values()) <= 18


# ── rule 7: models ───────────────────────────────────────────────────────────────────────────────


def test_rule_7_models_know_no_session() -> None:
    report(
        [
            f"{module.path} imports {name}"
            for module in modules("charity", "projects")
            if module.part == "models"
            for name in module.imports().values()
            if name in {"sqlalchemy.orm.Session", "sqlalchemy.orm.object_session"}
        ]
    )


# ── rule 8: no sentence for people below web ─────────────────────────────────────────────────────


def test_rule_8_no_sentence_for_people_below_web() -> None:
    problems = []
    for module in modules("charity", "projects"):
        if module.path.startswith(tuple(NOTATION)) or "/data/" in module.path:
            continue
        explained = docstrings(module.tree)
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in explained
                and any("\u4e00" <= sign <= "\u9fff" for sign in node.value)
            ):
                problems.append(f"{module.path}:{node.lineno} {node.value[:40]!r}")
    report(problems)


# ── habits: time, words, sizes ───────────────────────────────────────────────────────────────────


def test_time_comes_from_the_clock() -> None:
    problems = []
    for module in modules(*PRODUCT):
        if module.name == "charity.clock":
            continue
        names = module.imports()
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Call) and dotted(node.func, names) in CLOCKS:
                problems.append(f"{module.path}:{node.lineno} {ast.unparse(node)}")
    report(problems)


def test_chance_is_an_argument_below_web() -> None:
    report(
        [
            f"{module.path} imports random"
            for module in modules(*BELOW_WEB)
            if "random" in module.imported_modules()
        ]
    )


def test_every_module_says_what_it_is_for() -> None:
    report(
        [
            module.path
            for module in modules(*PRODUCT, "migrations")
            if not ast.get_docstring(module.tree)
        ]
    )


def test_every_function_is_annotated() -> None:
    problems = []
    for module in modules(*PRODUCT, "migrations"):
        for node in module.functions():
            arguments = (*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs)
            bare = [
                a.arg for a in arguments if a.annotation is None and a.arg not in {"self", "cls"}
            ]
            if bare or (node.returns is None and node.name != "__init__"):
                problems.append(f"{module.path}:{node.lineno} {node.name} {bare}")
    report(problems)


def test_files_and_functions_stay_readable() -> None:
    problems = []
    for module in modules(*PRODUCT):
        lines = module.text.count("\n")
        if lines > MAX_FILE:
            problems.append(f"{module.path}: {lines} lines")
        problems += [
            f"{module.path}:{node.lineno} {node.name}: {length(node)} lines"
            for node in module.functions()
            if length(node) > MAX_FUNCTION
        ]
    report(problems)


def test_nothing_is_skipped_or_left_for_later() -> None:
    words = re.compile(
        r"pytest\.(mark\.)?(skip|xfail)|importorskip|# ?(TODO|FIXME|XXX)\b"
        r"|# type: ignore(?!\[)|pragma: no cover|# noqa(?!: )"
    )
    problems = []
    for module in modules(*PRODUCT, "migrations", "tests"):
        if module.path == "tests/test_architecture.py":
            continue
        for number, line in enumerate(module.text.splitlines(), 1):
            if words.search(line):
                problems.append(f"{module.path}:{number} {line.strip()}")
    report(problems)


def test_top_level_names_are_those_of_the_plan() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    planned = {
        *("charity", "projects", "search", "web", "migrations", "tests", "docs", ".ci"),
        *("pyproject.toml", "constraints.txt", "README.md", "CHANGELOG.md", "Makefile", "LICENSE"),
        ".gitignore",
    }
    assert {path.split("/")[0] for path in tracked} <= planned


# ── tables ───────────────────────────────────────────────────────────────────────────────────────


def test_every_foreign_key_is_indexed() -> None:
    """A key of several columns is found by an index that begins with one of them."""
    problems = []
    for table in tables():
        ordered = [table.primary_key, *table.indexes]
        ordered += [key for key in table.constraints if isinstance(key, UniqueConstraint)]
        leading = {next(iter(each.columns)).name for each in ordered if each.columns}
        for key in table.foreign_key_constraints:
            wanted = {column.name for column in key.columns}
            if not wanted & leading:
                problems.append(f"{table.name}: {sorted(wanted)}")
    report(problems)


def is_checked(column: Column[Any]) -> bool:
    """Whether a CHECK bounds a column, or a foreign key ties it to one that is bounded."""
    checks = [each for each in column.table.constraints if isinstance(each, CheckConstraint)]
    if any(re.search(rf"\b{column.name}\b", str(check.sqltext)) for check in checks):
        return True
    return any(is_checked(key.column) for key in column.foreign_keys)


def test_every_amount_is_checked() -> None:
    report(
        [
            f"{table.name}.{column.name}"
            for table in tables()
            for column in table.columns
            if isinstance(column.type, FenType) and not is_checked(column)
        ]
    )
