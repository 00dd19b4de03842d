"""What becomes of intents, said a second time and independently of the product.

Intents, and slots, are the JSON members that are stored.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

Members = Mapping[str, Any]


def settled(intents: Sequence[Members], revisions: int) -> dict[str, Any]:
    """The status, and the error if there is one, of a slot with these intents and so many revisions."""
    failed = [intent for intent in intents if "error" in intent and not intent["dismissed"]]
    if any("error" not in intent for intent in intents):
        return {"status": "GENERATING"}
    if failed:
        return {"status": "ERROR", "error": failed[-1]["error"]}
    return {"status": "COMPLETED" if revisions else "EMPTY"}


def after_asking(before: Sequence[Members], now: int, late: int) -> list[Members]:
    """The intents that a slot keeps when more are asked for: failures are dismissed, and at last forgotten.

    Args:
        before: those that it has.
        now: when more are asked for.
        late: how long after its deadline a dismissed failure is kept.
    """
    kept = [intent for intent in before if not (intent["dismissed"] and now > intent["deadline"] + late)]
    return [{**intent, "dismissed": True} if "error" in intent else intent for intent in kept]


def after_cancelling(before: Sequence[Members], image_ids: Sequence[str] | None) -> list[Members]:
    """The intents that are left when these are cancelled, or all."""
    return [intent for intent in before if image_ids is not None and intent["id"] not in image_ids]


def after_retrying(
    before: Sequence[Members], image_ids: Sequence[str] | None, rev: int, now: int, deadline: int
) -> list[Members]:
    """The intents when these that failed are asked for once more, or all that nobody has dismissed.

    Args:
        before: those that there are.
        image_ids: which to retry.
        rev: that of the commit.
        now: when they are retried.
        deadline: until when they are to be there.
    """
    fresh = {"askedAt": now, "askedRev": rev, "queuedAt": now, "deadline": deadline, "dismissed": False}

    def again(intent: Members) -> Members:
        wanted = not intent["dismissed"] if image_ids is None else intent["id"] in image_ids
        if "error" not in intent or not wanted:
            return intent
        kept = {name: value for name, value in intent.items() if name != "error"}
        return {**kept, **fresh, "attempt": intent["attempt"] + 1}

    return [again(intent) for intent in before]


def newest_first(intents: Sequence[Members], finished: Iterable[str]) -> list[str]:
    """The finished pictures of these intents in the order of a history: the one asked for last first."""
    places = {intent["id"]: (intent["askedRev"], at) for at, intent in enumerate(intents)}
    return sorted(finished, key=lambda image_id: places[image_id], reverse=True)


def intent_fault(intent: Members, settings: Members, products: Sequence[str], rev: int, now: int) -> str | None:
    """What is wrong with a new intent; None if nothing is.

    Args:
        intent: the intent.
        settings: the settings that it has to have, of those that anybody chose.
        products: its products.
        rev: that of the commit that asked for it.
        now: when it was asked for.
    """
    if (intent["attempt"], intent["askedAt"], intent["askedRev"]) != (1, now, rev) or "error" in intent:
        return "does not begin as an intent does"
    if [product["id"] for product in intent["products"]] != list(products):
        return "has other products"
    if any(intent["settings"].get(name) != value for name, value in settings.items()):
        return "has other settings"
    if settings["style"] not in intent["prompt"]:
        return "has a prompt that is not of its settings"
    return None


def revision_fault(revision: Members, intent: Members, jpeg: bytes) -> str | None:
    """What is wrong with a finished picture; None if nothing is.

    Args:
        revision: what is said of it.
        intent: the intent that it was made for.
        jpeg: the picture that is stored, as the simulator's image model makes them.
    """
    image_id, number, seed, prompt = jpeg.decode().split(" ", 3)
    said = {
        "settings": intent["settings"],
        "debugPrompt": intent["prompt"],
        "seed": intent["seed"],
        "productIds": [product["id"] for product in intent["products"]],
        "productNames": [product["name"] for product in intent["products"]],
    }
    for name, value in said.items():
        if revision[name] != value:
            return f"does not have the intent's {name}"
    if (image_id, int(seed), prompt) != (intent["id"], intent["seed"], intent["prompt"]):
        return "has the picture of another intent"
    if revision["width"] != int(number):
        return "describes another picture than the one that is stored"
    return None
