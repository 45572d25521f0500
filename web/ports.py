"""The ports of this installation, each with the adapter that was chosen for it at the start."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from flask import Flask, current_app

from charity.donations.gateway import PaymentGateway
from charity.files import FileStore
from search.port import SearchIndex
from web.config import Settings

_EXTENSION = "wushe.ports"


@dataclass(frozen=True, kw_only=True)
class Ports:
    """What the site speaks to; `create_app` fills it, a test may hand in its own."""

    settings: Settings
    #: Gateways by name; the first takes new gifts, all of them may send notices.
    gateways: Mapping[str, PaymentGateway]
    files: FileStore
    index: SearchIndex

    @property
    def gateway(self) -> PaymentGateway:
        """The gateway that takes new gifts."""
        return next(iter(self.gateways.values()))


def init_app(app: Flask, ports: Ports) -> None:
    """Give the app its ports."""
    app.extensions[_EXTENSION] = ports


def ports() -> Ports:
    """The ports of the current app."""
    found: Ports = current_app.extensions[_EXTENSION]
    return found


def settings() -> Settings:
    """What the installation said about itself."""
    return ports().settings
