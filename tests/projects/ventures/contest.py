"""The world of these tests: a charity with a pool, an organiser, funders, applicants, and a call.

Rankings are written as rows here: how scores become places is told elsewhere.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from sqlalchemy.orm import Session

from charity import clock
from charity.actor import Actor, Grant, Role
from charity.disclosure import services as disclosure
from charity.files import LocalFileStore
from charity.ledger import services as ledger
from charity.ledger.models import Book, FundKind
from charity.money import Money
from charity.registry.models import Organisation
from charity.spending import services as spending
from charity.spending.models import Budget, Expense
from projects.ventures import services
from projects.ventures.models import (
    Application,
    ApplicationLineKind,
    Award,
    AwardTranche,
    Competition,
    CompetitionFunder,
    CompetitionLevel,
    CompetitionState,
    FunderTier,
    JudgingRound,
    Ranking,
    RankingRow,
)
from projects.ventures.services import AwardDraft, Calendar, CriterionDraft, LineAsked
from projects.ventures.terms import CompetitionTerms, RankingMethod, usual_terms
from tests.conftest import SetClock
from tests.factories import make_actor, make_operator, make_organisation, make_region
from tests.fixtures.pictures import good_jpeg

VILLAGE, STREET, COUNTY = "420704001202", "420704001", "420704"
SYSTEM = Actor.system("test")
RUBRIC = (("需求", 20), ("目标与方案", 25), ("创新", 15), ("预算", 15), ("团队", 15), ("持续", 10))
COMMITMENT = "本单位承诺所填内容真实；不实的，取消资格并退回资金。"
#: A budget whose caps are known: 600,000 yuan, of which 360,000 may be asked (VEN-02).
TOTAL, ASKED = Money.yuan(600_000), Money.yuan(360_000)


def lines(total: Money = TOTAL, asked: Money = ASKED) -> list[LineAsked]:
    """A budget of two lines with these sums."""
    goods, most = Money(total.fen // 2), Money(asked.fen // 2)
    return [
        LineAsked("上门服务", ApplicationLineKind.ACTIVITY, total - goods, asked - most),
        LineAsked("器材", ApplicationLineKind.GOODS, goods, most),
    ]


@dataclass
class Contest:
    """People, organisations and one competition; verbs in few words."""

    session: Session
    clock: SetClock
    charity: Organisation
    book: Book
    approvers: tuple[Actor, Actor, Actor]
    treasurer: Actor
    organiser: Organisation
    manager: Actor
    second_manager: Actor
    city: Organisation
    district: Organisation
    applicants: list[Organisation] = field(default_factory=list)
    owners: dict[int, Actor] = field(default_factory=dict)
    spent: int = 0

    def draft(self, **changed: Any) -> Competition:
        """A draft with a rubric and a pool; `terms` may change parts of the usual ones."""
        today = clock.today()
        terms = {**usual_terms(today).as_json(), **changed.pop("terms", {})}
        said: dict[str, Any] = {
            "client_id": str(uuid.uuid4()),
            "organiser_id": self.organiser.id,
            "title": "鄂城区第三届公益创投",
            "summary": "市区街三级联动，支持社区社会组织。",
            "level": CompetitionLevel.DISTRICT,
            "region_code": COUNTY,
            "calendar": Calendar(
                call_from=today,
                call_until=date(2026, 3, 20),
                review_until=date(2026, 3, 31),
                work_until=date(2026, 12, 31),
            ),
            "terms": CompetitionTerms.from_json(terms),
        }
        found = services.draft_competition(self.session, self.manager, **{**said, **changed})
        services.set_criteria(
            self.session,
            self.manager,
            competition_id=found.id,
            criteria=[CriterionDraft(title, weight) for title, weight in RUBRIC],
        )
        services.open_prize_pool(
            self.session,
            self.treasurer,
            competition_id=found.id,
            charity_id=self.charity.id,
            name="公益创投奖金池",
        )
        return found

    def opened(self, **changed: Any) -> Competition:
        """A competition that takes applications."""
        found = self.draft(**changed)
        return services.open_call(self.session, self.manager, competition_id=found.id)

    def funded(
        self, found: Competition, amount: Money, *, by: Organisation | None = None
    ) -> CompetitionFunder:
        """Money of a funder that arrived in the pool."""
        funder = services.add_funder(
            self.session,
            self.manager,
            competition_id=found.id,
            organisation_id=(by or self.city).id,
            tier=FunderTier.CITY,
            pledged=amount,
        )
        return services.receive_funding(
            self.session,
            self.treasurer,
            funder_id=funder.id,
            amount=amount,
            received_on=clock.today(),
        )

    def applicant(self, **changed: Any) -> Organisation:
        """Another organisation that applies, with an owner."""
        made = make_organisation(self.session, region_code=VILLAGE, **changed)
        self.applicants.append(made)
        self.owners[made.id] = make_actor(self.session, Grant(Role.OWNER, organisation_id=made.id))
        return made

    def begun(
        self, found: Competition, by: Organisation | None = None, **changed: Any
    ) -> Application:
        """A draft with everything in it."""
        by = by or self.applicant()
        actor = self.owners[by.id]
        begun = services.begin_application(
            self.session,
            actor,
            client_id=str(uuid.uuid4()),
            competition_id=found.id,
            organisation_id=by.id,
        )
        said: dict[str, Any] = {
            "title": "独居老人每周上门",
            "summary": "每周看望 40 位独居老人。",
            "plan": "四名社工，二十名志愿者，十个月。",
            "region_code": VILLAGE,
            "lines": lines(),
        }
        return services.save_draft(
            self.session, actor, application_id=begun.id, **{**said, **changed}
        )

    def submitted(
        self, found: Competition, by: Organisation | None = None, **changed: Any
    ) -> Application:
        """An application that was signed and handed in."""
        begun = self.begun(found, by, **changed)
        return services.sign_and_submit(
            self.session,
            self.owners[begun.organisation_id],
            application_id=begun.id,
            commitment_version="2026-1",
            commitment_text=COMMITMENT,
        )

    def ranked(self, found: Competition, applications: list[Application]) -> Ranking:
        """Everybody let in, and a published ranking in this order; the competition stands at it."""
        self.clock.advance(days=5)
        services.move_on(self.session, self.manager, competition_id=found.id)
        for application in applications:
            services.admit(self.session, self.manager, application_id=application.id)
        services.move_on(self.session, self.manager, competition_id=found.id)
        ranking = self.publish(found, applications)
        services.move_on(self.session, self.manager, competition_id=found.id)
        assert found.state is CompetitionState.RANKED
        return ranking

    def publish(
        self,
        found: Competition,
        applications: list[Application],
        round_: JudgingRound = JudgingRound.REVIEW,
    ) -> Ranking:
        """A published ranking in this order, as rows."""
        ranking = Ranking(
            competition_id=found.id, round=round_, method=RankingMethod.MEAN,
            file={"rules": {"vote_permille": found.terms.vote_permille}}, digest="0" * 64,
            made_at=clock.now(), published_at=clock.now(),
        )  # fmt: skip
        self.session.add(ranking)
        self.session.flush()
        for place, application in enumerate(applications, 1):
            self.session.add(
                RankingRow(
                    ranking_id=ranking.id, application_id=application.id, place=place,
                    points=(100 - place) * 1_000_000, sheets=5,
                )
            )  # fmt: skip
        self.session.flush()
        self.session.expire(ranking, ["rows"])
        return ranking

    def propose(self, application: Application, amount: Money) -> Award:
        """One award proposed."""
        return services.propose_awards(
            self.session,
            self.manager,
            competition_id=application.competition_id,
            drafts=[AwardDraft(application.id, amount, "一等奖")],
        )[0]

    def announced(self, application: Application, amount: Money) -> Award:
        """An award whose notice stands."""
        award = self.propose(application, amount)
        return services.announce(
            self.session, self.manager, award_id=award.id, title="拟资助公示", body="拟资助如下。"
        )

    def end_notices(self) -> None:
        """A fortnight later the notices end by themselves."""
        self.clock.advance(days=14)
        disclosure.end_due_notices(self.session, SYSTEM)

    def sign(self, award: Award) -> Award:
        """The winner's owner signs."""
        owner = self.owners[award.application.organisation_id]
        return services.sign_agreement(
            self.session, owner, award_id=award.id, words="按方案使用资金，接受评估。"
        )

    def signed(self, application: Application, amount: Money) -> Award:
        """A signed award."""
        award = self.announced(application, amount)
        self.end_notices()
        return self.sign(award)

    def agree(self, tranche: AwardTranche) -> None:
        """Released by an organiser, and agreed to by as many as its sum needs."""
        services.release_tranche(self.session, self.manager, tranche_id=tranche.id)
        people = self.approvers if tranche.amount >= Money.yuan(50_000) else self.approvers[:2]
        for approver in people:
            services.agree_tranche(self.session, approver, tranche_id=tranche.id, agreed=True)

    def pay(self, tranche: AwardTranche) -> AwardTranche:
        """The whole way of one stage."""
        self.agree(tranche)
        return services.pay_tranche(
            self.session, self.treasurer, tranche_id=tranche.id, paid_on=clock.today()
        )

    def spend(self, award: Award, amount: Money, folder: Path, *, pay: bool = True) -> Expense:
        """An expense of the winner from the award's money, agreed to and paid."""
        self.spent += 1
        budget = self.session.get_one(Budget, award.budget_id)
        expense = spending.submit_expense(
            self.session,
            self.owners[award.application.organisation_id],
            budget_line_id=budget.lines[0].id,
            deliverable_id=None,
            units=None,
            title="上门服务耗材",
            amount=amount,
            payee_name="鄂州康护器材有限公司",
            payee_account="6222020200001234567",
            voucher_number=f"FP{self.spent:06d}",
            spent_on=clock.today(),
            pictures=[good_jpeg(120, 90)],
            files=LocalFileStore(folder),
        )
        for approver in self.approvers[:2]:
            spending.approve_expense(self.session, approver, expense_id=expense.id)
        if pay:
            spending.pay_expense(
                self.session,
                self.treasurer,
                expense_id=expense.id,
                paid_on=clock.today(),
                bank_reference=f"VB{self.spent:06d}",
            )
        return expense

    def seal(self) -> None:
        """Give everything in the book its place."""
        ledger.seal(self.session, SYSTEM, book_id=self.book.id)


def make_contest(session: Session, set_clock: SetClock) -> Contest:
    """A charity with a book, an organiser of two, two funders."""
    for code in (VILLAGE, STREET, "420705"):
        make_region(session, code)
    charity = make_operator(session)
    book = ledger.open_book(session, SYSTEM, organisation_id=charity.id, name=charity.name)
    ledger.open_fund(session, SYSTEM, book_id=book.id, name="非限定", kind=FundKind.UNRESTRICTED)
    organiser = make_organisation(session, name="鄂城区社会组织服务中心")

    def staff(organisation: Organisation, *roles: Role) -> Actor:
        return make_actor(
            session, *(Grant(role, organisation_id=organisation.id) for role in roles)
        )

    return Contest(
        session=session,
        clock=set_clock,
        charity=charity,
        book=book,
        approvers=(
            staff(charity, Role.APPROVER),
            staff(charity, Role.APPROVER),
            staff(charity, Role.APPROVER, Role.OWNER),
        ),
        treasurer=staff(charity, Role.TREASURER),
        organiser=organiser,
        manager=staff(organiser, Role.ORGANISER),
        second_manager=staff(organiser, Role.ORGANISER),
        city=make_organisation(session),
        district=make_organisation(session),
    )
