"""Second factors of people in browsers: a role that needs one has a device of known secret."""

import time
from collections.abc import Iterable

from sqlalchemy.orm import Session

from charity.accounts import factor, queries, services
from charity.actor import Actor
from tests.support.live import Installation
from web.config import Settings
from web.demo.people import device_secret
from web.security.sealing import sealer_of

#: The last step used, by site and login name: a code counts once.
_used: dict[tuple[str, str], int] = {}


def give_devices(session: Session, installation: Installation, logins: Iterable[str]) -> None:
    """Give a device to everyone whose roles need one."""
    sealer = sealer_of(Settings.from_env(installation.environment()).secret)
    for login in logins:
        user = queries.user_by_login(session, login)
        if user is None or not any(map(queries.needs_factor, queries.grants_of(session, user.id))):
            continue
        services.give_device(
            session,
            Actor.system("tests"),
            user_id=user.id,
            secret=device_secret(login),
            sealer=sealer,
        )


def next_code(site: str, login: str) -> str:
    """A code of this person that was not used before; waits where all that count now are used."""
    now = time.time()
    early = now % factor.STEP_SECONDS < factor.STEP_SECONDS / 2
    step = int(now) // factor.STEP_SECONDS - int(early)
    step = max(step, _used.get((site, login), 0) + 1)
    time.sleep(max(0.0, (step - factor.DRIFT) * factor.STEP_SECONDS - time.time()))
    _used[site, login] = step
    return factor.code_of(device_secret(login), step)
