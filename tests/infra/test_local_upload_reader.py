import contextlib
import io
from collections.abc import Mapping, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from infra.local.upload_reader import UploadReader
from scene_studio.store.upload_forms import FormRefused, UploadForm
from tests.infra.raw_forms import BOUNDARY, END, TYPE, form, part

FORM = UploadForm("uploads/a", "image/png", 1000)
NAMES = st.text(st.characters(codec="utf-8", exclude_characters='"\\\r\n*;'), min_size=1).filter(
    lambda name: name == name.strip(" \t") and name != "file"
)
VALUES = st.text(st.characters(codec="utf-8"))
# A reader could take the beginnings of a boundary for one.
NEARLY = st.sampled_from([b"\r", b"\n", b"-", b"--", BOUNDARY.encode(), b"\r\n--limi", b"x"])
FILES = (st.binary(min_size=1, max_size=200) | st.lists(NEARLY, min_size=1).map(b"".join)).filter(
    lambda body: f"\r\n--{BOUNDARY}".encode() not in b"\r\n" + body
)


class Reading:
    """A form that is read; every form of ours is taken.

    Attributes:
        fields: the fields that came before the file.
        file: the file, as far as it was read.
    """

    def __init__(self, content_type: str = TYPE) -> None:
        self.fields: dict[str, str] = {}
        self.file = io.BytesIO()
        self.reader = UploadReader(content_type, self._open, self.file)

    def _open(self, fields: Mapping[str, str]) -> UploadForm:
        self.fields.update(fields)
        return FORM

    def read(self, pieces: Sequence[bytes]) -> UploadForm:
        for piece in pieces:
            self.reader.feed(piece)
        return self.reader.end()


def pieces_of(whole: bytes, sizes: Sequence[int]) -> list[bytes]:
    pieces = []
    for size in sizes:
        pieces.append(whole[:size])
        whole = whole[size:]
    return [*pieces, whole]


@given(
    fields=st.dictionaries(NAMES, VALUES, max_size=3),
    body=FILES,
    after=st.lists(st.tuples(NAMES, VALUES), max_size=2),
    sizes=st.lists(st.integers(0, 40), max_size=40),
)
def test_a_form_is_read_the_same_in_whatever_pieces_it_comes(
    fields: dict[str, str], body: bytes, after: list[tuple[str, str]], sizes: list[int]
) -> None:
    fields = {name: value.replace(BOUNDARY, "") for name, value in fields.items()}
    more = [part(name, value.replace(BOUNDARY, "").encode()) for name, value in after]
    reading = Reading()

    assert reading.read(pieces_of(form(fields, body, *more), sizes)) == FORM
    assert reading.fields == fields
    assert reading.file.getvalue() == body


@given(st.binary(max_size=300), st.lists(st.integers(0, 40), max_size=20))
def test_whatever_comes_is_read_or_refused(sent: bytes, sizes: list[int]) -> None:
    for start in (b"", b"--limit\r\n", part("file", b"x")[:-2]):
        reading = Reading()
        with contextlib.suppress(FormRefused):
            reading.read(pieces_of(start + sent, sizes))


@pytest.mark.parametrize("size", [0, 1001])
def test_a_file_of_another_size_than_the_form_names_is_refused(size: int) -> None:
    with pytest.raises(FormRefused, match="EntityToo"):
        Reading().read([form({}, b"x" * size)])


def test_a_file_that_is_too_large_is_not_written_on() -> None:
    reading = Reading()
    reading.reader.feed(part("file", b"x" * 1000)[:-2])
    with pytest.raises(FormRefused, match="EntityTooLarge"):
        reading.reader.feed(b"more\r\n" + END)
    assert reading.file.getvalue() == b"x" * 1000


def test_a_form_is_judged_before_its_file_is_read() -> None:
    def refuse(fields: Mapping[str, str]) -> UploadForm:
        raise FormRefused(403, "AccessDenied", str(dict(fields)))

    file = io.BytesIO()
    with pytest.raises(FormRefused, match=r"\{'key': 'a'\}"):
        UploadReader(TYPE, refuse, file).feed(part("key", b"a") + part("file", b"picture"))
    assert file.getvalue() == b""


@pytest.mark.parametrize(
    "header",
    [
        "Content-Disposition: form-data; name=file",
        'content-disposition: form-data; filename="a;b\\"c.png"; name="file"',
        'Content-Type: text/html\r\nContent-Disposition: form-data; name="file"; filename=x',
        'CONTENT-DISPOSITION:form-data;name="file"\r\nContent-Length: 3',
        'X: "\r\nContent-Disposition: form-data; name="file"',
    ],
)
def test_the_file_is_known_by_the_name_of_its_field(header: str) -> None:
    reading = Reading()
    reading.read([f"--limit\r\n{header}\r\n\r\npicture\r\n".encode() + END])
    assert reading.file.getvalue() == b"picture"


def test_a_field_with_a_file_name_is_a_field() -> None:
    reading = Reading()
    reading.read([part("key", b"a", '; filename="b"') + form({}, b"picture")])
    assert reading.fields == {"key": "a"}


@pytest.mark.parametrize(
    "content_type", ["Multipart/Form-Data; boundary=limit", 'multipart/form-data;boundary="limit"']
)
def test_the_type_of_a_form_may_be_written_in_other_ways(content_type: str) -> None:
    reading = Reading(content_type)
    reading.read([form({"key": "a"})])
    assert reading.fields == {"key": "a"}


@pytest.mark.parametrize("content_type", ["multipart/form-data", "multipart/form-data; boundary="])
def test_a_form_without_a_boundary_is_not_begun(content_type: str) -> None:
    with pytest.raises(FormRefused, match="MalformedPOSTRequest"):
        Reading(content_type)
