"""Whatever call of a run goes wrong, and however often, the file ends as it would have, and nothing is mixed.

The store of these tests judges every write by itself: see `tests.ingestion.site.WatchedStore`.
"""

from itertools import count
from typing import Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from scene_studio.model.errors import SceneStudioError
from scene_studio.queues.s3_notifications import CreatedObject
from scene_studio.store import keys
from scene_studio.store.keys import UploadPlace
from tests.ingestion.site import PRODUCT, SCENE, Site, upload
from tests.store.test_inbox import FAULTS, Crash, FailingStore
from tests.support.words import REJECTION
from upload_ingestion.ingest import Outcome

WORD: Final = b"plain mug"
CALLS: Final = {
    (SCENE, WORD): 12,
    (PRODUCT, WORD): 13,
    (SCENE, b"bad file"): 10,
    (PRODUCT, b"bad file"): 10,
}
"""The requests of a run: the file's head, the document, the stored picture, the file; the picture, what is made
of it, and the result; listing, results, commit and deletion of results; deletion of the file."""


def run_with(site: Site, created: CreatedObject, wrong: int, how: str) -> bool:
    """A run of which one call goes wrong; tells whether there was such a call."""
    failing = FailingStore(site.shared, wrong, how)
    site.store = failing
    try:
        site.run(created)
    except (Crash, SceneStudioError):
        assert len(failing.calls) >= wrong
    site.store = site.shared
    return len(failing.calls) >= wrong


def assert_ended(site: Site, place: UploadPlace, words: set[bytes]) -> None:
    if words:
        assert site.word(place) in words
        assert upload(site.shared, place) is None
    else:
        rejected = upload(site.shared, place)
        assert rejected is not None
        assert (rejected.reason, site.picture(place)) == (REJECTION, None)
    site.assert_tidy()


@pytest.mark.parametrize("how", FAULTS)
@pytest.mark.parametrize(("place", "body"), CALLS, ids=["scene", "product", "bad scene", "bad product"])
def test_whichever_call_of_a_run_goes_wrong_its_next_delivery_comes_to_the_same_end(
    place: UploadPlace, body: bytes, how: str
) -> None:
    for wrong in count(1):
        site = Site()
        created = site.bring(place, body)
        there_was = run_with(site, created, wrong, how)
        site.run(created)
        fold(site, place)
        assert_ended(site, place, {WORD} if body == WORD else set())
        assert site.run(created) is (Outcome.NOTHING_TO_DO if body == WORD else Outcome.REJECTED)
        if not there_was:
            break
    assert wrong == 1 + CALLS[place, body]


def fold(site: Site, place: UploadPlace) -> None:
    """Fold what is left, as the janitor does."""
    site.ingestion().inbox.fold(place.client_id, place.studio_id, site.now, site.ingestion().pacing())


Run = tuple[int, int, str]
"""Which version of the file, which call goes wrong, and how."""


@settings(deadline=None, max_examples=60)
@given(
    st.sampled_from([SCENE, PRODUCT]),
    st.lists(st.sampled_from([WORD, b"plain jug", b"busy mug", b"bad file"]), min_size=1, max_size=3),
    st.lists(st.tuples(st.integers(0, 2), st.integers(1, 14), st.sampled_from(FAULTS)), max_size=6),
)
def test_however_many_versions_and_runs_there_are_and_whatever_goes_wrong_one_picture_comes_of_it(
    place: UploadPlace, bodies: list[bytes], runs: list[Run]
) -> None:
    site = Site()
    versions = [site.bring(place, body) for body in bodies]
    for number, wrong, how in runs:
        run_with(site, versions[number % len(versions)], wrong, how)
    for created in versions:
        site.run(created)
    fold(site, place)
    assert_ended(site, place, {body for body in bodies if body != b"bad file"})


@pytest.mark.parametrize("place", [SCENE, PRODUCT], ids=["scene", "product"])
@pytest.mark.parametrize("how", FAULTS)
def test_whichever_call_goes_wrong_for_a_file_that_nobody_waits_for_it_is_deleted_in_the_end(
    place: UploadPlace, how: str
) -> None:
    for wrong in count(1):
        site = Site()
        created = site.bring(place._replace(upload_id="other"), WORD)
        before = site.names_under("clients/")
        there_was = run_with(site, created, wrong, how)
        site.run(created)
        assert (site.names_under("clients/"), site.names_under(keys.inboxes())) == (before, ())
        site.assert_tidy()
        if not there_was:
            break
    assert wrong == 4  # the file's head, the document, and the deletion
