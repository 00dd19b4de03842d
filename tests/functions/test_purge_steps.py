"""A purge that is cut off, or overtaken, between any two of its requests."""

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final

import pytest

from janitor.places import Place
from janitor.purge import Purge, Purged
from scene_studio.model.client import Client, new_client
from scene_studio.model.errors import Deleted, NotFound, SceneStudioError
from scene_studio.model.errors import Purged as PurgedForGood
from scene_studio.model.share import Share
from scene_studio.model.studio import Studio, delete_studio, new_studio, undelete_studio
from scene_studio.store import keys
from scene_studio.store.cache import DocumentCache
from scene_studio.store.clients import Clients
from scene_studio.store.object_store import ObjectStore, StoredObject, Unavailable
from scene_studio.store.studios import Studios
from tests.support.scripted_store import FakeTime, MemoryStore

PLACE: Final = Place("acme-corp", "summer")
DELETED: Final = "2026-10-01T00:00:00.000Z"
LATER: Final = 1_793_491_200_000  # 2026-11-01, 31 days later
LINK: Final = Share(id="link", created_at=DELETED, expires_at=DELETED, salt="", secret_sha256="0" * 64)
PICTURES: Final = [keys.revision(*PLACE, "slot-1", name) for name in "abcdef"]
OTHERS: Final = [
    keys.client("acme-corp"),
    keys.revision("acme-corp", "summer-2", "slot-1", "a"),
    keys.share("link-2", "0" * 64),
]
COSTS: Final = {"2026-09": 5, "2026-10": 7}
REQUESTS: Final = {"get", "put", "heads", "list_versions", "list_all_versions", "delete_versions"}


class Stepping:
    """A store that does something before or after a request; its listings are short, the newest first.

    Attributes:
        steps: how many requests there were.
    """

    def __init__(self, inner: ObjectStore) -> None:
        self._inner = inner
        self._moment: tuple[str, int] | None = None
        self._action: Callable[[], object] = lambda: None
        self.steps = 0

    def at(self, when: str, step: int, action: Callable[[], object]) -> None:
        """Do this `before` or `after` that request."""
        self._moment, self._action = (when, step), action

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._inner, name)
        if name not in REQUESTS:
            return method

        def request(*arguments: Any, **more: Any) -> Any:
            self.steps += 1
            step = self.steps
            self._reached("before", step)
            answer = method(*arguments, **more)
            if name == "list_all_versions":
                answer = answer[::-1][:4]
            self._reached("after", step)
            return answer

        return request

    def _reached(self, when: str, step: int) -> None:
        if self._moment == (when, step):
            self._moment = None
            self._action()


def studios(store: Any) -> Studios:
    """The studios as a new process knows them."""
    return Studios(store, DocumentCache[Studio]())


def clients(store: Any) -> Clients:
    """The clients as a new process knows them."""
    return Clients(store, DocumentCache[Client]())


def costs_kept(store: ObjectStore) -> list[dict[str, int]]:
    """What the client knows of purged studios."""
    return [one.costs for one in clients(store).read("acme-corp").document.purged_studios.values()]


def change(store: ObjectStore, rule: Callable[[Studio], Studio | None]) -> Studio:
    def apply(current: Any) -> Studio | None:
        return rule(current.document if current else new_studio(*PLACE, None, DELETED))

    return studios(store).commit(*PLACE, apply, None, FakeTime().pacing()).current.document


def make(store: ObjectStore) -> None:
    """A studio with a history of its own and of its pictures."""
    for key in PICTURES:
        store.put_once(key, b"picture", content_type="image/jpeg")
    store.delete(PICTURES[0])
    store.put_once(keys.share(LINK.id, LINK.secret_sha256), b"{}", content_type="application/json")
    change(store, lambda studio: studio.replace(shares=(LINK,), costs={"2024-01": 1} | COSTS))
    for name in ("one", "two", "three"):
        change(store, partial(Studio.replace, name=name))


@pytest.fixture
def store() -> MemoryStore:
    """A studio whose time has come, and what belongs to others."""
    store = a_deleted_studio()
    for key in OTHERS[1:]:
        store.put_once(key, b"of others", content_type="text/plain")
    return store


def purge(store: Any, now: int = LATER) -> Purged:
    return Purge(store, studios(store), clients(store), FakeTime().pacing, now).look_after(PLACE)


def left(store: ObjectStore) -> set[str]:
    return {version.key for version in store.list_all_versions("")}


def a_deleted_studio() -> MemoryStore:
    store = MemoryStore()
    clients(store).commit(
        "acme-corp", lambda _: new_client("acme-corp", "ACME", DELETED), None, FakeTime().pacing()
    )
    make(store)
    change(store, lambda studio: delete_studio(studio, DELETED))
    return store


def steps_of_a_purge() -> int:
    stepping = Stepping(a_deleted_studio())
    purge(stepping)
    return stepping.steps


every_moment = pytest.mark.parametrize("step", range(1, steps_of_a_purge() + 1))


def test_a_purge_leaves_nothing_and_takes_nothing_of_others(store: MemoryStore) -> None:
    everything = len(store.list_all_versions(""))
    done = purge(store)
    assert left(store) == set(OTHERS)
    assert done == Purged(everything + 1 - len(OTHERS), under_way=False)
    assert costs_kept(store) == [COSTS]
    assert purge(store) == Purged()


def test_a_minute_too_early_not_even_a_mark_is_set(store: MemoryStore) -> None:
    stood = store.list_all_versions("")
    assert purge(store, LATER - 60_000) == Purged()
    assert store.list_all_versions("") == stood


@every_moment
@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("failure", [KeyboardInterrupt, Unavailable])
def test_a_purge_that_is_cut_off_anywhere_is_ended_by_the_next_run(
    store: MemoryStore, step: int, when: str, failure: type[BaseException]
) -> None:
    def fail() -> None:
        raise failure

    stepping = Stepping(store)
    stepping.at(when, step, fail)
    everything = left(store)
    with suppress(KeyboardInterrupt, SceneStudioError):
        purge(stepping)
    with pytest.raises((Deleted, NotFound)) as refused:
        studios(store).read(*PLACE)
    if isinstance(refused.value, Deleted):
        assert left(store) == everything, "what can be brought back is whole"
    purge(store)
    assert left(store) == set(OTHERS)
    assert costs_kept(store) == [COSTS]


@every_moment
def test_who_brings_it_back_in_the_midst_gets_all_of_it_or_is_told_that_it_is_gone(
    store: MemoryStore, step: int
) -> None:
    told: list[str] = []

    def bring_back() -> None:
        def rule(current: Any) -> Studio | None:
            if current is None:
                raise NotFound("studio", PLACE.studio_id)
            return undelete_studio(current.document, DELETED)

        try:
            studios(store).commit(*PLACE, rule, None, FakeTime().pacing())
        except PurgedForGood:
            told.append("purged")
        except NotFound:
            told.append("not found")
        else:
            told.append("back")

    stepping = Stepping(store)
    stepping.at("before", step, bring_back)
    stood = left(store)
    purge(stepping)
    assert told
    assert left(store) == (stood if told == ["back"] else set(OTHERS))
    assert costs_kept(store) == ([] if told == ["back"] else [COSTS])


@every_moment
def test_of_two_runs_at_once_each_ends_well(store: MemoryStore, step: int) -> None:
    stepping = Stepping(store)
    stepping.at("before", step, partial(purge, store))
    assert not purge(stepping).under_way
    assert left(store) == set(OTHERS)
    assert costs_kept(store) == [COSTS]


@every_moment
def test_a_run_that_is_overtaken_harms_no_new_studio_under_the_id(store: MemoryStore, step: int) -> None:
    def overtake() -> None:
        purge(store)
        assert left(store) == set(OTHERS)
        make(store)

    stepping = Stepping(store)
    stepping.at("before", step, overtake)
    purge(stepping)
    wanted = MemoryStore()
    make(wanted)
    assert left(store) == left(wanted) | set(OTHERS)
    own = keys.studio_folder(*PLACE)
    assert len(store.list_all_versions(own)) == len(wanted.list_all_versions(own))
    assert studios(store).read(*PLACE).document.name == "three"
    assert [isinstance(store.get(key), StoredObject) for key in PICTURES] == [False, *[True] * 5]
