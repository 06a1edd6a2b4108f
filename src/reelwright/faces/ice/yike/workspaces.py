"""CreateYikeWorkspace, CreateYikeProduction, ListYikeProductions, ListYikeAssetFolders."""

from reelwright import timing
from reelwright.faces.ice import paging
from reelwright.faces.ice.paging import PAGE
from reelwright.faces.ice.yike import studio
from reelwright.faces.ice.yike.studio import PRODUCTIONS, WORKSPACES, Production, Workspace
from reelwright.faces.wire import Desk, Document, Table, always, each, handled, integer, short_text, text
from reelwright.faces.wire import moment as at
from reelwright.jobs import ids
from reelwright.jobs.records import Entry, Keeping

MOST_PAGE, LAST_PAGE = 50, 100_000
MOST_TITLE = 128  # bytes
MOST_USERS = 100_000
PAGES: Table = {
    "PageNo": integer("number", least=1, most=LAST_PAGE),
    "PageSize": integer("size", least=1, most=MOST_PAGE),
}


async def create_workspace(desk: Desk, given: Document) -> Document:
    now = timing.now()
    workspace_id, production_id = ids.new(now), ids.new(now)
    title, most = str(given["title"]), given["most_users"]
    assert isinstance(most, int)  # The table's codec made it one.

    def change(tx: Keeping) -> None:
        WORKSPACES.put(tx, desk.tenant, workspace_id, Workspace(title, most), now=now)
        studio.put(tx, desk.tenant, production_id, Production(title, workspace_id, desk.tenant), now)

    await desk.service.keep(change)
    return {"workspace": workspace_id, "production": production_id}


async def create_production(desk: Desk, given: Document) -> Document:
    await studio.settle(desk)
    now = timing.now()
    production_id = ids.new(now)
    workspace_id = str(given.get("workspace") or studio.default_workspace(desk.tenant))
    made = Production(str(given["title"]), workspace_id, desk.tenant)

    def change(tx: Keeping) -> None:
        studio.workspace(tx, desk.tenant, workspace_id)
        studio.put(tx, desk.tenant, production_id, made, now)

    await desk.service.keep(change)
    return {"production": production_id}


async def list_productions(desk: Desk, given: Document) -> Document:
    """Newest first, so that the default one is the last. Pages by number, or by the token of the page before."""
    await studio.settle(desk)
    size, skip = _page(given)
    token = paging.token(given)
    labels = {}
    if given.get("workspace"):
        labels["workspace"] = studio.workspace(desk.service.kept, desk.tenant, str(given["workspace"])).id
    # One more than shown tells whether there is a next page.
    seen = PRODUCTIONS.page(desk.service.kept, desk.tenant, labels=labels, after=token, limit=skip + size + 1)
    found = seen[skip:]
    page = [_told(one) for one in found[:size]]
    return {"productions": page, "most": size, "next": found[size - 1].id if len(found) > size else None}


def _page(given: Document) -> tuple[int, int]:
    """(how many on the page, how many before it)."""
    size, number = given.get("most", given.get("size", PAGE)), given.get("number", 1)
    assert isinstance(size, int)
    assert isinstance(number, int)
    by_token = bool(given.get("token")) or "most" in given
    return size, 0 if by_token else (number - 1) * size


def _told(one: Entry[Production]) -> Document:
    body = one.body
    return {
        "id": one.id,
        "title": body.title,
        "workspace": body.workspace,
        "creator": body.creator,
        "created_at": one.created_at,
    }


async def list_folders(desk: Desk, given: Document) -> Document:
    await studio.settle(desk)
    wanted = str(given.get("production") or studio.default_production(desk.tenant))
    production = studio.production(desk.service.kept, desk.tenant, wanted)
    folder = {
        "id": studio.folder_of(production.id),
        "production": production.id,
        "workspace": production.body.workspace,
        "created_at": production.created_at,
    }
    size, skip = _page(given)
    return {"folders": [folder][skip : skip + size], "most": size, "total": 1}


TITLE = short_text("title", required=True, most_bytes=MOST_TITLE)
PRODUCTION: Table = {
    "ProductionId": "id",
    "Title": "title",
    "WorkspaceId": "workspace",
    "CreateUserName": "creator",
    "CreateTime": at("created_at"),
}
LISTED_FOLDER: Table = {
    "FolderId": "id",
    "FolderName": always(studio.DEFAULT),
    "IsDefault": always(True),
    "ProductionId": "production",
    "WorkspaceId": "workspace",
    "CreateTime": at("created_at"),
}
WORKSPACES_AND_PRODUCTIONS = (
    handled(
        "CreateYikeWorkspace",
        create_workspace,
        takes={"Title": TITLE, "UserCountLimit": integer("most_users", required=True, least=1, most=MOST_USERS)},
        gives={"WorkspaceId": "workspace", "ProductionId": "production"},
    ),
    handled(
        "CreateYikeProduction",
        create_production,
        takes={"Title": TITLE, "WorkspaceId": text("workspace")},
        gives={"ProductionId": "production"},
    ),
    handled(
        "ListYikeProductions",
        list_productions,
        takes={
            **PAGES,
            "WorkspaceId": text("workspace"),
            "MaxResults": integer("most", least=1, most=MOST_PAGE),
            "NextToken": text("token"),
        },
        gives={"ProductionList": each("productions", PRODUCTION), "MaxResults": "most", "NextToken": "next"},
    ),
    handled(
        "ListYikeAssetFolders",
        list_folders,
        takes={**PAGES, "ProductionId": text("production")},
        gives={"FolderList": each("folders", LISTED_FOLDER), "MaxResults": "most", "Total": "total"},
    ),
)
