"""Seeing that a bundle is whole before anything of it is written.

What may be in it follows from its documents: every object is one that they name, under the key that is spelled
from their ids. So no name in it can lead anywhere else.
"""

from collections.abc import Iterator
from typing import Final, NamedTuple

from infra.operators import pictures
from infra.operators.bundle import Bundle, BundleRefused
from infra.operators.contents import Contents, Fault, Problem
from infra.operators.documents import NoDocument, contradictions, parse_client, parse_studio
from scene_studio.model.client import Client
from scene_studio.model.identifiers import is_id
from scene_studio.model.studio import Studio
from scene_studio.store import keys

_TOLD: Final = 20
"""So many problems are told; there may be thousands."""


class Part(NamedTuple):
    """A document of a bundle with all that goes with it.

    Attributes:
        studio_id: the studio's; `keys.LIBRARY` for the client itself.
        key: the document's.
        named: the keys of what it names and the bundle holds, in the order of the walk.
    """

    studio_id: str
    key: str
    named: tuple[str, ...]


def verified(bundle: Bundle) -> list[Part]:
    """What is in a bundle: the client first, then its studios.

    Raises:
        BundleRefused: an object is damaged, missing, or named by nothing; a document is not valid, or its
            histories do not fit together; a picture is none.
    """
    client_id = bundle.manifest.client_id
    folder = keys.client_folder(client_id)
    problems: list[Problem] = []
    parts = []
    for studio_id in (keys.LIBRARY, *_studio_ids(bundle)):
        document, key = read_document(bundle, studio_id)
        problems.extend(Problem(key, Fault.BROKEN, said) for said in contradictions(document))
        contents = Contents(lambda wanted: [bundle.body(key.removeprefix(folder)) for key in wanted])
        named = []
        for item in contents.of(document):
            named.append(item.key)
            said = pictures.fault_of(*item) if pictures.is_picture(item.key) else None
            if said is not None:
                problems.append(Problem(item.key, Fault.BROKEN, said))
        problems.extend(contents.problems)
        parts.append(Part(studio_id, key, tuple(named)))
    _refuse([*_unknown(bundle, parts), *_unexpected(bundle, problems)])
    return parts


def read_document(bundle: Bundle, studio_id: str) -> tuple[Client | Studio, str]:
    """A document of a bundle, and its key; for `keys.LIBRARY` in place of a studio's id the client.

    Raises:
        BundleRefused: there is none, or it is not valid.
    """
    client_id = bundle.manifest.client_id
    is_client = studio_id == keys.LIBRARY
    key = keys.client(client_id) if is_client else keys.studio(client_id, studio_id)
    body = bundle.body(key.removeprefix(keys.client_folder(client_id)))
    if body is None:
        raise BundleRefused(f"{key} is not there.")
    try:
        if is_client:
            return parse_client(body, client_id), key
        return parse_studio(body, client_id, studio_id), key
    except NoDocument as error:
        raise BundleRefused(f"{key} {error}.") from error


def _studio_ids(bundle: Bundle) -> Iterator[str]:
    client_id = bundle.manifest.client_id
    folder = keys.client_folder(client_id)
    for entry in bundle.manifest.objects:
        studio_id = (folder + entry.key).removeprefix(keys.studios(client_id)).partition("/")[0]
        if is_id(studio_id) and folder + entry.key == keys.studio(client_id, studio_id):
            yield studio_id


def _unknown(bundle: Bundle, parts: list[Part]) -> list[Problem]:
    folder = keys.client_folder(bundle.manifest.client_id)
    known = {key for part in parts for key in (part.key, *part.named)}
    left = (folder + entry.key for entry in bundle.manifest.objects if folder + entry.key not in known)
    return [Problem(key, Fault.BROKEN, "is named by no document") for key in left]


def _unexpected(bundle: Bundle, problems: list[Problem]) -> list[Problem]:
    """These problems, but for those that the bundle itself tells of."""
    folder = keys.client_folder(bundle.manifest.client_id)
    told = {folder + key for key in bundle.manifest.missing}
    return [one for one in problems if one.fault is not Fault.MISSING or one.key not in told]


def _refuse(problems: list[Problem]) -> None:
    if problems:
        lines = [f"{one.key} {one.said}" for one in problems[:_TOLD]]
        more = [f"and {len(problems) - _TOLD} more"] if len(problems) > _TOLD else []
        raise BundleRefused("\n".join([*lines, *more]))
