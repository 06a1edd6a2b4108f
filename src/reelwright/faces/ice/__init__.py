"""The ICE face: the vendor's intelligent media API, version 2020-11-09, over RPC."""

from starlette.types import ASGIApp, Scope

from reelwright.faces.ice import notices
from reelwright.faces.ice.errors import tell
from reelwright.faces.ice.operations import OPERATIONS, VERSION
from reelwright.faces.rpc import Rpc
from reelwright.service import Service

__all__ = ["build", "is_for_ice"]


def build(service: Service) -> ASGIApp:
    service.callbacks.composes(notices.KIND, notices.Writer(service).write)
    return Rpc(service, version=VERSION, operations=OPERATIONS, tell=tell)


def is_for_ice(scope: Scope) -> bool:
    """Does a request name an operation? Its path may be any: a client's endpoint can have one of its own."""
    return any(name == b"x-acs-action" for name, _ in scope["headers"])
