"""The accounts of the demo: who they are, what they may do, and the one password of them all."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from charity.accounts.models import User
from charity.accounts.queries import needs_factor
from charity.actor import Grant, Role

#: Printed on the terminal and in the README; production refuses to load the demo.
PASSWORD = "wushe-demo"  # noqa: S105 - meant to be known by everybody

#: Which organisation a role is held in: these, or the login name of its owner.
OPERATOR, FEDERATION = "operator", "federation"


@dataclass(frozen=True, slots=True)
class Person:
    """One account with the role it holds; where is an organisation's key or a division code."""

    login: str
    name: str
    words: str
    role: Role | None = None
    where: str | None = None
    #: A second role in the same place.
    also: Role | None = None


#: The accounts that are printed, in the order in which the story needs them.
ACCOUNTS = (
    Person("jiahe", "王芳", "嘉和社会工作服务中心负责人: 发布项目, 提交支出"),
    Person("kangle", "周明", "康乐养老服务中心负责人: 另一家社会组织"),
    Person("staff", "刘静", "慈善总会核验员: 核验社会组织", Role.VERIFIER, OPERATOR),
    Person(
        "reviewer", "陈立", "社会工作联合会评审: 审核并发布别家的项目",
        Role.REVIEWER, FEDERATION,
    ),
    Person("approver1", "何敏", "支出审批人之一", Role.APPROVER, OPERATOR),
    Person("approver2", "杨涛", "支出审批人之二", Role.APPROVER, OPERATOR),
    Person(
        "chair", "孙立群", "慈善总会负责人: 五万元以上的支出要他也同意",
        Role.APPROVER, OPERATOR, Role.OWNER,
    ),
    Person("treasurer", "吴娟", "财务: 付款, 资金归集", Role.TREASURER, OPERATOR),
    Person(
        "village", "余斌", "凤凰街道验收人 (洪港村, 月陂村)",
        Role.ACCEPTOR, "420704001",
    ),
    Person(
        "community", "周丽", "社区工作者: 确认居民的点单, 派单",
        Role.DISPATCHER, "420704",
    ),
    Person(
        "fundbooks", "邓平", "吴楚社区发展基金会财务: 记自己的账, 拨付资助",
        Role.TREASURER, "foundation",
    ),
    Person(
        "jiahebooks", "汪莉", "嘉和社会工作服务中心财务: 记自己的账",
        Role.TREASURER, "jiahe",
    ),
    Person(
        "regulator", "方宁", "民政局工作人员: 订抽查计划, 抽签, 公布结果",
        Role.REGULATOR, "420704",
    ),
    Person("inspector1", "罗成", "检查员之一: 查被抽中的组织", Role.INSPECTOR, "420704"),
    Person("inspector2", "谢雨", "检查员之二", Role.INSPECTOR, "420704"),
    Person("inspector3", "唐晓", "检查员之三", Role.INSPECTOR, "420704"),
    Person(
        "organiser", "罗敏", "办创投: 请评委, 排名次, 公示, 提请拨付",
        Role.ORGANISER, FEDERATION,
    ),
    Person("judge1", "杜建国", "创投评委: 在手机上打分"),
    Person("auditor", "郑岚", "审计员: 看全部账目, 什么也改不了", Role.AUDITOR),
    Person("admin", "秦越", "管理员: 账号与角色", Role.ADMINISTRATOR),
)  # fmt: skip

#: Who helps filed groups and smaller organisations to register; a hub's worker, not printed.
HUB = Person("hub", "熊莉", "社会组织孵化中心专干")


def accounts() -> list[tuple[str, str, str]]:
    """(login name, password, role in words) of every account that is printed."""
    return [(person.login, PASSWORD, person.words) for person in ACCOUNTS]


def device_secret(login: str) -> str:
    """The secret of an account's second factor, the same in every demo: known to everybody."""
    digest = hashlib.sha256(f"wushe-demo {login}".encode()).digest()
    return base64.b32encode(digest[:20]).decode("ascii")


def has_device(person: Person) -> bool:
    """Whether the role needs a second factor."""
    return person.role is not None and needs_factor(Grant(person.role))


def is_here(session: Session) -> bool:
    """Whether the demo's accounts are in this database."""
    logins = [person.login for person in ACCOUNTS]
    found = session.scalar(select(func.count()).where(User.login_name.in_(logins)))
    return found == len(logins)


def greeting() -> list[str]:
    """The lines that `wushe run` prints beside the address."""
    lines = [f"演示账号 (密码都是 {PASSWORD}):"]
    return lines + [
        f"  {person.login:<10} {person.words}"
        + (f" · 验证码: wushe demo code {person.login}" if has_device(person) else "")
        for person in ACCOUNTS
    ]
