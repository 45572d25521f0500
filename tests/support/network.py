"""No test speaks to the world: sockets to anything but this machine are refused in this process."""

import ipaddress
import socket
from collections.abc import Callable
from typing import Any

_INTERNET = (socket.AF_INET, socket.AF_INET6)


class ForeignHostError(RuntimeError):
    """A test tried to reach another machine."""


def close_to_the_world() -> None:
    """Refuse, from now on, names to be looked up and connections that are not of the loopback."""
    for name in ("connect", "connect_ex", "sendto"):
        setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    original = socket.getaddrinfo

    def getaddrinfo(host: Any, *arguments: Any, **named: Any) -> Any:
        _refuse_foreign(host)
        return original(host, *arguments, **named)

    socket.getaddrinfo = getaddrinfo


def _guarded(original: Callable[..., Any]) -> Callable[..., Any]:
    def call(self: socket.socket, *arguments: Any) -> Any:
        if self.family in _INTERNET:
            _refuse_foreign(arguments[-1][0])
        return original(self, *arguments)

    return call


def _refuse_foreign(host: str | bytes | None) -> None:
    name = host.decode() if isinstance(host, bytes) else host
    if name in (None, "", "localhost"):
        return
    try:
        foreign = not ipaddress.ip_address(str(name)).is_loopback
    except ValueError:
        foreign = True
    if foreign:
        raise ForeignHostError(f"tests keep to this machine, not to {name}")
