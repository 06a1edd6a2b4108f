"""Users of a workspace, their roles, and the credits that the account hands out to them.

A user is a name in a book: nobody signs in here as one, for requests are signed with the keys of the server. So a
password is asked for, as the vendor does, and thrown away; a role is told and permits nothing. Credits are counted and
buy nothing, since work on one's own machine costs none: what a user was given and not taken back is left.
"""

import re

import msgspec

from reelwright import timing
from reelwright.errors import InvalidParameter, NotFound
from reelwright.faces.codecs import bad
from reelwright.faces.ice import notices
from reelwright.faces.ice.library import wishes
from reelwright.faces.ice.library.documents import Word
from reelwright.faces.ice.yike import studio
from reelwright.faces.ice.yike.studio import NO_LIMIT
from reelwright.faces.request import shown
from reelwright.faces.wire import (
    Desk,
    Document,
    Table,
    boolean,
    handled,
    integer,
    json_object,
    one_of,
    short_text,
    text,
)
from reelwright.jobs import ids
from reelwright.jobs.records import Entry, Keeping, Kept, Shelf

PREFIX = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,49}")
MOST_NICKNAME = 128  # bytes
ROLES = {role: role for role in ("SuperAdmin", "Admin", "RegularUser")}
REGULAR = "RegularUser"
ACCOUNT_CREDITS = 1_000_000
"""What an account may have handed out at one time. The vendor's is what its customer has paid for."""
NOT_ENOUGH = "NOT_ENOUGH_ALLOCATE_CREDIT_QUOTA"


class User(msgspec.Struct, frozen=True):
    name: str
    nickname: str
    workspace: str
    productions: tuple[str, ...] = ()
    role: str = REGULAR


class Account(msgspec.Struct, frozen=True):
    """Credits that are with users now."""

    handed_out: int = 0


class Purse(msgspec.Struct, frozen=True):
    """Credits of a user, whose id is the record's."""

    credits: int = 0


USERS = Shelf("yike.user", User)
ACCOUNTS = Shelf("yike.account", Account)
PURSES = Shelf("yike.purse", Purse)
ACCOUNT = "credits"


# ---- users


async def create(desk: Desk, given: Document) -> Document:
    await studio.settle(desk)
    now = timing.now()
    user_id, user = ids.new(now), _user(desk, given)

    def change(tx: Keeping) -> None:
        _check_room(tx, desk.tenant, user)
        for production_id in user.productions:
            _check_production(tx, desk.tenant, production_id, user.workspace)
        labels = {"workspace": user.workspace}
        USERS.put(tx, desk.tenant, user_id, user, now=now, labels=labels, sole={"name": user.name})

    await desk.service.keep(change)
    return {"user": {"id": user_id, **msgspec.to_builtins(user)}}


def _user(desk: Desk, given: Document) -> User:
    prefix, workspace = str(given["prefix"]), str(given["workspace"])
    if not PREFIX.fullmatch(prefix):
        raise bad("UserNamePrefix", prefix, "give up to 50 letters, digits, '-' and '_', the first no sign")
    name = f"{prefix}.{studio.workspace_code(workspace)}@{notices.user_id(desk.tenant)}.yikeai"
    productions = wishes.listed(str(given["productions"]), field="ProductionIds")
    return User(name, str(given["nickname"]), workspace, tuple(productions))


def _check_room(tx: Kept, tenant: str, user: User) -> None:
    workspace = studio.workspace(tx, tenant, user.workspace)
    if USERS.find(tx, tenant, name=user.name) is not None:
        told = f"UserNamePrefix: there is a user {user.name} already; choose another prefix"
        raise InvalidParameter(told, field="UserNamePrefix")
    most = workspace.body.most_users
    if most != NO_LIMIT and USERS.count(tx, tenant, labels={"workspace": workspace.id}) >= most:
        told = f"WorkspaceId: the workspace {workspace.id} has all the {most} users that it may have; take another"
        raise InvalidParameter(told, field="WorkspaceId")


def _check_production(tx: Kept, tenant: str, production_id: str, workspace_id: str) -> None:
    found = studio.production(tx, tenant, production_id, field="ProductionIds")
    if found.body.workspace != workspace_id:
        told = f"ProductionIds: {production_id} belongs to workspace {found.body.workspace}, not to {workspace_id}"
        raise InvalidParameter(told, field="ProductionIds")


async def get(desk: Desk, given: Document) -> Document:
    found = USERS.find(desk.service.kept, desk.tenant, name=str(given["name"]))
    if found is None:
        raise NotFound(
            f"there is no user {shown(given['name'])}; CreateYikeUser tells the whole name", field="UserName"
        )
    return {"user": {"id": found.id, **msgspec.to_builtins(found.body)}}


async def set_role(desk: Desk, given: Document) -> Document:
    def change(tx: Keeping) -> None:
        found = _found(tx, desk.tenant, str(given["id"]))
        user = msgspec.structs.replace(found.body, role=str(given["role"]))
        labels = {"workspace": user.workspace}
        USERS.put(tx, desk.tenant, found.id, user, now=timing.now(), labels=labels, sole={"name": user.name})

    await desk.service.keep(change)
    return {"done": True}


def _found(kept: Kept, tenant: str, user_id: str) -> Entry[User]:
    found = USERS.get(kept, tenant, user_id)
    if found is None:
        raise NotFound(f"there is no user with YikeUserId {shown(user_id)}; GetYikeUser tells it", field="YikeUserId")
    return found


# ---- credits


async def add_credit(desk: Desk, given: Document) -> Document:
    return await _move(desk, given, sign=1)


async def take_credit(desk: Desk, given: Document) -> Document:
    return await _move(desk, given, sign=-1)


async def _move(desk: Desk, given: Document, *, sign: int) -> Document:
    """Between the account and a user; what the giving side does not have is a normal answer to this vendor."""
    amount, now = given["amount"], timing.now()
    assert isinstance(amount, int)  # The table's codec made it one.

    def change(tx: Keeping) -> Document:
        user = _found(tx, desk.tenant, str(given["id"]))
        there, out = _credits(tx, desk.tenant, user.id), _handed_out(tx, desk.tenant)
        left, handed_out = there + sign * amount, out + sign * amount
        if left < 0 or handed_out > ACCOUNT_CREDITS:
            return {"done": False, "fault": NOT_ENOUGH}
        PURSES.put(tx, desk.tenant, user.id, Purse(left), now=now)
        ACCOUNTS.put(tx, desk.tenant, ACCOUNT, Account(handed_out), now=now)
        return {"done": True}

    return await desk.service.keep(change)


async def get_credit(desk: Desk, given: Document) -> Document:
    user = _found(desk.service.kept, desk.tenant, str(given["id"]))
    there = _credits(desk.service.kept, desk.tenant, user.id)
    return {"total": there, "left": there}


def _credits(kept: Kept, tenant: str, user_id: str) -> int:
    found = PURSES.get(kept, tenant, user_id)
    return found.body.credits if found else 0


def _handed_out(kept: Kept, tenant: str) -> int:
    found = ACCOUNTS.get(kept, tenant, ACCOUNT)
    return found.body.handed_out if found else 0


TOLD: Table = {"UserName": "name", "Nickname": "nickname", "WorkspaceId": "workspace"}
ID: Table = {"YikeUserId": text("id", required=True)}
MOVED: Table = {"Result": boolean("done"), "ErrorCode": "fault"}
MOVES: Table = {**ID, "Credit": integer("amount", required=True, least=1)}
USERS_AND_CREDITS = (
    handled(
        "CreateYikeUser",
        create,
        takes={
            "WorkspaceId": text("workspace", required=True),
            "UserNamePrefix": text("prefix", required=True),
            "Nickname": short_text("nickname", required=True, most_bytes=MOST_NICKNAME),
            "Password": text("password", required=True),
            "ProductionIds": text("productions", required=True),
        },
        # The vendor calls the id so here, and otherwise in the get.
        gives={"UserInfo": json_object({**TOLD, "UserId": "id"}, path="user")},
    ),
    handled(
        "GetYikeUser",
        get,
        takes={"UserName": text("name", required=True)},
        gives={"UserInfo": json_object({**TOLD, "YikeUserId": "id", "RoleName": "role"}, path="user")},
    ),
    handled(
        "SetYikeUserRole",
        set_role,
        takes={**ID, "RoleName": one_of("role", ROLES, required=True)},
        gives={"Result": boolean("done")},
    ),
    handled("AddYikeUserCredit", add_credit, takes=MOVES, gives=MOVED),
    handled("SubYikeUserCredit", take_credit, takes=MOVES, gives=MOVED),
    handled(
        "GetYikeUserCredit",
        get_credit,
        takes=ID,
        # `CreditUsage` is what is left, in spite of its name; both are texts.
        gives={"CreditTotal": Word("total"), "CreditUsage": Word("left")},
    ),
)
