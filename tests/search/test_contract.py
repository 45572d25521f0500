"""What every SearchIndex promises, asked of each engine in turn."""

import random
import threading
import time
from collections.abc import Iterator
from dataclasses import replace as altered

import pytest

from search import Document, IndexBusy, Query, Results, SearchIndex, Sort, ask, digest
from search.sounds import spoken
from tests.search.made import (
    CANTEEN,
    CENTRE,
    CREDIT_CODE,
    DISTRICT,
    HANDRAILS,
    PETITION,
    PLAN_NUMBER,
    READING,
)


def found(index: SearchIndex, text: str = "", **filters: str) -> list[str]:
    return [hit.id for hit in index.search(Query(text=text, **filters)).hits]  # type: ignore[arg-type]


@pytest.fixture
def district(index: SearchIndex) -> SearchIndex:
    index.replace(DISTRICT)
    return index


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("适老化", {"project:1"}),
        ("適老化", {"project:1"}),
        ("助餐点", {"project:2"}),
        ("助餐點", {"project:2"}),
        ("热饭", {"project:2"}),
        ("補貼", {"project:2"}),
        ("慈善总会", {"project:2"}),
    ],
)
def test_each_script_finds_the_other(district: SearchIndex, text: str, ids: set[str]) -> None:
    assert set(found(district, text)) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("灯", {"project:1"}),
        ("村", {"project:2"}),
        ("老", {"project:1", "project:2", "organisation:7"}),
        ("儿", {"project:3", "organisation:7"}),
        ("勺", {"project:2"}),
        ("骆", set()),
    ],
)
def test_one_character_is_a_query(district: SearchIndex, text: str, ids: set[str]) -> None:
    assert set(found(district, text)) == ids


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("峒山", {"project:2"}),
        ("峒山村", {"project:2"}),
        ("山村幸", {"project:2"}),
        ("道适", {"project:1"}),
        ("英语角同", {"project:3"}),
        ("峒山 扶手", set()),
        ("峒水", set()),
    ],
)
def test_what_no_dictionary_knows_is_found(district: SearchIndex, text: str, ids: set[str]) -> None:
    assert set(found(district, text)) == ids


def test_words_written_together_may_stand_apart_in_the_text(district: SearchIndex) -> None:
    assert found(district, "鄂城区独居老人扶手") == ["project:1"]


def test_words_that_stand_together_come_first(index: SearchIndex) -> None:
    apart = Document("project:1", "project", "报告", body="食堂设在社区，老人常来。大家很幸福。")
    together = Document("project:2", "project", "报告", body="社区食堂很受欢迎，老人都很幸福。")
    index.replace([apart, together])
    assert found(index, "社区食堂") == ["project:2", "project:1"]


@pytest.mark.parametrize("text", ["abc", "ABC", "ａｂｃ", "英语 Abc"])
def test_width_and_capitals_do_not_matter(district: SearchIndex, text: str) -> None:
    assert found(district, text) == ["project:3"]


@pytest.mark.parametrize("text", ["3000", "３０００元", "20户", "20戶"])
def test_figures_are_found(district: SearchIndex, text: str) -> None:
    assert found(district, text) == ["project:1"]


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("fhjd", {"project:1"}),
        ("FHJD", {"project:1"}),
        ("shilaohua", {"project:1"}),
        ("slh", {"project:1"}),
        ("xfst", {"project:2"}),
        ("xingfu shitang", {"project:2"}),
        ("liu shou er tong", {"project:3"}),
        ("yijia", {"project:1", "organisation:7"}),
        ("echengqu", {"project:1", "project:2", "organisation:7"}),
        ("xfjy", set()),
    ],
)
def test_names_are_found_by_their_sound(district: SearchIndex, text: str, ids: set[str]) -> None:
    assert set(found(district, text)) == ids


def test_another_character_of_the_same_sound_is_heard(district: SearchIndex) -> None:
    assert found(district, "幸福实堂") == []
    assert found(district, spoken("幸福实堂")) == ["project:2"]
    assert spoken("适老华 2025 改造") == "shilaohua 2025 gaizao"


def test_names_of_places_and_organisations_are_found(district: SearchIndex) -> None:
    assert found(district, "凤凰街道") == ["project:1"]
    assert found(district, "长港镇") == ["project:2"]
    assert set(found(district, "益家")) == {"project:1", "organisation:7"}


@pytest.mark.parametrize(
    ("text", "id"),
    [
        (CREDIT_CODE, "organisation:7"),
        (f" {CREDIT_CODE.lower()} ", "organisation:7"),
        ("51420704-MJH0123456", "organisation:7"),
        (PLAN_NUMBER, "project:1"),
        (PETITION, "organisation:7"),
        ("鄂慈備(2025)3號", "organisation:7"),
    ],
)
def test_an_exact_key_leads_to_its_page(district: SearchIndex, text: str, id: str) -> None:
    assert found(district, text) == [id]


def test_a_part_of_a_key_leads_nowhere(district: SearchIndex) -> None:
    assert found(district, CREDIT_CODE[:-1]) == []


def test_a_key_comes_before_words(index: SearchIndex) -> None:
    index.replace([HANDRAILS, altered(READING, keys=("适老化改造",))])
    assert found(index, "适老化改造") == ["project:3", "project:1"]


@pytest.mark.parametrize(
    ("place", "ids"),
    [
        ("42", {"project:1", "project:2", "project:3", "organisation:7"}),
        ("4207", {"project:1", "project:2", "project:3", "organisation:7"}),
        ("420704", {"project:1", "project:2", "organisation:7"}),
        ("420704103", {"project:2"}),
        ("420704103210", {"project:2"}),
        ("43", set()),
        ("4", set()),
    ],
)
def test_a_place_includes_all_below_it(district: SearchIndex, place: str, ids: set[str]) -> None:
    assert set(found(district, place=place)) == ids


def test_filters_narrow_together(district: SearchIndex) -> None:
    assert found(district, "老人", kind="project", status="open") == ["project:1"]
    assert found(district, category="children") == ["project:3"]
    assert found(district, kind="organisation", category="children") == []
    assert len(found(district, kind="", place="", category="", status="")) == 4


def test_no_text_means_all_newest_first(district: SearchIndex) -> None:
    assert found(district) == ["project:2", "project:1", "project:3", "organisation:7"]
    assert found(district, "   \n") == found(district)


def test_the_title_says_more_than_the_text(index: SearchIndex) -> None:
    index.replace([altered(READING, title="图书角", body="适老化"), HANDRAILS])
    assert found(index, "适老化") == ["project:1", "project:3"]


def test_newest_first_when_asked(district: SearchIndex) -> None:
    assert found(district, "老人", sort=Sort.NEWEST) == ["project:2", "project:1", "organisation:7"]


def test_facets_count_what_each_choice_would_show(district: SearchIndex) -> None:
    results = district.search(Query(text="老人", kind="project", place="4207"))
    assert results.total == 2
    assert results.facets["kind"] == {"organisation": 1, "project": 2}
    assert results.facets["category"] == {"elderly": 2}
    assert results.facets["status"] == {"closed": 1, "open": 1}
    assert results.facets["wants"] == {"yes": 1}
    # 4207 has only one county with hits, so the next level is offered.
    assert results.facets["place"] == {"420704001": 1, "420704103": 1}


def test_a_chosen_value_does_not_hide_its_neighbours(district: SearchIndex) -> None:
    facets = district.search(Query(category="children")).facets
    assert facets["category"] == {"children": 1, "elderly": 2}
    assert facets["status"] == {"open": 1}


def test_places_are_counted_below_the_chosen_one(district: SearchIndex) -> None:
    assert district.search(Query()).facets["place"] == {"420702": 1, "420704": 3}
    below = district.search(Query(place="420704")).facets["place"]
    assert below == {"420704001": 1, "420704103": 1}
    assert district.search(Query(place="420704103210")).facets["place"] == {}


def test_a_document_can_be_changed_and_taken_out(district: SearchIndex) -> None:
    district.replace([altered(HANDRAILS, title="凤凰街道防滑改造", also=())])
    assert found(district, "适老化") == []
    assert found(district, "防滑") == ["project:1"]
    assert district.count() == 4
    district.remove(["project:1", "project:404"])
    assert found(district, "防滑") == []
    assert district.count() == 3
    assert district.search(Query()).facets["kind"] == {"organisation": 1, "project": 2}


def test_of_two_with_the_same_id_the_later_counts(index: SearchIndex) -> None:
    index.replace([HANDRAILS, altered(HANDRAILS, title="防滑改造")])
    assert found(index, "防滑") == ["project:1"]
    assert index.count() == 1


def test_empty_batches_change_nothing(district: SearchIndex) -> None:
    district.replace([])
    district.remove([])
    assert district.count() == 4


def test_pages_follow_each_other(index: SearchIndex) -> None:
    index.replace(
        altered(READING, id=f"project:{n}", published_on=f"2025-01-{n % 9 + 1:02}")
        for n in range(45)
    )
    for sort in Sort:
        pages = [
            index.search(Query(text="阅读", limit=20, offset=offset, sort=sort))
            for offset in (0, 20, 40, 60)
        ]
        assert [page.total for page in pages] == [45] * 4
        assert [len(page.hits) for page in pages] == [20, 20, 5, 0]
        ids = [hit.id for page in pages for hit in page.hits]
        assert len(set(ids)) == 45
        assert ids[:5] == ["project:17", "project:26", "project:35", "project:44", "project:8"]


@pytest.mark.parametrize(("limit", "offset", "hits"), [(0, 0, 0), (-5, -5, 0), (10**9, 0, 4)])
def test_bounds_of_a_page_are_kept(
    district: SearchIndex, limit: int, offset: int, hits: int
) -> None:
    results = district.search(Query(limit=limit, offset=offset))
    assert (results.total, len(results.hits)) == (4, hits)
    assert district.search(Query(offset=10**12)).hits == ()


@pytest.mark.parametrize(
    ("filters", "ids"),
    [
        ({"wants": "yes"}, ["project:1", "project:3"]),
        ({"amount_from": 2_000_000}, ["project:2", "project:1"]),
        ({"amount_to": 2_000_000}, ["project:2", "project:3"]),
        ({"amount_from": 800_001, "amount_to": 2_000_000}, ["project:2"]),
        ({"amount_from": 5, "amount_to": 1}, []),
        ({"amount_from": -(10**30), "amount_to": 10**30}, ["project:2", "project:1", "project:3"]),
        ({"published_from": "2025-03-01"}, ["project:2", "project:1"]),
        ({"published_to": "2025-03-01"}, ["project:1", "project:3", "organisation:7"]),
        ({"published_from": "2024-01-01", "published_to": "2024-12-31"}, ["project:3"]),
        ({"published_from": "\x00", "published_to": "\ud800"}, None),
        ({"amount_to": 2_000_000, "text": "老人"}, ["project:2"]),
    ],
)
def test_sums_days_and_what_is_wanted_narrow(
    district: SearchIndex, filters: dict[str, object], ids: list[str] | None
) -> None:
    results = district.search(Query(**filters))  # type: ignore[arg-type]
    if ids is not None:
        assert [hit.id for hit in results.hits] == ids
        assert sum(results.facets["kind"].values()) == results.total == len(ids)


@pytest.mark.parametrize("text", ["", "老人"])
def test_what_ends_next_comes_first_and_what_has_ended_last(
    district: SearchIndex, text: str
) -> None:
    endless = altered(CANTEEN, id="project:9", ends_on="", published_on="2020-01-01")
    district.replace([endless])
    asked = Query(text=text, kind="project", sort=Sort.ENDING, today="2025-07-01")
    wanted = ["project:3", "project:1", "project:2", "project:9"]
    ids = [hit.id for hit in district.search(asked).hits]
    assert ids == [id for id in wanted if not text or id != "project:3"]
    later = [hit.id for hit in district.search(altered(asked, today="2025-08-01")).hits]
    assert later[0] == "project:1"
    assert district.search(altered(asked, today="not a day")).total == len(ids)


def test_what_lacks_most_comes_first(district: SearchIndex) -> None:
    whole = district.search(Query(sort=Sort.GAP))
    ids = ["project:1", "project:3", "project:2", "organisation:7"]
    assert [hit.id for hit in whole.hits] == ids
    second = district.search(Query(sort=Sort.GAP, limit=2, offset=1))
    assert [hit.id for hit in second.hits] == ids[1:3]


def test_of_equals_the_fresh_one_and_the_one_that_wants_come_first(index: SearchIndex) -> None:
    old = Document("project:a", "project", "助餐", published_on="2023-01-01", body="饭")
    fresh = altered(old, id="project:b", published_on="2025-06-20")
    wanting = altered(old, id="project:c", wants="yes")
    both = altered(fresh, id="project:d", wants="yes")
    titled = altered(old, id="project:e", title="社区", body="助餐", published_on="2025-06-20")
    index.replace([old, fresh, wanting, both, titled])
    for today, order in (("2025-07-01", "dbcae"), ("", "bdace"), ("??", "bdace")):
        hits = index.search(Query(text="助餐", today=today)).hits
        assert "".join(hit.id[-1] for hit in hits) == order


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("留守儿重", "留守儿童"),
        ("留守儿重 阅读", "留守儿童 阅读"),
        ("xinfushitang", "幸福食堂"),
        ("xingfushitnag", "幸福食堂"),
        ("fenghuangjiedoa", "凤凰街道"),
        ("骆驼沙漠", ""),
        ("zzzzzz", ""),
        ("?!", ""),
    ],
)
def test_what_was_meant_is_offered(district: SearchIndex, text: str, meant: str) -> None:
    reply = ask(district, Query(text=text))
    assert (reply.results.total, reply.meant) == (0, meant)
    assert not meant or district.search(Query(text=meant)).total


def test_how_a_word_goes_on_is_suggested(district: SearchIndex) -> None:
    assert ask(district, Query(text="幸福")).suggested[0] == "幸福食堂"
    assert "幸福食堂" in ask(district, Query(text="xingfu")).suggested
    assert ask(district, Query(text="骆驼")).suggested == ()
    assert ask(district, Query()).suggested == ()


def test_nothing_else_is_offered_to_who_found_something(district: SearchIndex) -> None:
    reply = ask(district, Query(text="扶手"))
    assert (reply.results.total, reply.by_sound, reply.meant) == (1, False, "")
    heard = ask(district, Query(text="幸福实堂"))
    assert (heard.results.total, heard.by_sound) == (1, True)


#: Seconds of work that any question may cost, its helps included.
LONGEST = 0.2
HOSTILE = [
    "*:*",
    "*",
    "?",
    "*老人",
    "老*",
    "title:老人 OR 1=1",
    "NOT 老人",
    "(((((",
    '"',
    '"老人',
    "'; DROP TABLE project; --",
    "[a TO z]",
    "老人^1000~0.1",
    "/(a+)+$/",
    "(a+)+" * 30,
    "\x00",
    "老\x00人",
    "\ud800",
    "\udfff老人",
    "😀",
    "👨‍👩‍👧‍👦老人🏠",
    "\u202e老人\u200b",
    "﷽" * 300,
    "e" + "\u0301" * 5000,
    "老人" * 5000,
    "的" * 10_000,
    "龘" * 10_000,
    "".join(random.Random(3).choices("天地玄黄宇宙洪荒日月盈昃辰宿列张", k=10_000)),
    " ".join("abcdefghijklmnopqrstuvwxyz"),
    "a" * 10_000,
    "%%%{{7*7}}<script>",
    "\\\\",
    "AND OR NOT",
    "ﬁ ㈱ ½ Ⅷ",
    "１２３",
]


@pytest.mark.parametrize("text", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_is_typed_is_no_error(district: SearchIndex, text: str) -> None:
    begun = time.thread_time()
    ask(district, Query(text=text, today="2025-07-01"))
    assert time.thread_time() - begun < LONGEST
    results = district.search(Query(text=text))
    assert 0 <= len(results.hits) <= results.total <= 4
    assert set(results.facets) == {"kind", "category", "status", "wants", "place"}
    for name in ("kind", "place", "category", "status"):
        assert district.search(Query(**{name: text})).total == 0  # type: ignore[arg-type]


@pytest.mark.parametrize("text", ["*:*", "*", "?", "😀", "\x00", "...", '""'])
def test_what_holds_no_word_finds_nothing(district: SearchIndex, text: str) -> None:
    assert district.search(Query(text=text)) == Results(
        facets={"kind": {}, "category": {}, "status": {}, "wants": {}, "place": {}}
    )


def test_operators_are_words(district: SearchIndex) -> None:
    assert found(district, "老人 OR 扶手") == []
    assert found(district, '"独居老人" +扶手') == ["project:1"]


def test_words_are_marked_in_their_own_script(district: SearchIndex) -> None:
    (hit,) = district.search(Query(text="助餐 热饭")).hits
    assert hit.title_highlight == (("峒山村幸福食堂", False), ("助餐", True), ("點", False))
    assert ("熱飯", True) in hit.excerpt
    assert "".join(text for text, _ in hit.excerpt) == CANTEEN.body
    assert (hit.id, hit.kind, hit.url) == ("project:2", "project", "/projects/2")


def test_odd_documents_can_be_kept(index: SearchIndex) -> None:
    odd = Document("x:1", "x", "\x00<b>&\ud83d 标题\x00", body="正文" * 40_000, keys=("", "——"))
    index.replace([odd, Document("x:2", "x", "")])
    assert found(index, "标题") == ["x:1"]
    assert set(found(index)) == {"x:1", "x:2"}


def test_a_rebuild_takes_the_place_of_everything(district: SearchIndex) -> None:
    told: list[int] = []
    assert district.rebuild(iter([READING, CENTRE]), progress=told.append) == 2
    assert told[-1] == 2
    assert district.count() == 2
    assert found(district, "适老化") == []
    assert found(district, "阅读") == ["project:3"]


def test_a_rebuild_that_fails_leaves_the_old_index(district: SearchIndex) -> None:
    def broken() -> Iterator[Document]:
        yield READING
        raise RuntimeError("the database went away")

    with pytest.raises(RuntimeError):
        district.rebuild(broken())
    assert district.count() == 4
    district.replace([altered(READING, title="绘本馆")])
    assert found(district, "绘本馆") == ["project:3"]


def test_what_changes_during_a_rebuild_is_not_lost(district: SearchIndex) -> None:
    def documents() -> Iterator[Document]:
        yield from (HANDRAILS, CANTEEN)
        district.replace([altered(HANDRAILS, title="防滑改造"), READING])
        assert found(district, "防滑") == ["project:1"]
        district.remove(["project:2"])
        with pytest.raises(IndexBusy):
            district.rebuild([])

    district.rebuild(documents())
    assert set(found(district)) == {"project:1", "project:3"}
    assert found(district, "防滑") == ["project:1"]


def test_searches_go_on_during_a_rebuild(district: SearchIndex) -> None:
    failures: list[BaseException] = []
    totals: set[int] = set()
    stop = threading.Event()

    def ask() -> None:
        try:
            while not stop.is_set():
                totals.add(district.search(Query(text="老人")).total)
        except BaseException as error:
            failures.append(error)

    askers = [threading.Thread(target=ask) for _ in range(3)]
    for asker in askers:
        asker.start()
    for size in (40, 80):
        copies = (altered(HANDRAILS, id=f"project:{n}") for n in range(size))
        district.rebuild(copies)
    district.replace([altered(HANDRAILS, id="project:80")])
    stop.set()
    for asker in askers:
        asker.join()
    assert failures == []
    assert totals <= {3, 40, 80, 81}
    assert district.search(Query(text="老人")).total == 81


def test_the_digests_tell_what_is_in_it(district: SearchIndex) -> None:
    assert district.digests() == {one.id: digest(one) for one in DISTRICT}
    changed = altered(READING, title="绘本馆")
    district.replace([changed])
    district.remove([CENTRE.id])
    held = district.digests()
    assert held == {one.id: digest(one) for one in (HANDRAILS, CANTEEN, changed)}
    assert held[READING.id] != digest(READING)


def test_a_closed_index_opens_again(district: SearchIndex) -> None:
    district.close()
    assert found(district, "适老化") == ["project:1"]
