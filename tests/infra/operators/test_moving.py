"""What becomes of each member of a document on its way to another store or client."""

from typing import Any

from infra.operators.moving import ELSEWHERE, moved_client, moved_page, moved_studio
from scene_studio.model.client import Client
from scene_studio.model.document import AppliedRequest
from scene_studio.model.revision import HistoryPage
from scene_studio.model.studio import Studio
from tests.support.histories import NOW

OLD = "/api/clients/acme/scene-studio/main/user-scenes/beach/image"
NEW = "/api/clients/other/scene-studio/main/user-scenes/beach/image"
SCENE = {"id": "beach", "name": OLD, "imageUrl": OLD}
RING = (AppliedRequest("first", "body", ""), AppliedRequest("second", "body", "57"))


def revision(url: str = OLD) -> dict[str, Any]:
    return {"id": "r1", "timestamp": 1, "debugPrompt": OLD, "settings": {"scene": {**SCENE, "imageUrl": url}}}


def studio(**members: Any) -> Studio:
    whole = {"id": "main", "name": OLD, "clientId": "acme", "createdAt": NOW, "updatedAt": NOW, "rev": 9}
    return Studio.model_validate({**whole, **members}).replace(applied=RING)


def test_in_another_store_a_document_stays_but_for_the_versions_that_it_remembers() -> None:
    before = studio(outputSlots=[{"id": "s", "pickedRev": 4}], shares=[])
    after = moved_studio(before, "acme")
    assert after.applied == (RING[0], RING[1]._replace(replaced=ELSEWHERE))
    assert after.replace(applied=RING) == before
    client = Client(id="acme", name="Acme", created_at=NOW, updated_at=NOW, applied=RING)
    assert moved_client(client, "acme").applied == after.applied


def test_addresses_move_wherever_a_studio_has_them_and_what_people_typed_stays() -> None:
    intent = {"id": "i", "askedAt": 0, "askedRev": 1, "queuedAt": 0, "deadline": 9, "seed": 1, "prompt": OLD}
    slot = {
        "id": "s",
        "settings": {"scene": SCENE, "promptText": OLD},
        "history": [revision()],
        "historyCount": 1,
        "outputImage": "r1",
        "favorites": ["r1"],
        "intents": [{**intent, "settings": {"scene": SCENE}}],
        "error": OLD,
        "born": {"settings": {"scene": SCENE}},
    }
    before = studio(outputSlots=[slot], userScenes=[{"id": "beach", "name": OLD, "imageUrl": OLD}])
    after = moved_studio(before, "other").to_json()
    moved = after["outputSlots"][0]
    for settings in (
        moved["settings"],
        moved["history"][0]["settings"],
        moved["intents"][0]["settings"],
        moved["born"]["settings"],
    ):
        assert settings["scene"] == {"id": "beach", "name": OLD, "imageUrl": NEW}
    assert after["userScenes"] == [{"id": "beach", "name": OLD, "imageUrl": NEW}]
    assert (after["name"], moved["error"], moved["settings"]["promptText"]) == (OLD, OLD, OLD)
    assert (moved["intents"][0]["prompt"], moved["history"][0]["debugPrompt"]) == (OLD, OLD)
    assert (after["clientId"], after["rev"], moved["outputImage"]) == ("other", 9, "r1")


def test_of_another_client_neither_requests_nor_guest_links_are_remembered() -> None:
    link = {"id": "l", "createdAt": NOW, "expiresAt": NOW, "salt": "s", "secretSha256": "a" * 64}
    after = moved_studio(studio(shares=[link]), "other")
    assert (after.applied, after.shares) == ((), ())
    assert moved_studio(studio(shares=[link]), "acme").shares


def test_members_that_nobody_here_knows_have_their_addresses_moved_at_any_depth() -> None:
    unknown = {"a": [OLD, {"b": OLD, OLD: 1}], "c": f"see {OLD}", "d": None, "e": 1.5}
    client = Client.model_validate(
        {
            "id": "acme", "name": "Acme", "createdAt": NOW, "updatedAt": NOW,
            "products": [{"id": "p", "name": "P", "imageUrl": "https://example.com/p.png", "own": unknown}],
            "clientSessions": [unknown],
            "own": unknown,
        }
    )  # fmt: skip
    moved = {"a": [NEW, {"b": NEW, OLD: 1}], "c": f"see {OLD}", "d": None, "e": 1.5}
    after = moved_client(client, "other")
    assert after.id == "other"
    assert after.client_sessions == (moved,)
    assert after.model_extra == {"own": moved}
    assert after.products[0].model_extra == {"own": moved}
    assert after.products[0].image_url == "https://example.com/p.png"


def test_a_page_without_addresses_is_the_same_page() -> None:
    page = HistoryPage.model_validate({"slotId": "s", "start": 0, "revisions": [revision("/scenes/a.jpg")]})
    assert moved_page(page, "acme", "other") == page
    page = HistoryPage.model_validate({"slotId": "s", "start": 0, "revisions": [revision()]})
    assert moved_page(page, "acme", "other").revisions[0].settings.scene.image_url == NEW  # type: ignore[union-attr]
