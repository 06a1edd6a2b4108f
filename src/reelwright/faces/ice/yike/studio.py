"""Workspaces, productions and folders of the studio: the records, and the ones that everybody has.

A workspace has users and productions, a production has assets in folders. No operation of the vendor's makes a folder,
so each production has the one that came with it. A default workspace with a production stands for every tenant from
the beginning: its ids follow from the tenant, and its records are written when somebody first asks for them.
"""

import base64
import hashlib
import re

import msgspec

from reelwright import timing
from reelwright.errors import InvalidParameter
from reelwright.faces.request import shown
from reelwright.faces.wire import Desk, Document
from reelwright.jobs.records import Entry, Keeping, Kept, Shelf

FOLDER = "folder-"
FOLDER_ID = re.compile(rf"{FOLDER}([0-9a-f]{{32}})")
CODE_LETTERS = 8
NO_LIMIT = 0
DEFAULT = "default"
STORYBOARD = "storyboard"
"""The origin of assets that a storyboard job made: its id has hyphens."""


class Workspace(msgspec.Struct, frozen=True):
    title: str
    most_users: int = NO_LIMIT


class Production(msgspec.Struct, frozen=True):
    title: str
    workspace: str
    creator: str = ""
    """Name of the account that made it."""

    @property
    def labels(self) -> dict[str, str]:
        return {"workspace": self.workspace}


WORKSPACES = Shelf("yike.workspace", Workspace)
PRODUCTIONS = Shelf("yike.production", Production)


def workspace_code(workspace_id: str) -> str:
    """What stands for a workspace in the login names of its users."""
    digest = hashlib.blake2b(workspace_id.encode(), digest_size=8).digest()
    return base64.b32encode(digest).decode().lower()[:CODE_LETTERS]


def default_workspace(tenant: str) -> str:
    return _own_id(tenant, "workspace")


def default_production(tenant: str) -> str:
    return _own_id(tenant, "production")


def _own_id(tenant: str, what: str) -> str:
    """An id in the shape of all ids, of the first moment of all: it sorts before any other."""
    return "0" * 15 + hashlib.blake2b(f"{what}/{tenant}".encode(), digest_size=9).hexdigest()[:17]


def folder_of(production_id: str) -> str:
    return FOLDER + production_id


# ---- keeping


async def settle(desk: Desk) -> None:
    """Write the records of the default workspace, if nobody has yet."""
    if PRODUCTIONS.get(desk.service.kept, desk.tenant, default_production(desk.tenant)) is not None:
        return
    now = timing.now()

    def change(tx: Keeping) -> None:
        WORKSPACES.put(tx, desk.tenant, default_workspace(desk.tenant), Workspace(DEFAULT), now=now)
        production = Production(DEFAULT, default_workspace(desk.tenant), desk.tenant)
        put(tx, desk.tenant, default_production(desk.tenant), production, now)

    await desk.service.keep(change)


def put(tx: Keeping, tenant: str, production_id: str, production: Production, now: float) -> None:
    PRODUCTIONS.put(tx, tenant, production_id, production, now=now, labels=production.labels)


def workspace(kept: Kept, tenant: str, workspace_id: str) -> Entry[Workspace]:
    """Raises `InvalidParameter` if there is none. The default one must have been settled."""
    found = WORKSPACES.get(kept, tenant, workspace_id)
    if found is None:
        told = f"WorkspaceId is {shown(workspace_id)}, but there is no such workspace; CreateYikeWorkspace makes one"
        raise InvalidParameter(told, field="WorkspaceId")
    return found


def production(kept: Kept, tenant: str, production_id: str, *, field: str = "ProductionId") -> Entry[Production]:
    """Raises `InvalidParameter` if there is none. The default one must have been settled."""
    found = PRODUCTIONS.get(kept, tenant, production_id)
    if found is None:
        told = f"{field} is {shown(production_id)}, but there is no such production; ListYikeProductions names them"
        raise InvalidParameter(told, field=field)
    return found


# ---- where something goes


def place(desk: Desk, given: Document) -> tuple[str, str]:
    """(production, folder) that a request names with `production` and `folder`, or the default ones."""
    folder, named = str(given.get("folder") or "").strip(), str(given.get("production") or "").strip()
    default = default_production(desk.tenant)
    if named and named != default:  # That one is there though no record says so yet.
        production(desk.service.kept, desk.tenant, named)
    if not folder:
        return named or default, folder_of(named or default)
    own = FOLDER_ID.fullmatch(folder)
    found = own[1] if own and _is_there(desk, own[1]) else None
    if found is None or named not in ("", found):
        of = f"production {named} has no such folder" if named else "there is no such folder"
        told = f"FolderId is {shown(folder)}, but {of}; ListYikeAssetFolders names them"
        raise InvalidParameter(told, field="FolderId")
    return found, folder


def _is_there(desk: Desk, production_id: str) -> bool:
    is_default = production_id == default_production(desk.tenant)
    return is_default or PRODUCTIONS.get(desk.service.kept, desk.tenant, production_id) is not None
