"""What of the books can be found, and that the outbox keeps it fresh."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from charity.outbox import Outbox
from charity.registry.models import OrganisationState
from projects.listings import services
from projects.listings.models import Project
from search import IndexBusy, IndexUnavailable, MemoryIndex, Query
from tests.conftest import SetClock
from tests.factories import make_organisation, make_region
from tests.projects.listings.community import make_community
from tests.projects.listings.village import VILLAGE, Village, make_village
from web import indexing


@pytest.fixture
def village(app: Flask, session: Session, clock: SetClock) -> Iterator[Village]:
    with app.app_context():
        yield make_village(session)


@pytest.fixture
def index() -> MemoryIndex:
    return MemoryIndex()


def outbox(session: Session) -> list[Outbox]:
    return list(session.scalars(select(Outbox).order_by(Outbox.id)))


def ids(index: MemoryIndex, text: str = "", **filters: str) -> set[str]:
    return {hit.id for hit in index.search(Query(text=text, **filters)).hits}  # type: ignore[arg-type]


def document_id(project: Project) -> str:
    return f"project:{project.id}"


def test_only_what_everybody_may_see_is_indexed(
    session: Session, village: Village, index: MemoryIndex
) -> None:
    published = village.published()
    village.draft(title="草稿里的扶手")
    village.submitted(title="待审的扶手")
    hidden = make_organisation(session, state=OrganisationState.PENDING)
    assert indexing.rebuild(session, index) == index.count()
    assert ids(index, "扶手") == {document_id(published)}
    assert f"organisation:{village.partner.id}" in ids(index, kind="organisation")
    assert f"organisation:{hidden.id}" not in ids(index)


def test_a_project_is_found_by_all_that_names_it(
    session: Session, village: Village, index: MemoryIndex
) -> None:
    make_region(session, VILLAGE)
    project = village.published()
    indexing.rebuild(session, index)
    found = {document_id(project)}
    for text in ("扶手", "坐便椅", "洪港村", "獨居老人", "居家适老化改造", "使用培训", "社工"):
        assert ids(index, text, kind="project") == found, text
    assert ids(index, project.plan_number) == found
    assert ids(index, village.partner.name, kind="project") == found
    for place in ("42", "4207", "420704", VILLAGE[:9], VILLAGE):
        assert ids(index, place=place, kind="project") == found
    assert ids(index, category=project.category.value, status="open") == found
    (hit,) = index.search(Query(text="扶手")).hits
    assert hit.url == f"/projects/{project.id}"


def test_an_organisation_is_found_by_its_credit_code(
    session: Session, village: Village, index: MemoryIndex
) -> None:
    indexing.rebuild(session, index)
    assert village.partner.uscc is not None
    assert ids(index, village.partner.uscc) == {f"organisation:{village.partner.id}"}
    assert ids(index, "0711-1234567") == set()


def test_what_happened_comes_into_the_index(
    session: Session, village: Village, index: MemoryIndex
) -> None:
    project = village.submitted()
    indexing.apply_outbox(session, index, outbox(session))
    assert document_id(project) not in ids(index)
    village.publish(project)
    for _ in range(2):
        indexing.apply_outbox(session, index, outbox(session))
        assert ids(index, "扶手") == {document_id(project)}


def test_what_is_gone_or_hidden_leaves_the_index(
    session: Session, village: Village, index: MemoryIndex
) -> None:
    partner = village.partner
    indexing.rebuild(session, index)
    partner.state = OrganisationState.RETURNED
    session.flush()
    rows = [
        Outbox(event="organisation.returned", subject=f"organisation:{partner.id}"),
        Outbox(event="project.published", subject="project:999999"),
        Outbox(event="expense.paid", subject="fund:1"),
        Outbox(event="odd", subject="project:x"),
    ]
    indexing.apply_outbox(session, index, rows)
    assert f"organisation:{partner.id}" not in ids(index)


def test_without_an_index_what_happened_waits_for_the_rebuild(
    session: Session, village: Village, index: MemoryIndex
) -> None:
    index.unavailable = True
    assert indexing.is_missing(index)
    project = village.published()
    indexing.apply_outbox(session, index, outbox(session))
    with pytest.raises(IndexUnavailable):
        index.count()
    indexing.rebuild(session, index)
    assert not indexing.is_missing(index)
    assert document_id(project) in ids(index)


def test_a_busy_index_is_asked_again_later(
    session: Session, village: Village, monkeypatch: pytest.MonkeyPatch, index: MemoryIndex
) -> None:
    def busy(documents: object) -> None:
        raise IndexBusy("another writer")

    village.published()
    monkeypatch.setattr(index, "replace", busy)
    with pytest.raises(IndexBusy):
        indexing.apply_outbox(session, index, outbox(session))


def test_more_projects_ask_no_more_questions(session: Session, village: Village) -> None:
    asked: list[str] = []

    def count(*execution: object) -> None:
        asked.append(str(execution[2]))

    questions = []
    for number in (1, 4):
        for n in range(number):
            village.published(title=f"第 {number} 批第 {n} 户老人家的扶手")
        session.expire_all()
        asked.clear()
        bind = session.get_bind()
        event.listen(bind, "before_cursor_execute", count)
        assert len(list(indexing.project_documents(session))) in (1, 5)
        event.remove(bind, "before_cursor_execute", count)
        questions.append(len(asked))
    assert questions[0] == questions[1] <= 4


def test_needs_are_found_once_confirmed_and_resources_while_they_stand(
    app: Flask, session: Session, clock: SetClock, index: MemoryIndex
) -> None:
    """Whom to call and where they live is in no index."""
    community = make_community(session)
    ordered = community.order(title="灯坏了要修", address="三单元四零二")
    need = community.open(title="灯泡要换")
    resource = community.offer(title="电工换灯泡")
    with app.app_context():
        indexing.rebuild(session, index)
        assert ids(index, "灯") == {f"need:{need.id}", f"resource:{resource.id}"}
        assert ids(index, "13800138000") == ids(index, "三单元四零二") == set()
        services.withdraw_resource(session, community.worker, resource_id=resource.id)
        services.confirm_need(session, community.dispatcher, need_id=ordered.id)
        indexing.apply_outbox(session, index, outbox(session))
    assert ids(index, "灯") == {f"need:{need.id}", f"need:{ordered.id}"}
