"""The original product's three flows, over HTTP, at the deployed stack."""

from tests.support.deployment import Deployment
from tests.support.pictures import as_image
from tests.support.seed import IMG_3, client_json
from tests.support.signed_in import Person, slot_of


def test_flow_1_a_first_visit_makes_a_studio_and_all_work_is_there_later(team: Person) -> None:
    made = team.see(201, "PUT", team.studio, {}, if_none_match="*")
    assert ("Main Studio", made.headers["location"]) == (made.json()["name"], team.studio)
    team.see(412, "PUT", team.studio, {}, if_none_match="*")
    team.see(200, "PUT", f"{team.client}/products/product-a", {"name": "Oak Chair"})
    row = {"id": "slot-1", "productIds": ["product-a"], "settings": {"style": "Coastal"}}
    saved = team.see(200, "PATCH", team.studio, {"outputSlots": [row]}, if_match=made.headers["etag"])
    executed = team.see(200, "POST", f"{team.studio}/generate", {"slotId": "slot-1"}).json()
    later = team.see(200, "GET", team.studio)
    slot = slot_of(later.json(), "slot-1")
    assert ("COMPLETED", ["product-a"], "Coastal") == (
        slot["status"],
        slot["productIds"],
        slot["settings"]["style"],
    )
    assert executed["imageUrl"] == slot["outputImage"]
    assert "Oak Chair" in executed["promptUsed"]
    assert saved.headers["etag"] != later.headers["etag"]
    assert b"" == team.see(304, "GET", team.studio, if_none_match=later.headers["etag"]).content
    assert "JPEG" == _format(team.picture(slot["outputImage"]))
    assert ["default"] == [one["id"] for one in _studios(team)]


def test_flow_2_a_campaign_of_twenty_pictures_and_another_stand_beside_each_other(
    team: Person, deployment: Deployment
) -> None:
    each = 1 if deployment.iam else 4  # what takes time is the same in both
    summer, autumn = (f"{team.client}/scene-studio/{name}" for name in ("summer-2024", "fall-2024"))
    slots = [f"slot-{number}" for number in range(5)]
    for number in range(5):
        team.see(200, "PUT", f"{team.client}/products/product-{number}", {"name": f"Thing {number}"})
    team.see(201, "PUT", summer, {"name": "Summer 2024"}, if_none_match="*")
    for number, slot_id in enumerate(slots):
        body = {"id": slot_id, "productIds": [f"product-{number}"], "settings": {"style": "Coastal"}}
        team.see(201, "POST", f"{summer}/slots", body)
    wanted = {"slotIds": slots, "count": each}
    asked = team.see(202, "POST", f"{summer}/generate", wanted, prefer="respond-async")
    team.see(201, "PUT", autumn, {"name": "Fall 2024"}, if_none_match="*")
    team.see(201, "POST", f"{autumn}/slots", {"id": "slot-0", "settings": {"style": "Rustic"}})
    body = {"slotId": "slot-0", "productIds": ["product-0"]}
    team.see(202, "POST", f"{autumn}/generate", body, prefer="respond-async")
    assert 5 * each == len(asked.json()["generation"])
    team.wait(asked.headers["location"], _all_done, seconds=100, what="all pictures")
    full = team.see(200, "GET", summer).json()
    assert [("COMPLETED", each)] * 5 == [(one["status"], one["historyCount"]) for one in full["outputSlots"]]
    best = [slot["history"][-1]["id"] for slot in full["outputSlots"][:3]]
    for slot_id, image_id in zip(slots, best, strict=False):
        team.see(204, "PATCH", f"{summer}/slots/{slot_id}", {"outputImage": image_id}, prefer="return=minimal")
    full = team.see(200, "GET", summer).json()
    assert best == [slot["outputImage"].split("/")[-2] for slot in full["outputSlots"][:3]]
    other = team.wait(autumn, lambda studio: slot_of(studio, "slot-0")["status"] == "COMPLETED")
    assert ["Rustic"] == [image["settings"]["style"] for image in slot_of(other, "slot-0")["history"]]
    assert {"Summer 2024", "Fall 2024"} == {one["name"] for one in _studios(team)}


def test_flow_3_both_styles_stay_in_the_history_and_either_can_be_chosen_and_downloaded(team: Person) -> None:
    team.see(200, "PUT", f"{team.client}/products/product-a", {"name": "Oak Chair"})
    team.see(201, "PUT", team.studio, {}, if_none_match="*")
    slot = f"{team.studio}/slots/slot-1"
    for style in ("Modern", "Industrial"):
        body = {"slotId": "slot-1", "productIds": ["product-a"], "settings": {"style": style}}
        team.see(200, "POST", f"{team.studio}/generate", body)
    new, old = team.see(200, "GET", f"{slot}/history?sign=thumb").json()["items"]
    assert ("Industrial", "Modern") == (new["settings"]["style"], old["settings"]["style"])
    for image in (new, old):
        assert "JPEG" == _format(team.follow(image["signedUrl"]).content)
    assert new["url"] == slot_of(team.see(200, "GET", team.studio).json(), "slot-1")["outputImage"]
    team.see(200, "PATCH", slot, {"outputImage": old["url"]})
    assert old["url"] == slot_of(team.see(200, "GET", team.studio).json(), "slot-1")["outputImage"]
    full, thumb = team.picture(old["url"]), team.picture(f"{old['url']}?size=thumb")
    assert as_image(thumb).width < as_image(full).width
    download = team.see(302, "GET", f"{new['url']}?download=1").headers["location"]
    assert team.follow(download).headers["content-disposition"].startswith("attachment")


def test_a_client_of_the_seed_comes_in_whole_with_the_bytes_of_its_pictures(team: Person) -> None:
    given = client_json() | {"id": team.client_id}
    given["sceneStudios"][0]["clientId"] = team.client_id
    team.see(200, "POST", f"{team.client}/import", given)
    slot = slot_of(team.see(200, "GET", team.studio).json(), "slot-1")
    assert ["img-3", "img-2"] == [image["id"] for image in slot["history"]]
    assert as_image(team.picture(slot["outputImage"])).size == as_image(IMG_3).size
    whole = team.see(200, "GET", f"{team.client}?expand=sceneStudios").json()
    assert given["clientSessions"] == whole["clientSessions"]
    assert "PNG" == _format(team.picture(f"{team.client}/products/product-b/image"))


def _all_done(progress: dict[str, list[dict[str, str]]]) -> bool:
    return {one["state"] for one in progress["generation"]} == {"done"}


def _studios(team: Person) -> list[dict[str, str]]:
    items: list[dict[str, str]] = team.see(200, "GET", f"{team.client}/scene-studio").json()["items"]
    return items


def _format(encoded: bytes) -> str:
    return {b"\xff\xd8\xff": "JPEG", b"\x89PN": "PNG"}[encoded[:3]]
