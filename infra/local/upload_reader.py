"""An upload form taken apart as it comes, in bounded memory (RFC 7578).

As in S3, the fields that count come before the file, and whatever comes after it is ignored.
"""

from collections.abc import Callable, Mapping
from typing import BinaryIO, Final

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header

from scene_studio.store.upload_forms import FormRefused, UploadForm, entity_too_large

MAX_FILE_BYTES: Final = 25 * 1024 * 1024
"""The most that a file may hold, whatever its form would let through."""

MAX_FIELD_BYTES: Final = 64 * 1024
"""The most that the fields before the file may hold, with the headers of their parts and of the file's."""

_FILE: Final = "file"


class UploadReader:
    """Reads one form; keeps its fields, and hands its file on."""

    def __init__(
        self, content_type: str, open_form: Callable[[Mapping[str, str]], UploadForm], file: BinaryIO
    ) -> None:
        """Begin to read.

        Args:
            content_type: the request's.
            open_form: says what a form with these fields may store, or raises `FormRefused`.
            file: takes the bytes of the form's file.

        Raises:
            FormRefused: the request is no form.
        """
        media_type, options = parse_options_header(content_type)
        if media_type != b"multipart/form-data":
            message = "Bucket POST must be of the enclosure-type multipart/form-data"
            raise FormRefused(412, "PreconditionFailed", message)
        if not options.get(b"boundary"):
            raise _malformed()
        try:
            self._parser = MultipartParser(options[b"boundary"])
        except FormParserError as error:
            raise _malformed() from error
        self._parser.callbacks = {
            "on_header_field": self._take_header_name,
            "on_header_value": self._take_header_value,
            "on_header_end": self._end_header,
            "on_headers_finished": self._begin_value,
            "on_part_data": self._take_value,
            "on_part_end": self._end_part,
            "on_end": self._end,
        }
        self._open_form = open_form
        self._file = file
        self._size = 0
        self._form: UploadForm | None = None
        self._fields: dict[str, str] = {}
        self._field_bytes = 0
        self._complete = False
        self._header_name = self._header_value = self._disposition = b""
        self._name = ""
        self._value = bytearray()
        self._sink = self._ignore

    def feed(self, piece: bytes) -> None:
        """Read on.

        Raises:
            FormRefused: the form is refused, or is none; the rest of it need not be read.
        """
        try:
            self._parser.write(piece)
        except FormParserError as error:
            raise _malformed() from error

    def end(self) -> UploadForm:
        """End, when all was read, and give what the form may store: its whole file.

        Raises:
            FormRefused: the form is cut off, or has no file, or an empty one.
        """
        if not self._complete:
            raise _malformed()
        if self._form is None:
            message = "POST requires exactly one file upload per request."
            raise FormRefused(400, "InvalidArgument", message)
        self._form.check_size(self._size)
        return self._form

    def _take_header_name(self, data: bytes, start: int, end: int) -> None:
        self._header_name += self._counted(data[start:end])

    def _take_header_value(self, data: bytes, start: int, end: int) -> None:
        self._header_value += self._counted(data[start:end])

    def _end_header(self) -> None:
        if self._header_name.lower() == b"content-disposition":
            self._disposition = self._header_value
        self._header_name = self._header_value = b""

    def _begin_value(self) -> None:
        name = parse_options_header(self._disposition)[1].get(b"name", b"").decode(errors="replace")
        self._disposition = b""
        if self._form is not None:
            self._sink = self._ignore
        elif not name:
            raise _malformed()
        elif name == _FILE:
            self._form = self._open_form(self._fields)
            self._sink = self._store
        elif name in self._fields:
            # Which of the two S3 would take is not written anywhere.
            raise FormRefused(400, "InvalidArgument", f"POST requires one field of each name: {name!a}")
        else:
            self._name = name
            self._sink = self._keep

    def _take_value(self, data: bytes, start: int, end: int) -> None:
        self._sink(data[start:end])

    def _end_part(self) -> None:
        if self._form is None:
            self._fields[self._name] = self._value.decode(errors="replace")
            self._value.clear()

    def _end(self) -> None:
        self._complete = True

    def _keep(self, piece: bytes) -> None:
        self._value += self._counted(piece)

    def _store(self, piece: bytes) -> None:
        self._size += len(piece)
        if self._size > MAX_FILE_BYTES or (self._form and self._size > self._form.max_bytes):
            raise entity_too_large()
        self._file.write(piece)

    def _ignore(self, piece: bytes) -> None:
        pass

    def _counted(self, piece: bytes) -> bytes:
        if self._form is None:
            self._field_bytes += len(piece)
            if self._field_bytes > MAX_FIELD_BYTES:
                message = "Your POST request fields preceding the upload file were too large."
                raise FormRefused(400, "MaxPostPreDataLengthExceeded", message)
        return piece


def _malformed() -> FormRefused:
    message = "The body of your POST request is not well-formed multipart/form-data."
    return FormRefused(400, "MalformedPOSTRequest", message)
