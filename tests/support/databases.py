"""Migrated databases for tests: copies of a template that real migrations made once a run.

On SQLite a copy is a file, on PostgreSQL a database of the suite's own server; either way a copy
costs some milliseconds. `Address.url` is the application's, `owner_url` that of migrations; on
SQLite the two are the same.
"""

import shutil
import tempfile
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
from sqlalchemy import event
from sqlalchemy.engine import make_url
from sqlalchemy.pool import Pool

from tests.support import postgres
from web import migrate

#: Connections to PostgreSQL that pools of this process have opened, held so that none is left to
#: the garbage collector: it would report one at some later test, which knows nothing of it.
_OPENED: set[psycopg.Connection[object]] = set()


@event.listens_for(Pool, "connect")
def _hold(raw: object, _record: object) -> None:
    if isinstance(raw, psycopg.Connection):
        _OPENED.add(raw)


@event.listens_for(Pool, "close")
def _let_go(raw: object, _record: object) -> None:
    if isinstance(raw, psycopg.Connection):
        _OPENED.discard(raw)


def _close_connections(name: str) -> None:
    """Close what is still open to a database: the pool of a site or a race nobody disposed of."""
    for raw in [raw for raw in _OPENED if not raw.closed and raw.info.dbname == name]:
        raw.close()
    _OPENED.difference_update([raw for raw in _OPENED if raw.closed])


@dataclass(frozen=True)
class Address:
    """Where one database is: for the site's role, and for its owner's."""

    url: str
    owner_url: str


class Databases(Protocol):
    """A source of databases of one kind."""

    #: "sqlite" or "postgresql"
    kind: str

    def migrated(self) -> Address:
        """Make a database with every table and no rows but those that migrations write."""
        ...

    def empty(self) -> Address:
        """Make a database without any table."""
        ...

    def drop(self, address: Address) -> None:
        """Remove a database made here."""
        ...

    def for_worker(self) -> dict[str, str]:
        """Return what another process needs to make databases from the same template."""
        ...

    def close(self) -> None:
        """Remove everything; only the process that opened the source does so."""
        ...


class SqliteDatabases:
    """SQLite files in a temporary folder."""

    kind = "sqlite"

    def __init__(self, template: Path | None = None) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="wushe-sqlite-"))
        self._numbers = count(1)
        self._template = template or self._folder / "template.db"
        if template is None:
            migrate.upgrade(_sqlite_url(self._template))

    def migrated(self) -> Address:
        """Copy the template's file."""
        address = self.empty()
        shutil.copyfile(self._template, make_url(address.url).database or "")
        return address

    def empty(self) -> Address:
        """Name a file that does not exist yet."""
        url = _sqlite_url(self._folder / f"{next(self._numbers)}.db")
        return Address(url, url)

    def drop(self, address: Address) -> None:
        """Remove the file and what SQLite keeps beside it."""
        for end in ("", "-wal", "-shm", "-journal"):
            Path(f"{make_url(address.url).database}{end}").unlink(missing_ok=True)

    def for_worker(self) -> dict[str, str]:
        """Return the template's path."""
        return {"kind": self.kind, "template": str(self._template)}

    def close(self) -> None:
        """Remove the folder."""
        shutil.rmtree(self._folder, ignore_errors=True)


class PostgresDatabases:
    """Databases on the suite's own PostgreSQL, used through the application's role."""

    kind = "postgresql"

    def __init__(self, server: postgres.Server, template: str | None = None, prefix: str = "main"):
        self._server = server
        self._prefix = prefix
        self._numbers = count(1)
        self._own = template is None
        if template is None:
            template = server.create(postgres.TEMPLATE)
            migrate.upgrade(
                server.owner_url(template), application_role=server.application.username
            )
        self._template = template

    def migrated(self) -> Address:
        """Copy the template's database, rights included."""
        return self._make(self._template)

    def empty(self) -> Address:
        """Make a database in which only the owner may create tables."""
        return self._make(None)

    def drop(self, address: Address) -> None:
        """Drop the database, ending what is still connected to it."""
        name = make_url(address.url).database or ""
        _close_connections(name)
        self._server.drop(name)

    def for_worker(self) -> dict[str, str]:
        """Return the server's addresses and the template's name."""
        server = self._server
        urls = {"admin": server.admin, "owner": server.owner, "application": server.application}
        return {
            "kind": self.kind,
            "template": self._template,
            "token": server.token,
            **{name: url.render_as_string(hide_password=False) for name, url in urls.items()},
        }

    def close(self) -> None:
        """Drop the template and stop the server if this run started it."""
        if self._own:
            self._server.drop(self._template)
            self._server.stop()

    def _make(self, template: str | None) -> Address:
        name = self._server.create(f"{self._prefix}_{next(self._numbers)}", template=template)
        return Address(self._server.application_url(name), self._server.owner_url(name))


def open_databases(kind: str) -> Databases:
    """Open a source of databases for this run, starting PostgreSQL where it is asked for."""
    if kind == "sqlite":
        return SqliteDatabases()
    server = postgres.open_server()
    try:
        return PostgresDatabases(server)
    except BaseException:
        server.stop()
        raise


def join_databases(shared: dict[str, str], worker: str) -> Databases:
    """Open, in a worker process, a source that copies the template the run has made."""
    if shared["kind"] == "sqlite":
        return SqliteDatabases(Path(shared["template"]))
    admin, owner, application = (make_url(shared[key]) for key in ("admin", "owner", "application"))
    server = postgres.Server(admin, owner, application, shared["token"])
    return PostgresDatabases(server, shared["template"], prefix=worker)


def _sqlite_url(path: Path) -> str:
    return f"sqlite:///{path}"
