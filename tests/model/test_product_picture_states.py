"""Whatever people and machines do in whatever order, every product holds the pictures that a list would."""

from dataclasses import dataclass, field
from typing import Final

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from scene_studio.model import product_pictures
from scene_studio.model.client import Client, Product, delete_product, edit_product, new_client
from scene_studio.model.errors import Deleted, InvalidRequest, NotFound
from scene_studio.model.identifiers import iso_time
from scene_studio.model.product_pictures import (
    await_product_picture,
    fold_product_uploads,
    keep_shown,
    product_uploads_queued,
    remove_picture,
    takes_product_upload,
)
from scene_studio.model.upload import UPLOAD_MILLISECONDS, Picture, UploadResult, new_upload

PRODUCTS: Final = ("mug", "mug", "mug", "old", "old", "old", "far", "far", "nowhere")
FAR: Final = "https://example.com/far.jpg"
LIMIT: Final = 3
REJECTED: Final = 2


@dataclass
class Awaited:
    """A file that is to be a picture."""

    id: str
    asked_at: int
    queued_at: int
    passed_over: bool = False
    reason: str | None = None


@dataclass
class Known:
    """A product.

    Attributes:
        pictures: their ids, the newest first.
        shown: the one that is shown.
        elsewhere: whether one that lies elsewhere is shown.
    """

    pictures: list[str] = field(default_factory=list)
    shown: str | None = None
    elsewhere: bool = False
    uploads: list[Awaited] = field(default_factory=list)
    deleted: bool = False


class ProductsAgainstLists(RuleBasedStateMachine):
    """Keeps beside the client what its products should be, and judges every answer by that."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1_700_000_000_000
        self.updated = iso_time(self.now)
        self.known = {
            "mug": Known(),
            "old": Known(["old-1"], "old-1"),
            "far": Known(elsewhere=True),
        }
        self.asked: list[tuple[str, str]] = [("mug", "never"), ("nowhere", "never")]
        products = [
            Product(id="mug", name="Mug"),
            Product(id="old", name="Old", image_id="old-1"),
            Product(id="far", name="Far", image_url=FAR),
        ]
        self.client = new_client("acme-corp", "ACME", self.updated).replace(products=tuple(products))
        self.others = self._without_pictures()

    @rule(product_id=st.sampled_from(PRODUCTS), repeated=st.booleans())
    def ask(self, product_id: str, *, repeated: bool) -> None:
        """A further picture, or with `repeated` one that was asked for before."""
        before = [upload_id for of, upload_id in self.asked[2:] if of == product_id]
        upload_id = before[-1] if repeated and before else f"{product_id}-{len(self.asked) + 9}"
        upload = new_upload(upload_id, self.now)
        known = self.known.get(product_id)
        refusal: type[Exception] | None = None
        is_there = known is not None and upload_id in {*known.pictures, *(one.id for one in known.uploads)}
        if known is None or known.deleted:
            refusal = NotFound if known is None else Deleted
        elif not is_there and len(known.pictures) + len(self._open(known)) >= LIMIT:
            refusal = InvalidRequest
        if known is None or refusal is not None:
            with pytest.raises(refusal or NotFound):
                await_product_picture(self.client, product_id, upload, iso_time(self.now))
            return
        after = await_product_picture(self.client, product_id, upload, iso_time(self.now))
        self._commit(after, changes=not is_there)
        if not is_there:
            rejected = [one for one in known.uploads if one.reason is not None][-REJECTED:]
            known.uploads = [*rejected, *self._open(known), Awaited(upload_id, self.now, self.now)]
            self.asked.append((product_id, upload_id))

    @rule(data=st.data())
    def fold(self, data: st.DataObject) -> None:
        """Results of any file that was ever asked for, and of some that never were, in any order and twice."""
        results = data.draw(st.lists(self._results(), max_size=5))
        if len(results) == 1:
            assert takes_product_upload(self.client, results[0]) is (self._awaited(results[0]) is not None)
        after = fold_product_uploads(self.client, results, self.now)
        by_time = sorted(results, key=lambda one: (self._awaited(one) or Awaited("", 0, 0)).asked_at)
        took = [self._end(result) for result in by_time]
        self._commit(after, changes=any(took))

    @rule()
    def give_up(self) -> None:
        """The janitor, once all deadlines are past."""
        self.now += UPLOAD_MILLISECONDS
        late = [
            UploadResult(owner="product", owner_id=of, id=one.id, reason="never came")
            for of, known in self.known.items()
            for one in self._open(known)
        ]
        self._commit(fold_product_uploads(self.client, late, self.now), changes=bool(late))
        for result in late:
            assert self._end(result)

    @rule(data=st.data())
    def note_as_queued(self, data: st.DataObject) -> None:
        ids = data.draw(st.lists(st.sampled_from([upload_id for _, upload_id in self.asked]), max_size=3))
        due = [one for known in self.known.values() for one in known.uploads if one.id in ids]
        changes = any(one.queued_at != self.now for one in due)
        after = product_uploads_queued(self.client, ids, self.now)
        self._commit(after, changes=changes, touches=False)
        for one in due:
            one.queued_at = self.now

    @rule(data=st.data(), product_id=st.sampled_from(PRODUCTS), again=st.booleans())
    def show(self, data: st.DataObject, product_id: str, *, again: bool) -> None:
        """A person picks a picture, here or elsewhere or none, or with `again` the one that is shown."""
        known = self.known.get(product_id)
        if again or known is None or known.deleted:
            if known is None or known.deleted:
                with pytest.raises(Deleted if known else NotFound):
                    keep_shown(self.client, product_id, iso_time(self.now))
                return
            after = keep_shown(self.client, product_id, iso_time(self.now))
            self._commit(after, changes=any(not one.passed_over for one in known.uploads))
            self._pass_over(known)
            return
        picked = data.draw(st.sampled_from(["never", FAR, None, *known.pictures]))
        changes = {"imageUrl": picked if picked == FAR else None, "imageId": None if picked == FAR else picked}
        if picked == "never":
            with pytest.raises(InvalidRequest):
                edit_product(self.client, product_id, changes, iso_time(self.now))
            return
        shown, elsewhere = (None, True) if picked == FAR else (picked, False)
        differs = (shown, elsewhere) != (known.shown, known.elsewhere)
        self._commit(edit_product(self.client, product_id, changes, iso_time(self.now)), changes=differs)
        known.shown, known.elsewhere = shown, elsewhere
        if differs and picked is not None:
            self._pass_over(known)

    @rule(data=st.data(), product_id=st.sampled_from(PRODUCTS))
    def remove(self, data: st.DataObject, product_id: str) -> None:
        known = self.known.get(product_id, Known())
        there = [*known.pictures, *(one.id for one in known.uploads)]
        image_id = data.draw(st.sampled_from(["never", *there]))
        if product_id == "nowhere" or known.deleted or image_id not in there:
            with pytest.raises(Deleted if known.deleted else NotFound):
                remove_picture(self.client, product_id, image_id, iso_time(self.now))
            return
        after = remove_picture(self.client, product_id, image_id, iso_time(self.now))
        self._commit(after, changes=True)
        known.uploads = [one for one in known.uploads if one.id != image_id]
        known.pictures = [one for one in known.pictures if one != image_id]
        if known.shown == image_id:
            known.shown = known.pictures[0] if known.pictures else None

    @rule(product_id=st.sampled_from(PRODUCTS[:-1]))
    def delete_or_restore(self, product_id: str) -> None:
        known = self.known[product_id]
        known.deleted = not known.deleted
        if known.deleted:
            self._commit(delete_product(self.client, product_id, iso_time(self.now)), changes=True)
        else:
            back = self._product(product_id).replace(deleted_at=None)
            products = tuple(back if one.id == product_id else one for one in self.client.products)
            self.client = self.client.replace(products=products)

    @rule()
    def time_passes(self) -> None:
        self.now += 1

    @invariant()
    def the_client_holds_what_it_should(self) -> None:
        for product in self.client.products:
            known = self.known[product.id]
            assert [one.id for one in product.all_pictures()] == known.pictures
            assert product.image_id == known.shown
            assert (product.image_url is not None) == known.elsewhere
            assert (product.deleted_at is not None) == known.deleted
            uploads = [
                Awaited(one.id, one.asked_at, one.queued_at, one.passed_over, one.reason)
                for one in product.uploads
            ]
            assert uploads == known.uploads
            assert all(one.width in {None, len(one.id)} for one in product.pictures)
        assert self.client.updated_at == self.updated
        assert self._without_pictures() == self.others

    def teardown(self) -> None:
        stored = self.client.model_dump_json(by_alias=True, exclude_none=True)
        assert Client.model_validate_json(stored) == self.client

    def _commit(self, after: Client | None, *, changes: bool, touches: bool = True) -> None:
        """Take a rule's answer for the next document; it has to be one exactly if something changes."""
        assert (after is not None) is changes
        if after is None:
            return
        assert after != self.client
        if touches:
            self.updated = iso_time(self.now)
        self.client = after

    def _without_pictures(self) -> Client:
        bare = {"pictures": (), "uploads": (), "image_id": None, "image_url": None, "deleted_at": None}
        products = tuple(product.replace(**bare) for product in self.client.products)
        return self.client.replace(products=products, updated_at="")

    def _product(self, product_id: str) -> Product:
        found = self.client.find(product_id)
        assert found is not None
        return found

    @staticmethod
    def _pass_over(known: Known) -> None:
        for one in known.uploads:
            one.passed_over = True

    @staticmethod
    def _open(known: Known) -> list[Awaited]:
        return [one for one in known.uploads if one.reason is None]

    def _results(self) -> st.SearchStrategy[UploadResult]:
        awaited = [(of, one.id) for of, known in self.known.items() for one in known.uploads]
        swapped = [(of, upload_id) for of, _ in awaited for _, upload_id in awaited]
        named = st.sampled_from([*self.asked[:2], *self.asked[-2:], *swapped, *6 * awaited])
        owners = st.sampled_from(["product"] * 9 + ["scene"])
        return st.builds(
            self._result, owners, named, st.sampled_from(["picture", "no picture", "broken", None])
        )

    @staticmethod
    def _result(owner: str, named: tuple[str, str], end: str | None) -> UploadResult:
        of, upload_id = named
        made = end == "picture"
        return UploadResult.model_validate(
            {
                "owner": owner,
                "ownerId": of,
                "id": upload_id,
                "picture": Picture(id=upload_id, width=len(upload_id)) if made else None,
                "reason": None if made else end,
            }
        )

    def _awaited(self, result: UploadResult) -> Awaited | None:
        known = self.known.get(result.owner_id) if result.owner == "product" else None
        found = next((one for one in known.uploads if one.id == result.id), None) if known else None
        return found if found and (found.reason is None or result.picture is not None) else None

    def _end(self, result: UploadResult) -> bool:
        """End the upload as the result says, if the product waits for it."""
        upload = self._awaited(result)
        if upload is None:
            return False
        known = self.known[result.owner_id]
        if result.picture is None:
            upload.reason = result.reason or "It was rejected for a reason that is not known."
            return True
        known.uploads.remove(upload)
        known.pictures.insert(0, result.id)
        if not upload.passed_over or not (known.shown or known.elsewhere):
            known.shown, known.elsewhere = result.id, False
        return True


def test_any_sequence_of_edits_and_results_leaves_products_that_lose_no_picture_and_do_not_lie(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(product_pictures, "MAX_PICTURES", LIMIT)
    monkeypatch.setattr(product_pictures, "_MAX_REJECTED", REJECTED)
    run_state_machine_as_test(
        ProductsAgainstLists,
        settings=settings(
            deadline=None, max_examples=30, stateful_step_count=50, suppress_health_check=list(HealthCheck)
        ),
    )
