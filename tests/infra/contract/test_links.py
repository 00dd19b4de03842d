"""Links of the contract: each leads to an operation that there is, with all that its path needs."""

import re

import pytest

from tests.support.contract import contract, resolved

OPERATIONS = {
    one["operationId"]: (path, method, one)
    for path, found in contract()["paths"].items()
    for method, one in found.items()
}


def links_of(operation_id: str) -> dict[str, dict[str, object]]:
    _, _, operation = OPERATIONS[operation_id]
    return {
        name: link
        for status, response in operation["responses"].items()
        for name, link in resolved("", response)[1].get("links", {}).items()
    }


@pytest.mark.parametrize("operation_id", OPERATIONS)
def test_a_link_leads_to_an_operation_with_all_that_its_path_needs(operation_id: str):
    for link in links_of(operation_id).values():
        path, _, _ = OPERATIONS[str(link["operationId"])]
        given = {name.removeprefix("path.") for name in link["parameters"] if name.startswith("path.")}  # type: ignore[attr-defined]
        assert set(re.findall(r"{(\w+)}", path)) == given


def test_what_was_made_can_be_read_edited_and_deleted_and_then_read_again():
    for made in ("Studio", "Scene"):
        assert {f"read{made}", f"edit{made}", f"remove{made}"} <= links_of(f"create{made}").keys()
        assert {f"read{made}", f"restoreDeleted{made}"} == links_of(f"remove{made}").keys()


def test_a_link_to_an_edit_says_which_version_it_is_made_from():
    edit = links_of("createStudio")["editStudio"]
    assert {
        "path.clientId": "$request.path.clientId",
        "path.studioId": "$response.body#/id",
        "header.If-Match": "$response.header.ETag",
    } == edit["parameters"]


def test_what_was_generated_is_found_in_the_history_of_the_slot_that_the_answer_names():
    found = links_of("execute")["readRevision"]["parameters"]
    assert found["path.slotId"] == "$response.body#/generation/0/slotId"  # type: ignore[index]
    assert found["path.imageId"] == "$response.body#/generation/0/id"  # type: ignore[index]
