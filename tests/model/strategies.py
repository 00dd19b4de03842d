"""Studios and edits of every kind, for properties that hold for all of them."""

from typing import Any

from hypothesis import strategies as st

from scene_studio.model.identifiers import ID_PATTERN
from scene_studio.model.revision import GeneratedSceneImage
from scene_studio.model.settings import ASPECT_RATIOS, SceneGenerationSettings
from scene_studio.model.studio import OutputSlot, SlotStatus, Studio

THEN = "2024-01-01T00:00:00Z"
NOW = "2024-06-01T00:00:00.000Z"

SLOT_IDS = ("slot-1", "slot-2", "slot-3")
NEW_IDS = ("new-1", "new-2")

ids = st.from_regex(ID_PATTERN.removesuffix("$"), fullmatch=True)
text = st.text(st.characters(exclude_categories=["Cc", "Cs"]), max_size=12)
json_scalars = st.none() | st.booleans() | st.integers(-(10**6), 10**6) | text
json_values: st.SearchStrategy[Any] = st.recursive(
    json_scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
    max_leaves=6,
)

scenes = st.fixed_dictionaries({"id": text}, optional={"name": text, "imageUrl": text})
settings_members = st.fixed_dictionaries(
    {},
    optional={
        "scene": scenes,
        "roomType": text,
        "style": text,
        "aspectRatio": st.sampled_from(ASPECT_RATIOS),
        "varietyLevel": st.integers(0, 10),
        "props": st.lists(text, max_size=3),
        "colorTheme": st.booleans(),
        "promptText": text,
        "someday": text | st.integers(-5, 5),
    },
)
settings_edits = settings_members.flatmap(
    lambda members: st.fixed_dictionaries(
        {name: st.just(value) | st.none() for name, value in members.items()},
    )
)

product_ids = st.lists(st.sampled_from(("product-a", "product-b", "product-c")), max_size=3)


def revision(number: int) -> GeneratedSceneImage:
    """A revision with an id and a time of its own."""
    return GeneratedSceneImage(id=f"img-{number}", timestamp=1_704_060_000_000 + number)


@st.composite
def slots(draw: st.DrawFn, slot_id: str) -> OutputSlot:
    """A slot in any state that it can be in."""
    numbers = draw(st.lists(st.integers(0, 99), max_size=4, unique=True))
    older = draw(st.integers(0, 40))
    history = tuple(revision(number) for number in numbers)
    return OutputSlot(
        id=slot_id,
        product_ids=tuple(draw(product_ids)),
        status=draw(st.sampled_from(SlotStatus)),
        output_image=draw(st.none() | st.sampled_from([r.id for r in history] or ["img-older"])),
        history=history,
        history_count=len(history) + older,
        older_history="0" * 64 if older else None,
        settings=SceneGenerationSettings.model_validate(draw(settings_members)),
        favorites=tuple(draw(st.lists(st.sampled_from(["img-1", "img-2"]), unique=True))),
        picked_rev=draw(st.integers(0, 9)),
        error=draw(st.none() | st.just("refused")),
        deleted_at=draw(st.none() | st.just(THEN)),
    )


@st.composite
def studios(draw: st.DrawFn) -> Studio:
    """A studio with up to three slots."""
    names = draw(st.lists(st.sampled_from(SLOT_IDS), unique=True))
    return Studio(
        id="default",
        name=draw(st.sampled_from(("Main Studio", "Summer"))),
        client_id="acme-corp",
        output_slots=tuple(draw(slots(name)) for name in names),
        rev=draw(st.integers(10, 20)),
        created_at=THEN,
        updated_at=THEN,
    )


junk = st.fixed_dictionaries(
    {},
    optional={
        "history": json_values,
        "status": json_values,
        "historyCount": json_values,
        "olderHistory": json_values,
        "pickedRev": json_values,
        "error": json_values,
        "deletedAt": json_values,
        "url": json_values,
    },
)
"""What a browser, or an enemy, may say of things that machines own."""

owned_members = st.fixed_dictionaries(
    {},
    optional={
        "productIds": product_ids | st.none(),
        "settings": settings_edits | st.none(),
        "favorites": st.lists(st.sampled_from(["img-1", "img-2"]), max_size=3) | st.none(),
        "outputImage": st.none() | st.sampled_from(["img-1", "img-2", "img-older", "nowhere"]),
    },
)


@st.composite
def slot_bodies(draw: st.DrawFn) -> dict[str, Any]:
    """The body of an edit of one slot."""
    return {**draw(junk), **draw(owned_members)}


@st.composite
def studio_bodies(draw: st.DrawFn) -> dict[str, Any]:
    """The body of a save of all rows."""
    names = draw(st.lists(st.sampled_from(SLOT_IDS + NEW_IDS), unique=True, max_size=4))
    rows = [{**draw(slot_bodies()), "id": name} for name in names]
    body: dict[str, Any] = {**draw(junk), "outputSlots": rows}
    if draw(st.booleans()):
        body["name"] = draw(st.sampled_from(("Main Studio", "Autumn")))
    return body
