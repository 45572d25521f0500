"""What of the books can be found, and that the outbox keeps it fresh."""

from collections.abc import Iterator

import pytest
from flask import Flask
from sqlalchemy import event, select
from sqlalchemy.orm import Session

from charity.audits import services as audits
from charity.audits.models import AuditResult
from charity.ledger import queries as ledger
from charity.ledger import services as ledger_services
from charity.ledger.models import FundKind
from charity.outbox import Outbox
from charity.registry.models import OrganisationState
from projects.listings import services
from projects.listings.models import Project
from projects.ventures import services as ventures
from search import Document, IndexBusy, IndexUnavailable, MemoryIndex, Query, Sort
from search.segmentation import divide
from tests.charity.audits.checking import Checking
from tests.conftest import SetClock
from tests.factories import make_organisation, make_region
from tests.projects.listings.community import make_community
from tests.projects.listings.village import SYSTEM, VILLAGE, Village, make_village
from tests.projects.ventures.contest import make_contest
from web import indexing
from web.indexing import checking as checking_index


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


def test_a_project_wants_until_its_target_is_reached(
    session: Session, village: Village, index: MemoryIndex
) -> None:
    project = village.published()
    assert project.campaign is not None
    indexing.rebuild(session, index)
    asked = Query(kind="project", wants="yes", sort=Sort.GAP)
    assert index.search(asked).total == 1
    (document,) = indexing.project_documents(session)
    assert document.amount == document.gap == project.target.fen
    assert document.ends_on == project.campaign.ends_on.isoformat()
    village.give(project, project.target)
    rows = [row for row in outbox(session) if row.event == "donation.settled"]
    indexing.apply_outbox(session, index, rows)
    assert index.search(asked).total == 0
    (document,) = indexing.project_documents(session)
    assert (document.gap, document.wants) == (0, "")


def test_villages_and_their_funds_are_found(
    session: Session, village: Village, index: MemoryIndex
) -> None:
    make_region(session, VILLAGE)
    indexing.rebuild(session, index)
    assert f"region:{VILLAGE}" in ids(index, kind="region", place=VILLAGE[:6])
    assert f"region:{VILLAGE[:6]}" not in ids(index)
    book = ledger.book_of(session, village.operator.id)
    shown, hidden = (
        ledger_services.open_fund(session, SYSTEM, book_id=book.id, name=name, kind=kind)
        for name, kind in (("洪港村互助基金", FundKind.NAMED), ("代收款", FundKind.AGENCY))
    )
    indexing.apply_outbox(session, index, outbox(session))
    assert ids(index, "互助基金", kind="fund") == {f"fund:{shown.id}"}
    assert ids(index, "代收款") == set()
    ledger_services.close_fund(session, SYSTEM, fund_id=shown.id)
    indexing.apply_outbox(session, index, outbox(session))
    assert f"fund:{hidden.id}" not in ids(index)


def test_competitions_are_found_once_opened(
    app: Flask, session: Session, clock: SetClock, index: MemoryIndex
) -> None:
    contest = make_contest(session, clock)
    draft, opened = contest.draft(title="还没开的创投"), contest.opened(title="开了的创投")
    with app.app_context():
        indexing.rebuild(session, index)
        assert ids(index, "创投", kind="competition") == {f"competition:{opened.id}"}
        assert ids(index, wants="yes", kind="competition") == {f"competition:{opened.id}"}
        ventures.open_call(session, contest.manager, competition_id=draft.id)
        indexing.apply_outbox(session, index, outbox(session))
    assert f"competition:{draft.id}" in ids(index, "创投")


def test_only_the_newest_of_an_audit_result_is_found(
    app: Flask, session: Session, clock: SetClock, index: MemoryIndex
) -> None:
    checking = Checking.begin(session, organisations=1, inspectors=3)
    finding = checking.ordered()
    inspection = finding.inspection
    checking.do(audits.publish_result, inspection_id=inspection.id)
    (first,) = session.scalars(select(AuditResult))
    with app.app_context():
        indexing.rebuild(session, index)
        assert ids(index, kind="audit_result") == {f"audit_result:{first.id}"}
        assert ids(index, inspection.organisation.name, kind="audit_result")
        checking.do(audits.refer_finding, finding_id=finding.id, note="移交")
        again = checking.do(audits.correct_result, result_id=first.id, explanation="写错了")
        indexing.apply_outbox(session, index, outbox(session))
    assert ids(index, kind="audit_result") == {f"audit_result:{again.id}"}


def test_drift_is_told_and_put_right(
    session: Session, village: Village, index: MemoryIndex
) -> None:
    lost, stale = village.published(), village.published(title="改名前的扶手")
    indexing.rebuild(session, index)
    assert checking_index.check(session, index).ids == ()
    index.remove([document_id(lost)])
    stale.title = "改名后的扶手"
    session.flush()
    index.replace([Document("project:999999", "project", "没有了的"), Document("x:y", "x", "谁")])
    drift = checking_index.check(session, index)
    assert drift.missing == (document_id(lost),)
    assert drift.stale == (document_id(stale),)
    assert drift.left_over == ("project:999999", "x:y")
    checking_index.repair(session, index, drift)
    assert checking_index.check(session, index).ids == ()
    assert ids(index, "改名后") == {document_id(stale)}


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
    assert questions[0] == questions[1] <= 7


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


def test_the_names_of_loaded_places_divide_what_is_asked(session: Session) -> None:
    make_region(session, "420704998", "蒗岙镇")
    make_region(session, "420704997", "嵊垚街道")
    assert "嵊垚街道" not in divide("蒗岙镇嵊垚街道助餐")
    indexing.learn_places(session)
    assert divide("蒗岙镇嵊垚街道助餐") == ["蒗岙镇", "嵊垚街道", "助餐"]
