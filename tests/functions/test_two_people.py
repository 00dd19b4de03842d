"""Two people, one studio, over HTTP: what each did is there, or is listed."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.support.api import CLIENT, STUDIO, Answer, call


@pytest.fixture
def studio(local_service: object) -> dict[str, Any]:
    """A studio with two slots, as both people read it."""
    call("PUT", CLIENT, {"name": "ACME"})
    for product in ("product-a", "product-b"):
        call("PUT", f"{CLIENT}/products/{product}", {"name": product})
    call("PUT", STUDIO, {})
    for number in (1, 2):
        call("POST", f"{STUDIO}/slots", {"id": f"slot-{number}", "productIds": ["product-a"]})
    return read()


def read() -> dict[str, Any]:
    answer = call("GET", STUDIO)
    return {**answer.json, "etag": answer.etag}


def rows(studio: dict[str, Any], **changes: Callable[[dict[str, Any]], Any]) -> list[dict[str, Any]]:
    """The rows of a tab, some of them changed there; `slot_1` stands for slot-1."""
    copies = [{**row, "settings": dict(row["settings"])} for row in studio["outputSlots"]]
    for row in copies:
        change = changes.get(row["id"].replace("-", "_"))
        if change is not None:
            change(row)
    return copies


def save(studio: dict[str, Any], saved: list[dict[str, Any]], **headers: str) -> Answer:
    return call("PATCH", STUDIO, {"outputSlots": saved}, {"if-match": studio["etag"], **headers})


def setting(name: str, value: Any) -> Callable[[dict[str, Any]], None]:
    return lambda row: row["settings"].__setitem__(name, value)


def edit(slot: str, body: dict[str, Any], **headers: str) -> Answer:
    answer = call("PATCH", f"{STUDIO}/slots/{slot}", body, headers)
    assert 200 == answer.status
    return answer


def generate(slot: str) -> str:
    answer = call("POST", f"{STUDIO}/generate", {"slotId": slot})
    assert 200 == answer.status
    return str(answer.json["images"][0]["id"])


def slots() -> dict[str, Any]:
    return {slot["id"]: slot for slot in read()["outputSlots"]}


def test_changes_of_different_fields_are_both_there_whatever_the_rows_held_as_history(studio):
    made = generate("slot-1")
    edit("slot-1", {"settings": {"style": "Industrial"}})
    mine = rows(studio, slot_2=setting("lighting", "Evening"))
    for row in mine:
        row |= {"history": [{"junk": True}], "status": "ERROR", "historyCount": 99, "outputImage": None}
    answer = save(studio, mine)
    assert 200 == answer.status
    now = slots()
    assert "Industrial" == now["slot-1"]["settings"]["style"]
    assert "Evening" == now["slot-2"]["settings"]["lighting"]
    assert [made] == [revision["id"] for revision in now["slot-1"]["history"]]
    assert "COMPLETED" == now["slot-1"]["status"]


def test_of_two_values_of_one_field_the_later_stands_and_all_three_are_named(studio):
    edit("slot-1", {"settings": {"style": "Industrial"}})
    answer = save(studio, rows(studio, slot_1=setting("style", "Rustic")))
    assert 200 == answer.status
    assert "Rustic" == slots()["slot-1"]["settings"]["style"]
    expected = {
        "pointer": "/outputSlots/0/settings/style",
        "slotId": "slot-1",
        "field": "settings.style",
        "base": "Modern",
        "mine": "Rustic",
        "theirs": "Industrial",
    }
    assert [expected] == answer.json["merge"]["conflicts"]


def test_a_strict_edit_that_conflicts_writes_nothing_and_brings_the_current_studio(studio):
    edit("slot-1", {"settings": {"style": "Industrial"}})
    before = read()
    mine = rows(studio, slot_1=setting("style", "Rustic"), slot_2=setting("style", "Coastal"))
    answer = save(studio, mine, prefer="handling=strict")
    assert (409, "edit-conflict") == (answer.status, answer.json["type"])
    assert ["Rustic"] == [conflict["mine"] for conflict in answer.json["conflicts"]]
    assert before["etag"] == answer.etag == answer.json["etag"]
    assert before == {**answer.json["current"], "etag": answer.etag} == read()


def test_a_strict_edit_without_conflict_is_merged(studio):
    edit("slot-1", {"settings": {"style": "Industrial"}})
    answer = save(studio, rows(studio, slot_1=setting("lighting", "Evening")), prefer="handling=strict")
    assert 200 == answer.status
    assert "handling=strict" == answer.headers["preference-applied"]
    assert {"Industrial", "Evening"} <= set(map(str, slots()["slot-1"]["settings"].values()))


def test_a_slot_that_one_deleted_and_the_other_edited_stays_and_is_listed(studio):
    assert 204 == call("DELETE", f"{STUDIO}/slots/slot-1").status
    answer = save(studio, rows(studio, slot_1=setting("style", "Rustic")))
    assert "Rustic" == slots()["slot-1"]["settings"]["style"]
    (conflict,) = answer.json["merge"]["conflicts"]
    assert ("deleted", False, False, True) == tuple(
        conflict[name] for name in ("field", "base", "mine", "theirs")
    )


def test_a_slot_that_one_executed_and_the_other_deleted_stays_and_is_listed(studio):
    generate("slot-1")
    answer = save(studio, [row for row in rows(studio) if row["id"] != "slot-1"])
    assert ["slot-1", "slot-2"] == list(slots())
    assert ["deleted"] == [conflict["field"] for conflict in answer.json["merge"]["conflicts"]]


def test_a_slot_that_the_tab_never_saw_keeps_its_place(studio):
    call("POST", f"{STUDIO}/slots", {"id": "slot-3"})
    mine = list(reversed(rows(studio)))
    assert 200 == save(studio, mine).status
    assert ["slot-2", "slot-3", "slot-1"] == list(slots())


def test_of_two_orders_the_later_stands_and_the_conflict_is_listed(studio):
    call("POST", f"{STUDIO}/slots", {"id": "slot-3"})
    seen = read()
    one, two, three = rows(seen)
    assert 200 == save(seen, [two, one, three]).status
    answer = save(seen, [three, one, two])
    assert ["slot-3", "slot-1", "slot-2"] == list(slots())
    (conflict,) = answer.json["merge"]["conflicts"]
    assert "/outputSlots" == conflict["pointer"]
    assert ["slot-2", "slot-1", "slot-3"] == conflict["theirs"]


def test_of_two_chosen_pictures_the_later_choice_stands_and_the_conflict_is_listed(studio):
    first, second, third = (generate("slot-1") for _ in range(3))
    seen = read()
    edit("slot-1", {"outputImage": second})
    address = f"{STUDIO}/slots/slot-1/history/{{}}/image"
    answer = save(seen, rows(seen, slot_1=lambda row: row.update(outputImage=first)))
    assert address.format(first) == slots()["slot-1"]["outputImage"]
    (conflict,) = answer.json["merge"]["conflicts"]
    expected = [address.format(image) for image in (third, first, second)]
    assert expected == [conflict[side] for side in ("base", "mine", "theirs")]


def test_the_rows_own_etags_are_the_base_when_if_match_is_missing(studio):
    edit("slot-1", {"settings": {"style": "Industrial"}})
    answer = call("PATCH", STUDIO, {"outputSlots": rows(studio, slot_2=setting("style", "Rustic"))})
    assert 200 == answer.status
    assert ["Industrial", "Rustic"] == [slot["settings"]["style"] for slot in slots().values()]


def test_the_oldest_of_the_rows_etags_is_the_base(studio):
    newer = edit("slot-1", {"settings": {"style": "Industrial"}}, **{"if-match": studio["etag"]}).json
    edit("slot-2", {"settings": {"style": "Coastal"}})
    mine = rows(studio)
    mine[0] = newer
    assert 200 == call("PATCH", STUDIO, {"outputSlots": mine}).status
    assert ["Industrial", "Coastal"] == [slot["settings"]["style"] for slot in slots().values()]


def test_rows_taken_from_one_slot_answers_do_not_delete_what_others_added(studio):
    call("POST", f"{STUDIO}/slots", {"id": "slot-3"})
    taken = [edit(slot, {"settings": {"lighting": "Evening"}}).json for slot in ("slot-1", "slot-2")]
    assert 200 == call("PATCH", STUDIO, {"outputSlots": taken}).status
    assert ["slot-1", "slot-2", "slot-3"] == list(slots())


def test_a_slot_brought_back_unseen_gives_no_tag_without_its_body(studio):
    call("DELETE", f"{STUDIO}/slots/slot-1")
    headers = {"if-match": read()["etag"], "prefer": "return=minimal"}
    answer = call("POST", f"{STUDIO}/slots/slot-1/undelete", headers=headers)
    assert 204 == answer.status
    assert "etag" not in answer.headers


def test_rows_without_any_base_may_add_but_not_touch_what_others_imported(studio):
    call("POST", f"{CLIENT}/import", seed_of_one_slot())
    row = {"id": "imported", "productIds": [], "settings": {"style": "Rustic"}}
    path = f"{CLIENT}/scene-studio/old"
    answer = call("PATCH", path, {"outputSlots": [row]})
    assert (428, "precondition-required") == (answer.status, answer.json["type"])
    assert call("GET", path).etag == answer.etag
    assert "imported" == answer.json["current"]["outputSlots"][0]["id"]
    assert 200 == call("PATCH", path, {"outputSlots": [{**row, "id": "new"}]}).status
    assert ["imported", "new"] == [slot["id"] for slot in call("GET", path).json["outputSlots"]]


def seed_of_one_slot() -> dict[str, Any]:
    slot = {"id": "imported", "productIds": [], "history": [], "settings": {"style": "Modern"}}
    return {
        "id": "acme-corp",
        "name": "ACME",
        "sceneStudios": [{"id": "old", "clientId": "acme-corp", "outputSlots": [slot]}],
    }


def test_a_base_that_is_no_longer_kept_is_412_with_the_current_studio(studio):
    answer = save({**studio, "etag": '"1:999999"'}, rows(studio))
    assert (412, "version-gone") == (answer.status, answer.json["type"])
    assert read()["etag"] == answer.etag
    assert studio["outputSlots"] == answer.json["current"]["outputSlots"]


def test_a_weak_tag_is_no_base(studio):
    assert 412 == save({**studio, "etag": f"W/{studio['etag']}"}, rows(studio)).status


def test_a_repeated_request_is_answered_again_with_its_conflicts(studio):
    edit("slot-1", {"settings": {"style": "Industrial"}})
    mine = rows(studio, slot_1=setting("style", "Rustic"))
    first = save(studio, mine, **{"idempotency-key": "save-1"})
    edit("slot-1", {"settings": {"style": "Coastal"}})
    again = save(studio, mine, **{"idempotency-key": "save-1"})
    assert 200 == again.status
    assert first.json["merge"] == again.json["merge"]
    assert "Coastal" == again.json["outputSlots"][0]["settings"]["style"]


def test_a_repeated_strict_request_that_was_applied_is_not_refused(studio):
    headers = {"idempotency-key": "save-1", "prefer": "handling=strict"}
    mine = rows(studio, slot_1=setting("style", "Rustic"))
    assert 200 == save(studio, mine, **headers).status
    edit("slot-1", {"settings": {"style": "Coastal"}})
    assert 200 == save(studio, mine, **headers).status
    assert "Coastal" == slots()["slot-1"]["settings"]["style"]


def test_a_repeated_request_is_found_even_when_its_studio_is_deleted_since(studio):
    body, headers = {"settings": {"style": "Rustic"}}, {"idempotency-key": "edit-1"}
    path = f"{STUDIO}/slots/slot-1"
    assert 200 == call("PATCH", path, body, headers).status
    assert 204 == call("DELETE", STUDIO).status
    assert 200 == call("PATCH", path, body, headers).status
    assert 410 == call("PATCH", path, body, {"idempotency-key": "edit-2"}).status


def test_a_minimal_answer_brings_the_tag_only_if_nothing_of_others_was_merged_in(studio):
    mine = rows(studio, slot_2=setting("style", "Rustic"))
    answer = save(studio, mine, prefer="return=minimal")
    assert (204, b"") == (answer.status, answer.body)
    assert read()["etag"] == answer.etag
    assert "return=minimal" == answer.headers["preference-applied"]
    answer = save(studio, rows(studio, slot_1=setting("style", "Coastal")), prefer="return=minimal")
    assert 204 == answer.status
    assert "etag" not in answer.headers


def test_a_minimal_answer_still_tells_of_conflicts(studio):
    edit("slot-1", {"settings": {"style": "Industrial"}})
    answer = save(studio, rows(studio, slot_1=setting("style", "Rustic")), prefer="return=minimal")
    assert 200 == answer.status
    assert ["merge"] == list(answer.json)
    assert "etag" not in answer.headers


def test_one_slot_s_answer_has_no_tag_when_it_does_not_show_all_that_changed(studio):
    edit("slot-2", {"settings": {"style": "Industrial"}})
    stale = edit("slot-1", {"settings": {"style": "Rustic"}}, **{"if-match": studio["etag"]})
    assert "etag" not in stale.headers
    fresh = edit("slot-1", {"settings": {"style": "Coastal"}}, **{"if-match": read()["etag"]})
    assert read()["etag"] == fresh.etag


def test_who_added_a_slot_beside_others_edits_it_and_deletes_it_from_the_version_they_had(studio):
    edit("slot-1", {"settings": {"style": "Rustic"}})
    had = {"if-match": studio["etag"]}
    made = call("POST", f"{STUDIO}/slots", {"id": "mine"}, had)
    assert "etag" not in made.headers  # others changed something, so its maker still has the tag from before
    assert "Coastal" == edit("mine", {"settings": {"style": "Coastal"}}, **had).json["settings"]["style"]
    call("POST", f"{STUDIO}/slots", {"id": "unwanted"}, had)
    assert 204 == call("DELETE", f"{STUDIO}/slots/unwanted", None, had).status
    assert ["slot-1", "slot-2", "mine"] == list(slots())


def test_of_a_slot_that_was_made_since_the_base_both_edits_of_one_field_are_named(studio):
    call("POST", f"{STUDIO}/slots", {"id": "newer"})
    edit("newer", {"settings": {"style": "Rustic", "lighting": "Evening"}})
    answer = edit("newer", {"settings": {"style": "Coastal"}}, **{"if-match": studio["etag"]})
    (conflict,) = answer.json["merge"]["conflicts"]
    assert ("Modern", "Coastal", "Rustic") == (conflict["base"], conflict["mine"], conflict["theirs"])
    assert "Evening" == slots()["newer"]["settings"]["lighting"]


def test_a_slot_that_was_made_and_deleted_since_the_base_is_deleted_until_it_is_brought_back(studio):
    had = {"if-match": studio["etag"]}
    call("POST", f"{STUDIO}/slots", {"id": "newer"})
    call("DELETE", f"{STUDIO}/slots/newer")
    assert 410 == call("PATCH", f"{STUDIO}/slots/newer", {"favorites": []}, had).status
    assert 200 == call("POST", f"{STUDIO}/slots/newer/undelete", None, had).status
    assert "newer" in slots()


def test_deleting_a_slot_that_others_changed_since_is_told_and_not_done(studio):
    edit("slot-1", {"settings": {"style": "Industrial"}})
    answer = call("DELETE", f"{STUDIO}/slots/slot-1", headers={"if-match": studio["etag"]})
    assert 200 == answer.status
    assert ["deleted"] == [conflict["field"] for conflict in answer.json["merge"]["conflicts"]]
    assert ["slot-1", "slot-2"] == list(slots())


def test_favourites_of_two_people_are_all_kept(studio):
    first, second = generate("slot-1"), generate("slot-1")
    seen = read()
    edit("slot-1", {"favorites": [first]}, **{"if-match": seen["etag"]})
    edit("slot-1", {"favorites": [second]}, **{"if-match": seen["etag"]})
    assert {first, second} == set(slots()["slot-1"]["favorites"])
