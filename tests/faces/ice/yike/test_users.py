"""Users of workspaces, their roles and credits."""

import re

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.faces.ice import notices
from reelwright.faces.ice.yike.users import ACCOUNT_CREDITS, NOT_ENOUGH, USERS


@pytest.fixture
def workspace(client):
    return client.create_yike_workspace(m.CreateYikeWorkspaceRequest(title="Films", user_count_limit=2)).body


@pytest.fixture
def create(ask, workspace):
    """`create("ada", …)`: the new user."""

    def create(prefix="ada", **given):
        wanted = {
            "workspace_id": workspace.workspace_id,
            "production_ids": workspace.production_id,
            "nickname": "Ada",
            "password": "secret",
            **given,
        }
        return ask("create_yike_user", m.CreateYikeUserRequest(user_name_prefix=prefix, **wanted)).user_info

    return create


@pytest.fixture
def move(ask):
    """`move("add", id, 5)`: (Result, ErrorCode)."""

    def move(way, user_id, amount):
        kind = {"add": m.AddYikeUserCreditRequest, "sub": m.SubYikeUserCreditRequest}[way]
        reply = ask(f"{way}_yike_user_credit", kind(yike_user_id=user_id, credit=amount))
        return reply.result, reply.error_code

    return move


@pytest.fixture
def credit(ask):
    def credit(user_id):
        reply = ask("get_yike_user_credit", m.GetYikeUserCreditRequest(yike_user_id=user_id))
        return reply.credit_total, reply.credit_usage

    return credit


def test_a_user_has_a_login_name_made_of_prefix_workspace_and_account(create, ask, key, workspace):
    made = create()

    assert re.fullmatch(rf"ada\.[a-z0-9]{{8}}@{notices.user_id(key.tenant)}\.yikeai", made.user_name)
    found = ask("get_yike_user", m.GetYikeUserRequest(user_name=made.user_name)).user_info
    assert (found.yike_user_id, found.user_name) == (made.user_id, made.user_name)
    assert (found.nickname, found.workspace_id) == ("Ada", workspace.workspace_id)


def test_the_password_is_kept_nowhere(create, service, key):
    made = create(password="a very secret word")

    record = service.kept.record(key.tenant, USERS.kind, made.user_id)

    assert b"secret" not in record.body


def test_a_prefix_is_one_users_of_a_workspace_and_free_in_another(create, refused, client, workspace):
    first = create()
    request = m.CreateYikeUserRequest(
        user_name_prefix="ada",
        workspace_id=workspace.workspace_id,
        production_ids=workspace.production_id,
        nickname="Other",
        password="x",
    )

    status, code, message = refused("create_yike_user", request)

    assert (status, code) == (400, "InvalidParameter")
    assert message.startswith("UserNamePrefix: there is a user ada.")
    other = client.create_yike_workspace(m.CreateYikeWorkspaceRequest(title="Other", user_count_limit=1)).body
    second = create(workspace_id=other.workspace_id, production_ids=other.production_id)
    assert second.user_name != first.user_name


def test_a_full_workspace_takes_nobody(create, refused, workspace):
    create("one")
    create("two")
    request = m.CreateYikeUserRequest(
        user_name_prefix="three",
        workspace_id=workspace.workspace_id,
        production_ids=workspace.production_id,
        nickname="x",
        password="x",
    )

    assert "all the 2 users" in refused("create_yike_user", request)[2]


def test_a_role_is_set_and_told(create, ask):
    made = create()

    reply = ask("set_yike_user_role", m.SetYikeUserRoleRequest(yike_user_id=made.user_id, role_name="SuperAdmin"))

    assert reply.result is True
    told = ask("get_yike_user", m.GetYikeUserRequest(user_name=made.user_name))
    assert told.user_info.yike_user_id == made.user_id


def test_credits_are_added_taken_and_told_as_texts(create, move, credit):
    user = create().user_id
    assert credit(user) == ("0", "0")

    assert move("add", user, 100) == (True, None)
    assert move("sub", user, 30) == (True, None)

    assert credit(user) == ("70", "70")


@pytest.mark.parametrize(("way", "amount"), [("sub", 11), ("add", ACCOUNT_CREDITS - 10 + 1)])
def test_what_the_giving_side_does_not_have_is_a_normal_answer(create, move, credit, way, amount):
    user = create().user_id
    move("add", user, 10)

    assert move(way, user, amount) == (False, NOT_ENOUGH)

    assert credit(user) == ("10", "10")


def test_the_account_has_again_what_was_taken_back(create, move):
    first, second = create("one").user_id, create("two").user_id
    assert move("add", first, ACCOUNT_CREDITS) == (True, None)
    assert move("add", second, 1) == (False, NOT_ENOUGH)

    move("sub", first, 5)

    assert move("add", second, 5) == (True, None)


USER = {
    "workspace_id": "w",
    "user_name_prefix": "ada",
    "nickname": "a",
    "password": "p",
    "production_ids": "p",
}


@pytest.mark.parametrize(
    ("method", "request_", "status", "told"),
    [
        *(
            ("create_yike_user", m.CreateYikeUserRequest(**{**USER, name: None}), 400, f"{wire} is missing")
            for name, wire in [
                ("workspace_id", "WorkspaceId"),
                ("user_name_prefix", "UserNamePrefix"),
                ("nickname", "Nickname"),
                ("password", "Password"),
                ("production_ids", "ProductionIds"),
            ]
        ),
        ("create_yike_user", m.CreateYikeUserRequest(**USER), 400, "WorkspaceId is 'w'"),
        (
            "create_yike_user",
            m.CreateYikeUserRequest(**{**USER, "user_name_prefix": "a" * 51}),
            400,
            "UserNamePrefix is",
        ),
        ("create_yike_user", m.CreateYikeUserRequest(**{**USER, "user_name_prefix": "a@b"}), 400, "UserNamePrefix is"),
        ("get_yike_user", m.GetYikeUserRequest(user_name="none"), 404, "there is no user 'none'"),
        ("set_yike_user_role", m.SetYikeUserRoleRequest(yike_user_id="x", role_name="King"), 400, "RoleName is 'King'"),
        ("set_yike_user_role", m.SetYikeUserRoleRequest(yike_user_id="x", role_name="Admin"), 404, "there is no user"),
        ("add_yike_user_credit", m.AddYikeUserCreditRequest(yike_user_id="x", credit=0), 400, "Credit is '0'"),
        ("sub_yike_user_credit", m.SubYikeUserCreditRequest(yike_user_id="x", credit=-5), 400, "Credit is '-5'"),
        ("add_yike_user_credit", m.AddYikeUserCreditRequest(yike_user_id="x", credit=5), 404, "there is no user"),
        ("get_yike_user_credit", m.GetYikeUserCreditRequest(yike_user_id="x"), 404, "there is no user"),
    ],
)
def test_a_wrong_request_names_the_parameter(refusal, method, request_, status, told):
    found, _, message = refusal(method, request_)

    assert found == status
    assert message.startswith(told), message


def test_a_production_must_be_of_the_users_workspace(refused, workspace, client):
    other = client.create_yike_workspace(m.CreateYikeWorkspaceRequest(title="Other", user_count_limit=1)).body
    wanted = {**USER, "workspace_id": workspace.workspace_id, "production_ids": other.production_id}

    assert "belongs to workspace" in refused("create_yike_user", m.CreateYikeUserRequest(**wanted))[2]
