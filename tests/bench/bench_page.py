"""The project page beside a bare Flask "hello world": CPU per request, in one process."""

import statistics
import time
from collections.abc import Iterator

from flask import Flask
from flask.testing import FlaskClient

from tests.bench import Row
from tests.bench.world import open_world
from web import create_app
from web.config import Settings

ROUNDS, REQUESTS = 9, 40


def hello() -> FlaskClient:
    """The yardstick."""
    app = Flask("hello")

    @app.get("/")
    def index() -> str:
        return "Hello, world!"

    return app.test_client()


def cpu(client: FlaskClient, path: str) -> float:
    """CPU milliseconds of one request, averaged over a batch."""
    begun = time.process_time()
    for _ in range(REQUESTS):
        assert client.get(path).status_code == 200
    return (time.process_time() - begun) * 1000 / REQUESTS


def rows() -> Iterator[Row]:
    """Medians of batches taken in turns."""
    for kind in ("sqlite", "postgresql"):
        with open_world(kind) as world:
            environment = {
                "WUSHE_DATABASE_URL": world.address.url,
                "WUSHE_DATA": str(world.folder),
                "WUSHE_ENV": "test",
            }
            site = create_app(Settings.from_env(environment)).test_client()
            bare = hello()
            path = f"/projects/{world.project_id}"
            cpu(site, path)
            pairs = [(cpu(site, path), cpu(bare, "/")) for _ in range(ROUNDS)]
            page, yardstick = (statistics.median(values) for values in zip(*pairs, strict=True))
            name = f"project page, CPU per request ({kind})"
            yield Row(name, page, "ms", "Flask hello world", yardstick)
