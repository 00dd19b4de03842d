"""Guest links, and a studio as a guest sees it."""

from typing import Annotated

from pydantic import Field

from infra.contract.answers.base import Answer, Count, Cursor, Pixels, SignedAddress
from scene_studio.model.identifiers import Id, IsoTime
from scene_studio.model.revision import INLINE_LIMIT, MAX_PRODUCTS_IN_SLOT, Milliseconds
from scene_studio.model.settings import (
    MAX_PROMPT_TEXT,
    MAX_PROPS,
    AspectRatio,
    SettingText,
    ShadowStrength,
    VarietyLevel,
)
from scene_studio.model.share import MAX_MARKS, MAX_SHARES, ShareName
from scene_studio.model.studio import Name

Prose = Annotated[str, Field(max_length=MAX_PROMPT_TEXT)]


class Mark(Answer):
    """A picture that a guest marked.

    Attributes:
        slot_id: its slot.
        image_id: the revision.
    """

    slot_id: Id
    image_id: Id


class Share(Answer):
    """A guest link, without anything that would let anybody in.

    Attributes:
        id: its id.
        name: for the team, to tell their links apart.
        created_at: when it was made.
        expires_at: from when on nobody comes in by it.
    """

    id: Id
    name: ShareName | None = None
    created_at: IsoTime
    expires_at: IsoTime


class ShareWithMarks(Share):
    """A guest link with the pictures that were marked by way of it.

    Attributes:
        favorites: the marks.
    """

    favorites: Annotated[list[Mark], Field(max_length=MAX_MARKS)]


class ShareList(Answer):
    """A studio's guest links, oldest first.

    Attributes:
        items: the links.
    """

    items: Annotated[list[ShareWithMarks], Field(max_length=2 * MAX_SHARES)]


class NewlyShared(Answer):
    """A guest link that was made, with its secret, which no other answer tells.

    Attributes:
        share: the link.
        secret: what guests send as `X-Share-Token`.
        url: the address of the guests' page, with the secret in its fragment.
    """

    share: Share
    secret: Annotated[str, Field(min_length=43, max_length=43, pattern=r"^[A-Za-z0-9_-]{43}$")]
    url: Annotated[str, Field(max_length=200, pattern=r"^/shared/[^\s#]+#[A-Za-z0-9_-]{43}$")]


class Marks(Answer):
    """All marks that were left by way of a link.

    Attributes:
        favorites: the marks.
    """

    favorites: Annotated[list[Mark], Field(max_length=MAX_MARKS)]


class GuestScene(Answer):
    """A scene as a guest sees it.

    Attributes:
        id: its id.
        name: for people; empty for none.
        image_url: where its picture is.
    """

    id: SettingText
    name: SettingText
    image_url: SignedAddress | None = None


class GuestSettings(Answer):
    """How a picture is meant to look, as far as a guest is shown; what is absent has its default.

    Attributes:
        scene: the scene.
        negative_prompt: what is not to be in the picture, as nouns.
        shadow_strength: from 0, none, to 1, the darkest.
    """

    scene: GuestScene | None = None
    room_type: SettingText | None = None
    style: SettingText | None = None
    lighting: SettingText | None = None
    camera_angle: SettingText | None = None
    aspect_ratio: AspectRatio | None = None
    variety_level: VarietyLevel | None = None
    surroundings: SettingText | None = None
    color_scheme: SettingText | None = None
    props: Annotated[list[SettingText], Field(max_length=MAX_PROPS)] | None = None
    color_theme: bool | None = None
    accessories: bool | None = None
    prompt_text: Prose | None = None
    negative_prompt: Prose | None = None
    shadow_strength: ShadowStrength | None = None


class GuestRevision(Answer):
    """A revision as a guest sees it.

    Attributes:
        id: names it within its slot.
        url: a short-lived address of its picture.
        thumbnail_url: a short-lived address of a small one.
        timestamp: when it was made, in milliseconds since the Unix epoch.
        product_names: the names of the products in it.
        width: in pixels.
        height: in pixels.
        settings: the settings it was made with.
    """

    id: Id
    url: SignedAddress
    thumbnail_url: SignedAddress | None = None
    timestamp: Milliseconds
    product_names: Annotated[
        list[Annotated[str, Field(max_length=200)]], Field(max_length=MAX_PRODUCTS_IN_SLOT)
    ]
    width: Pixels | None = None
    height: Pixels | None = None
    settings: GuestSettings


class GuestSlot(Answer):
    """A slot as a guest sees it.

    Attributes:
        id: names it within the studio.
        product_names: the names of the products in it.
        settings: how its pictures are to look.
        history: the newest revisions, newest first.
        history_count: how many revisions there are in all.
        favorites: the revisions that were marked by way of this link.
        output_image: a short-lived address of the picture that is shown.
        output_image_id: the revision that is shown.
    """

    id: Id
    product_names: Annotated[list[Name], Field(max_length=MAX_PRODUCTS_IN_SLOT)]
    settings: GuestSettings
    history: Annotated[list[GuestRevision], Field(max_length=INLINE_LIMIT)]
    history_count: Count
    favorites: Annotated[list[Id], Field(max_length=MAX_MARKS)]
    output_image: SignedAddress | None = None
    output_image_id: Id | None = None


class SharedStudio(Answer):
    """A studio as a guest sees it.

    Attributes:
        share: the link.
        name: the studio's.
        output_slots: some of its slots, in order.
        next_cursor: asks for those that follow; absent at the end.
    """

    share: Share
    name: Name
    output_slots: Annotated[list[GuestSlot], Field(max_length=24)]
    next_cursor: Cursor | None = None
