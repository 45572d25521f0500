"""Addresses as robots and mockers write them: each gets a calm answer."""

from __future__ import annotations

import pytest
from flask import Flask
from gunicorn.http.errors import InvalidChunkSize, NoMoreData

from tests.support.site import SiteClient
from tests.web.world import World

TOO_LONG = "9" * 30


NUMBERED = (
    "/projects/{}", "/projects/{}/flow", "/projects/{}/donate", "/projects/{}/expenses",
    "/organisations/{}", "/funds/{}", "/proof/{}", "/expenses/{}", "/vouchers/{}",
    "/deliveries/{}",
)  # fmt: skip


@pytest.mark.parametrize("number", [TOO_LONG, "9223372036854775808", "9" * 18, "１", "0"])
def test_an_id_that_nothing_can_have_is_not_there(
    world: World, client: SiteClient, number: str
) -> None:
    answers = {path: client.get(path.format(number)).status_code for path in NUMBERED}
    assert answers == dict.fromkeys(NUMBERED, 404)


@pytest.mark.parametrize("path", ["/", "/search", "/projects", "/nowhere"])
def test_a_query_gives_no_orders_to_the_links(client: SiteClient, path: str) -> None:
    orders = ("endpoint=x", "_scheme=javascript", "_anchor=x", "_method=POST", "_external=1")
    for query in orders:
        answer = client.get(f"{path}?{query}")
        assert answer.status_code in (200, 404)
        if answer.status_code == 200:
            assert f'href="{path}?{query}&amp;lang=en"' in answer.text


def test_the_link_to_the_other_language_keeps_the_query(client: SiteClient) -> None:
    text = client.get('/search?q="><b>&q=2&lang=en').text
    assert 'href="/search?q=%22%3E%3Cb%3E&amp;q=2&amp;lang=zh"' in text


@pytest.mark.parametrize(
    ("asked", "there"),
    [("/projects//7", "/projects/7"), ("/account", "/account/"), ("/account?a=1", "/account/?a=1")],
)
def test_the_tidy_address_stays_on_this_site(client: SiteClient, asked: str, there: str) -> None:
    answer = client.get(asked, headers={"Host": "evil.example"})
    assert (answer.status_code, answer.headers["Location"]) == (308, there)


def test_a_host_that_is_none_is_refused(client: SiteClient) -> None:
    answer = client.get("/", headers={"Host": "a" * 3000})
    assert answer.status_code == 400


@pytest.mark.parametrize("error", [InvalidChunkSize(b"ZZ"), NoMoreData()])
def test_a_body_in_broken_pieces_is_a_bad_request(
    app: Flask, client: SiteClient, error: Exception
) -> None:
    class Broken:
        def read(self, *_size: int) -> bytes:
            raise error

        readline = readlines = read

    answer = client.post(
        "/webhooks/sandbox",
        environ_overrides={
            "wsgi.input": Broken(),
            "wsgi.input_terminated": True,
            "HTTP_TRANSFER_ENCODING": "chunked",
        },
    )
    assert answer.status_code == 400
