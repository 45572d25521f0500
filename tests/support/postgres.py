"""A PostgreSQL of the suite's own: in a temporary folder, proved to be ours, stopped at the end.

Two roles live in it, as in a real installation: the owner, who migrates and grants, and the
application's role, which may only do what was granted. The tests run as the second.
"""

import os
import pwd
import secrets
import shutil
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo
from sqlalchemy.engine import URL, make_url

from tests.support.ports import LOOPBACK, free_port

OWNER = "wushe_owner"
APPLICATION = "wushe_app"
TEMPLATE = "wushe_template"

#: The suite proves correctness, not durability: what a crash would lose is thrown away anyway.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
    # two workers may each run a race of sixty-four threads, beside the sites they started
    "max_connections": "250",
    "shared_buffers": "128MB",
    "listen_addresses": LOOPBACK,
    # neither UTC nor China, and off by half an hour: code that trusts the server's zone shows it
    "timezone": "America/St_Johns",
}


class NotOursError(RuntimeError):
    """The server that answers is not one on which the suite may create or drop anything."""


@dataclass
class Server:
    """A PostgreSQL server on which the suite may make and drop databases of its own.

    `admin`, `owner` and `application` are SQLAlchemy URLs; their database part is replaced by the
    name asked for. `token` stands in the name of every database made here.
    """

    admin: URL
    owner: URL
    application: URL
    token: str
    folder: Path | None = None
    process: subprocess.Popen[bytes] | None = None
    _count: int = field(default=0, repr=False)

    def owner_url(self, database: str) -> str:
        """Return the URL by which migrations reach a database."""
        return self.owner.set(database=database).render_as_string(hide_password=False)

    def application_url(self, database: str) -> str:
        """Return the URL by which the site, and so every test, reaches a database."""
        return self.application.set(database=database).render_as_string(hide_password=False)

    def create(self, name: str, *, template: str | None = None) -> str:
        """Make a database that belongs to the owner's role and return its full name."""
        full = name if self.token in name else f"{name}_{self.token}"
        statement = sql.SQL("CREATE DATABASE {} OWNER {}").format(
            sql.Identifier(full), sql.Identifier(self.owner.username or OWNER)
        )
        if template is not None:
            statement += sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
        self._administer(statement)
        return full

    def drop(self, name: str) -> None:
        """Drop a database made here, whoever is still connected to it."""
        if self.token not in name:
            raise NotOursError(f"{name} was not made by this run")
        self._administer(
            sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))
        )

    def stop(self) -> None:
        """Stop the server if this run started it, and remove its folder."""
        if self.process is not None:
            self.process.terminate()
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)

    def _administer(self, statement: sql.Composed) -> None:
        with psycopg.connect(conninfo(self.admin), autocommit=True) as connection:
            connection.execute(statement)


def conninfo(url: URL) -> str:
    """Turn a SQLAlchemy URL into what psycopg itself understands."""
    parts = {
        "host": url.host,
        "port": str(url.port or ""),
        "user": url.username,
        "password": url.password,
        "dbname": url.database,
    }
    query = {key: str(value) for key, value in url.query.items()}
    return make_conninfo(**{key: value for key, value in parts.items() if value}, **query)


def open_server() -> Server:
    """Return the server the environment names, else one started here and proved to be ours."""
    given = os.environ.get("WUSHE_TEST_DATABASE_URL")
    return _given(given) if given else _start()


def binaries() -> Path:
    """Return the folder of PostgreSQL's programs, the newest Debian has, else those on PATH."""
    found = sorted(
        Path("/usr/lib/postgresql").glob("*/bin/initdb"),
        key=lambda path: int(path.parts[-3]) if path.parts[-3].isdigit() else 0,
    )
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    if on_path:
        return Path(on_path).resolve().parent
    raise FileNotFoundError("no initdb: install PostgreSQL (Debian: apt-get install postgresql)")


def _given(address: str) -> Server:
    """Use a server from outside: two roles, and a database whose name says it is for tests.

    The named database is only connected to; the suite makes and drops others beside it. So the
    owner's role needs CREATEDB, and on PostgreSQL 15 or newer
    `GRANT SET ON PARAMETER session_replication_role` for the tests in which the owner lies.
    """
    application = make_url(address)
    owner = make_url(os.environ.get("WUSHE_TEST_OWNER_DATABASE_URL") or address)
    if "test" not in (owner.database or ""):
        raise NotOursError("WUSHE_TEST_DATABASE_URL must name a database with 'test' in its name")
    if owner.username == application.username:
        raise NotOursError("WUSHE_TEST_OWNER_DATABASE_URL must name another role, not the site's")
    return Server(owner, owner, application, token=f"test_{secrets.token_hex(4)}")


def _start() -> Server:
    """Start a server of our own; a port taken in between is tried again with another."""
    problem = ""
    for _attempt in range(3):
        folder = Path(tempfile.mkdtemp(prefix="wushe-postgres-"))
        try:
            return _start_in(folder)
        except (OSError, subprocess.CalledProcessError, psycopg.OperationalError) as error:
            problem = f"{error}\n{_tail(folder / 'log')}"
            shutil.rmtree(folder, ignore_errors=True)
    raise RuntimeError(f"PostgreSQL did not start: {problem}")


def _start_in(folder: Path) -> Server:
    programs, identity = binaries(), _identity()
    if identity is not None:
        os.chown(folder, identity.pw_uid, identity.pw_gid)
    password, token, port = secrets.token_hex(12), secrets.token_hex(4), free_port()
    _initialise(programs, folder, password, identity)
    settings = SETTINGS | {"port": str(port), "unix_socket_directories": str(folder)}
    settings["cluster_name"] = f"wushe-{token}"
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [
                str(programs / "postgres"),
                *("-D", str(folder / "data")),
                *(part for key, value in settings.items() for part in ("-c", f"{key}={value}")),
            ],
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C ends the tests first, and they end the server
            cwd=folder,
            user=identity and identity.pw_uid,
            group=identity and identity.pw_gid,
            extra_groups=identity and [],
        )
    admin = URL.create("postgresql+psycopg", "postgres", password, LOOPBACK, port, "postgres")
    owner = admin.set(username=OWNER)
    server = Server(admin, owner, admin.set(username=APPLICATION), token, folder, process)
    try:
        _wait(server)
        _prove_ours(server)
        _make_roles(server, password)
    except BaseException:
        process.kill()
        process.wait()
        raise
    return server


def _identity() -> pwd.struct_passwd | None:
    """PostgreSQL refuses to run as root: there it runs as the user Debian made for it."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise OSError("running as root, and there is no user postgres to run PostgreSQL as")


def _initialise(
    programs: Path, folder: Path, password: str, identity: pwd.struct_passwd | None
) -> None:
    secret = folder / "password"
    secret.write_text(password)
    if identity is not None:
        os.chown(secret, identity.pw_uid, identity.pw_gid)
    with (folder / "log").open("wb") as log:
        subprocess.run(
            [
                str(programs / "initdb"),
                *("-D", str(folder / "data")),
                *("-U", "postgres", "-A", "scram-sha-256", "--pwfile", str(secret)),
                *("-E", "UTF8", "--locale", "C.UTF-8", "--no-sync"),
            ],
            check=True,
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            cwd=folder,
            user=identity and identity.pw_uid,
            group=identity and identity.pw_gid,
            extra_groups=identity and [],
        )
    secret.unlink()


def _wait(server: Server, *, seconds: float = 30) -> None:
    """Wait until the server answers, or raise what it said last."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            psycopg.connect(conninfo(server.admin), connect_timeout=2).close()
        except psycopg.OperationalError:
            ended = server.process is not None and server.process.poll() is not None
            if ended or time.monotonic() > deadline:
                raise
            time.sleep(0.05)
        else:
            return


def _prove_ours(server: Server) -> None:
    """Ask the server for its folder and its name before the first statement that makes anything."""
    assert server.folder is not None
    with psycopg.connect(conninfo(server.admin), autocommit=True) as connection:
        row = connection.execute(
            "SELECT current_setting('data_directory'), current_setting('cluster_name')"
        ).fetchone()
    expected = (str(server.folder / "data"), f"wushe-{server.token}")
    if row != expected:
        raise NotOursError(f"the server that answers is {row}, ours is {expected}")


def _make_roles(server: Server, password: str) -> None:
    """Make the owner, who may make databases, and the application's role, who may make nothing."""
    with psycopg.connect(conninfo(server.admin), autocommit=True) as connection:
        for role, rights in ((OWNER, "CREATEDB"), (APPLICATION, "NOCREATEDB")):
            connection.execute(
                sql.SQL(
                    f"CREATE ROLE {{}} LOGIN NOSUPERUSER NOCREATEROLE {rights} PASSWORD {{}}"
                ).format(sql.Identifier(role), sql.Literal(password))
            )
        # the tests in which the owner lies switch the guards off as a real owner's server lets them
        connection.execute(
            sql.SQL("GRANT SET ON PARAMETER session_replication_role TO {}").format(
                sql.Identifier(OWNER)
            )
        )


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-1500:] if log.exists() else ""
