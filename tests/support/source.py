"""The product's own source as syntax trees, for the tests that hold the plan of the house."""

import ast
import gc
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BELOW_WEB = ("charity", "projects", "search")
PRODUCT = (*BELOW_WEB, "web")

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file: its dotted name, its path from the root, its text and tree."""

    name: str
    path: str
    text: str
    tree: ast.Module

    @property
    def room(self) -> str:
        """The context it belongs to: `charity.ledger`, `web.home`; for a base file its package."""
        parts = self.name.split(".")
        if len(parts) > 2 or (ROOT / Path(*parts[:2])).is_dir():
            return ".".join(parts[:2])
        return parts[0]

    @property
    def part(self) -> str:
        """What the file is within its room: `services`, `queries`, `models`, …; '' for the room."""
        below = self.name.removeprefix(self.room).strip(".")
        return below.split(".")[0]

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node of the tree, in the order of `ast.walk`; many tests go through them."""
        return tuple(ast.walk(self.tree))

    def functions(self) -> Iterator[FunctionNode]:
        """Every function and method, however deep."""
        for node in self.nodes:
            if isinstance(node, FunctionNode):
                yield node

    def imports(self) -> dict[str, str]:
        """What each imported name stands for: `ledger` → `charity.ledger.services`."""
        names: dict[str, str] = {}
        for node in self.nodes:
            if isinstance(node, ast.Import):
                for alias in node.names:
                    names[alias.asname or alias.name.split(".")[0]] = (
                        alias.name if alias.asname else alias.name.split(".")[0]
                    )
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                for alias in node.names:
                    names[alias.asname or alias.name] = f"{node.module}.{alias.name}"
        return names

    def imported_modules(self) -> set[str]:
        """Every module named by an import anywhere in the file."""
        found: set[str] = set()
        for node in self.nodes:
            if isinstance(node, ast.Import):
                found.update(alias.name for alias in node.names)
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                found.add(node.module)
        return found


def modules(*packages: str) -> tuple[Module, ...]:
    """Every module of some top-level packages, in order of their paths; each is parsed once."""
    return tuple(module for package in packages for module in _of(package))


@cache
def _of(package: str) -> tuple[Module, ...]:
    found = []
    gc.disable()  # millions of nodes that all stay: to look for rubbish among them takes seconds
    for path in sorted((ROOT / package).rglob("*.py")):
        relative = path.relative_to(ROOT)
        parts = relative.with_suffix("").parts
        name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        text = path.read_text(encoding="utf-8")
        found.append(Module(name, str(relative), text, ast.parse(text)))
    gc.freeze()
    gc.enable()
    return tuple(found)


def dotted(node: ast.expr, names: dict[str, str]) -> str | None:
    """Spell out an expression such as `models.Entry` by what its first name stands for."""
    if isinstance(node, ast.Name):
        return names.get(node.id, node.id)
    if isinstance(node, ast.Attribute):
        before = dotted(node.value, names)
        return f"{before}.{node.attr}" if before else None
    return None


def docstrings(tree: ast.Module) -> set[int]:
    """The ids of the string nodes that are docstrings, those of attributes included."""
    found = set()
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        for statement in body if isinstance(body, list) else []:
            if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
                found.add(id(statement.value))
    return found


def length(node: FunctionNode) -> int:
    """How many lines a function takes, its docstring included."""
    return (node.end_lineno or node.lineno) - node.lineno + 1
