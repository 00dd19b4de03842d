import socket
from collections.abc import Callable
from functools import cache

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from scene_studio.store.object_store import (
    ABSENT,
    Conflict,
    ObjectStore,
    StoredObject,
    StoreError,
    Unavailable,
    VersionName,
    WriteUnsettled,
)
from scene_studio.store.s3 import S3ObjectStore
from tests.support.loopback_s3 import Fault, LoopbackS3
from tests.support.stores import BUCKET

KEY = "clients/acme/client.json"
JSON = "application/json"
LONG = b"0123456789" * 10_000

Ask = Callable[[ObjectStore], object]

READS: dict[str, tuple[str, Ask]] = {
    "get": ("GET", lambda store: store.get(KEY)),
    "get of a version": ("GET", lambda store: store.get(KEY, version_id="0" * 32)),
    "heads": ("HEAD", lambda store: store.heads([KEY])),
    "heads of many": ("HEAD", lambda store: store.heads([KEY, KEY])),
    "list": ("GET", lambda store: store.list_names("clients/")),
    "list of all versions": ("GET", lambda store: store.list_all_versions("clients/")),
    "delete": ("DELETE", lambda store: store.delete(KEY)),
    "delete of versions": ("POST", lambda store: store.delete_versions([VersionName(KEY, "0" * 32)])),
    "copy": ("PUT", lambda store: store.copy_once(KEY, "copy")),
    "create once": ("PUT", lambda store: store.put_once("once", b"{}", content_type=JSON)),
}
repeatable = pytest.mark.parametrize(("method", "ask"), READS.values(), ids=READS.keys())


@pytest.fixture
def store(loopback_client: S3ObjectStore) -> S3ObjectStore:
    return loopback_client


def put(store: ObjectStore, body: bytes = b"{}") -> object:
    return store.put(KEY, body, expected=ABSENT, content_type=JSON)


def stands(store: ObjectStore, key: str = KEY) -> bytes | None:
    found = store.get(key)
    return found.body if isinstance(found, StoredObject) else None


@pytest.mark.parametrize(
    ("fault", "outcome", "landed"),
    [
        (Fault.DROP_REPLY, WriteUnsettled, True),
        (Fault.DROP_REQUEST, WriteUnsettled, False),
        (Fault.APPLY_LATE, WriteUnsettled, False),
        (Fault.INTERNAL_ERROR, WriteUnsettled, False),
        (Fault.SLOW_DOWN, WriteUnsettled, False),
        (Fault.CONFLICT, Conflict, False),
        (Fault.ACCESS_DENIED, ClientError, False),
    ],
    ids=lambda value: value.name if isinstance(value, Fault) else "",
)
def test_a_conditional_put_is_sent_exactly_once_whatever_happens(
    store: S3ObjectStore, loopback: LoopbackS3, fault: Fault, outcome: type[Exception], *, landed: bool
) -> None:
    loopback.fail(fault, "PUT")

    with pytest.raises(outcome):
        put(store, b"mine")

    assert len(loopback.requests("PUT")) == 1
    assert stands(store) == (b"mine" if landed else None)


def test_a_put_that_is_applied_late_can_no_longer_undo_a_newer_one(
    store: S3ObjectStore, loopback: LoopbackS3
) -> None:
    loopback.fail(Fault.APPLY_LATE, "PUT")
    with pytest.raises(WriteUnsettled):
        put(store, b"late")
    put(store, b"newer")

    assert loopback.apply_late() == [412]
    assert stands(store) == b"newer"


def test_a_client_that_retries_would_report_a_false_conflict(
    store: S3ObjectStore, loopback: LoopbackS3
) -> None:
    careless = S3ObjectStore(BUCKET, retrying=store._retrying, single_shot=store._retrying)
    loopback.fail(Fault.DROP_REPLY, "PUT")

    with pytest.raises(Conflict):
        put(careless, b"mine")

    assert len(loopback.requests("PUT")) == 2
    assert stands(store) == b"mine"


def test_a_put_without_an_answer_in_time_is_unsettled(loopback: LoopbackS3) -> None:
    hurried = boto3.client(
        "s3",
        endpoint_url=loopback.endpoint,
        config=Config(read_timeout=1, retries={"total_max_attempts": 1, "mode": "standard"}),
    )
    store = S3ObjectStore(BUCKET, retrying=hurried, single_shot=hurried)
    loopback.fail(Fault.HOLD_REPLY, "PUT")

    with pytest.raises(WriteUnsettled):
        put(store, b"mine")
    loopback.release()

    assert len(loopback.requests("PUT")) == 1
    assert stands(store) == b"mine"
    hurried.close()


def test_a_put_against_its_condition_is_a_conflict(store: S3ObjectStore, loopback: LoopbackS3) -> None:
    with pytest.raises(Conflict, match="NoSuchKey"):
        store.put(KEY, b"{}", expected='"0"', content_type=JSON)
    put(store)
    with pytest.raises(Conflict, match="PreconditionFailed"):
        put(store)
    assert [exchange.reply and exchange.reply.status for exchange in loopback.exchanges] == [404, 200, 412]


@repeatable
def test_whatever_may_be_repeated_survives_a_passing_fault(
    store: S3ObjectStore, loopback: LoopbackS3, method: str, ask: Ask
) -> None:
    put(store)
    before = len(loopback.exchanges)
    loopback.fail(Fault.SLOW_DOWN, method)
    loopback.fail(Fault.DROP_REQUEST, method)

    ask(store)

    assert len(loopback.exchanges) - before >= 3


@repeatable
@pytest.mark.parametrize("fault", [Fault.SLOW_DOWN, Fault.INTERNAL_ERROR, Fault.DROP_REQUEST])
def test_a_lasting_fault_is_unavailable(
    store: S3ObjectStore, loopback: LoopbackS3, method: str, ask: Ask, fault: Fault
) -> None:
    put(store)
    loopback.fail(fault, method, times=100)

    with pytest.raises(Unavailable):
        ask(store)


@repeatable
def test_a_refusal_of_permission_is_none_of_the_stores_own_outcomes(
    store: S3ObjectStore, loopback: LoopbackS3, method: str, ask: Ask
) -> None:
    loopback.fail(Fault.ACCESS_DENIED, method, times=100)

    with pytest.raises(ClientError, match=r"403|AccessDenied") as refused:
        ask(store)
    assert not isinstance(refused.value, StoreError)
    assert len(loopback.requests(method)) <= 2


@repeatable
def test_a_refused_connection_is_unavailable(method: str, ask: Ask) -> None:
    with pytest.raises(Unavailable):
        ask(_nobody_there())


def test_a_put_that_never_reached_the_store_is_known_not_to_be_written() -> None:
    with pytest.raises(Unavailable):
        put(_nobody_there())


@cache
def _nobody_there() -> S3ObjectStore:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    once = boto3.client(
        "s3",
        endpoint_url=f"http://127.0.0.1:{port}",
        config=Config(retries={"total_max_attempts": 1, "mode": "standard"}),
    )
    return S3ObjectStore(BUCKET, retrying=once, single_shot=once)


def test_a_body_cut_in_mid_transfer_is_never_taken_for_the_object(
    store: S3ObjectStore, loopback: LoopbackS3
) -> None:
    put(store, LONG)
    loopback.fail(Fault.CUT_BODY, "GET")

    with pytest.raises(Unavailable):
        store.get(KEY)
    assert stands(store) == LONG


def test_a_listing_cut_in_mid_transfer_is_asked_again(store: S3ObjectStore, loopback: LoopbackS3) -> None:
    put(store)
    loopback.fail(Fault.CUT_BODY, "GET")

    assert store.list_names("clients/").names == (KEY,)


def test_an_object_made_once_stands_although_the_reply_was_lost(
    store: S3ObjectStore, loopback: LoopbackS3
) -> None:
    loopback.fail(Fault.DROP_REPLY, "PUT")

    store.put_once(KEY, b"page", content_type=JSON)

    assert len(loopback.requests("PUT")) == 2
    assert stands(store) == b"page"


def test_an_object_made_once_never_replaces_another_although_a_reply_was_lost(
    store: S3ObjectStore, loopback: LoopbackS3
) -> None:
    put(store, b"theirs")
    loopback.fail(Fault.DROP_REPLY, "PUT")

    assert store.put_once(KEY, b"mine", content_type=JSON) is False
    assert stands(store) == b"theirs"


def test_making_an_object_once_goes_on_when_another_write_of_the_key_is_under_way(
    store: S3ObjectStore, loopback: LoopbackS3
) -> None:
    loopback.fail(Fault.CONFLICT, "PUT", times=2)

    assert store.put_once(KEY, b"page", content_type=JSON) is True
    assert stands(store) == b"page"


def test_making_an_object_once_ends_when_other_writes_are_always_under_way(
    store: S3ObjectStore, loopback: LoopbackS3
) -> None:
    loopback.fail(Fault.CONFLICT, "PUT", times=100)

    with pytest.raises(Unavailable):
        store.put_once(KEY, b"page", content_type=JSON)
    assert len(loopback.requests("PUT")) < 10


@pytest.mark.parametrize("versioning", ["off", "suspended"])
def test_a_bucket_without_versions_is_named_as_the_cause(
    store: S3ObjectStore, loopback: LoopbackS3, versioning: str
) -> None:
    loopback.bucket.version_header = versioning

    with pytest.raises(RuntimeError, match="not versioned; turn versioning on"):
        put(store)
    with pytest.raises(RuntimeError, match="not versioned; turn versioning on"):
        store.get(KEY)
    with pytest.raises(RuntimeError, match="not versioned; turn versioning on"):
        store.heads([KEY])


def test_a_listing_of_versions_is_as_long_as_asked_for_though_s3_gives_fewer_at_once(
    store: S3ObjectStore, loopback: LoopbackS3
) -> None:
    for name in ("a&b", "c", "d"):
        store.put_once(f"p/{name}", b"{}", content_type=JSON)
        store.delete(f"p/{name}")
    loopback.bucket.most_versions_listed = 2
    found = store.list_all_versions("p/")
    assert sorted(one.key for one in found) == ["p/a&b", "p/a&b", "p/c", "p/c", "p/d", "p/d"]
    assert len(set(found)) == 6
    assert len(store.list_all_versions("p/", limit=5)) == 5
