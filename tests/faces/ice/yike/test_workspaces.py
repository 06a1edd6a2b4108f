"""Workspaces, productions and folders: what everybody has, what is made, and pages of them."""

import re

import pytest
from alibabacloud_ice20201109 import models as m

from reelwright.service import new_key


@pytest.fixture
def productions(ask):
    def productions(**given):
        return ask("list_yike_productions", m.ListYikeProductionsRequest(**given))

    return productions


@pytest.fixture
def folders(ask):
    def folders(**given):
        return ask("list_yike_asset_folders", m.ListYikeAssetFoldersRequest(**given))

    return folders


def test_everybody_has_a_production_and_a_folder_from_the_beginning(productions, folders):
    (production,) = productions().production_list
    (folder,) = folders().folder_list

    assert (production.title, production.workspace_id) == ("default", folder.workspace_id)
    assert folder.production_id == production.production_id
    assert (folder.is_default, folder.folder_name, folders().total) == (True, "default", 1)
    assert re.fullmatch(r"folder-[0-9a-z]+", folder.folder_id)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", production.create_time)
    assert productions().production_list[0].create_time == production.create_time


def test_another_tenant_has_its_own(productions, ledger, service, connect):
    other = new_key("other")
    ledger.write(lambda tx: tx.put_key(other)).result()
    service.load_keys()
    theirs = connect(access_key_id=other.access_key_id, access_key_secret=other.access_key_secret)

    found = theirs.list_yike_productions(m.ListYikeProductionsRequest()).body.production_list

    assert len(found) == 1
    assert found[0].production_id != productions().production_list[0].production_id


def test_a_workspace_comes_with_a_production(ask, productions, folders):
    made = ask("create_yike_workspace", m.CreateYikeWorkspaceRequest(title="Films", user_count_limit=3))

    (production,) = productions(workspace_id=made.workspace_id).production_list
    (folder,) = folders(production_id=made.production_id).folder_list

    assert (production.production_id, production.title) == (made.production_id, "Films")
    assert (folder.production_id, folder.workspace_id) == (made.production_id, made.workspace_id)


def test_a_production_goes_into_its_workspace_or_the_default_one(ask, productions):
    made = ask("create_yike_workspace", m.CreateYikeWorkspaceRequest(title="Films", user_count_limit=3))
    request = m.CreateYikeProductionRequest(title="In it", workspace_id=made.workspace_id)
    inside = ask("create_yike_production", request).production_id
    outside = ask("create_yike_production", m.CreateYikeProductionRequest(title="Else")).production_id

    of_workspace = [one.production_id for one in productions(workspace_id=made.workspace_id).production_list]
    newest_first = [one.title for one in productions().production_list]

    assert of_workspace == [inside, made.production_id]
    assert outside not in of_workspace
    assert newest_first == ["Else", "In it", "Films", "default"]


def test_pages_by_number_and_by_token_show_each_production_once(ask, productions):
    for number in range(6):
        ask("create_yike_production", m.CreateYikeProductionRequest(title=str(number)))
    wanted = ["5", "4", "3", "2", "1", "0", "default"]

    pages = [productions(page_no=number, page_size=3).production_list for number in (1, 2, 3)]
    by_number = [one.title for page in pages for one in page]
    by_token, token = [], None
    while token is not None or not by_token:
        page = productions(max_results=3, next_token=token)
        by_token += [one.title for one in page.production_list]
        token = page.next_token

    assert by_number == by_token == wanted


@pytest.mark.parametrize(
    ("method", "request_", "code", "told"),
    [
        ("create_yike_workspace", m.CreateYikeWorkspaceRequest(title="a"), "MissingParameter", "UserCountLimit is"),
        ("create_yike_workspace", m.CreateYikeWorkspaceRequest(user_count_limit=1), "MissingParameter", "Title is"),
        (
            "create_yike_workspace",
            m.CreateYikeWorkspaceRequest(title="a", user_count_limit=0),
            "InvalidParameter",
            "UserCountLimit is '0'",
        ),
        (
            "create_yike_production",
            m.CreateYikeProductionRequest(title="字" * 43),
            "InvalidParameter",
            "Title is 129 bytes",
        ),
        (
            "create_yike_production",
            m.CreateYikeProductionRequest(title="a", workspace_id="none"),
            "InvalidParameter",
            "WorkspaceId is 'none'",
        ),
        (
            "list_yike_productions",
            m.ListYikeProductionsRequest(page_size=51),
            "InvalidParameter",
            "PageSize is '51'",
        ),
        (
            "list_yike_productions",
            m.ListYikeProductionsRequest(workspace_id="none"),
            "InvalidParameter",
            "WorkspaceId is 'none'",
        ),
        (
            "list_yike_productions",
            m.ListYikeProductionsRequest(next_token="none"),
            "InvalidParameter",
            "NextToken is 'none'",
        ),
        (
            "list_yike_asset_folders",
            m.ListYikeAssetFoldersRequest(production_id="none"),
            "InvalidParameter",
            "ProductionId is 'none'",
        ),
    ],
    ids=[
        *("no-limit", "no-title", "limit-of-none", "long-title"),
        *("no-workspace", "long-page", "list-of-no-workspace", "no-token", "no-production"),
    ],
)
def test_a_wrong_request_names_the_parameter(refusal, method, request_, code, told):
    status, found, message = refusal(method, request_)

    assert (status, found) == (400, code)
    assert message.startswith(told), message
