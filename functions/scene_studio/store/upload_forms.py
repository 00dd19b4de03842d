"""Upload forms: a policy says what a form may store, and a signature that it is our policy.

The policy is written as S3 reads it, and a form is judged as S3 judges it, in the same order and words:
https://docs.aws.amazon.com/AmazonS3/latest/API/sigv4-HTTPPOSTConstructPolicy.html. Only what our own policies
say is understood: exact values of fields, and a range of sizes.
"""

import base64
import hmac
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final

_POLICY: Final = "policy"
_SIGNATURE: Final = "x-amz-signature"
_LEAST_BYTES: Final = 1

Sign = Callable[[str], str]
"""Makes the signature of a text."""


class FormRefused(Exception):
    """A form is not taken.

    Attributes:
        status: the HTTP status to answer with.
        code: S3's name for what is wrong.
        message: S3's sentence about it.
    """

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.status = status
        self.code = code
        self.message = message


@dataclass(frozen=True, slots=True)
class UploadForm:
    """What a form that is taken may store.

    Attributes:
        key: where.
        content_type: as what.
        max_bytes: how much, at most.
    """

    key: str
    content_type: str
    max_bytes: int

    def check_size(self, size: int) -> None:
        """Refuse a file of another size than the form lets through.

        Raises:
            FormRefused: the file is too large, or empty.
        """
        if size > self.max_bytes:
            raise entity_too_large()
        if size < _LEAST_BYTES:
            message = "Your proposed upload is smaller than the minimum allowed size"
            raise FormRefused(400, "EntityTooSmall", message)


def entity_too_large() -> FormRefused:
    """The refusal of a file that is larger than is let through."""
    return FormRefused(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size")


def signed_fields(form: UploadForm, expires: int, sign: Sign) -> dict[str, str]:
    """The fields of a form, in S3's names.

    Args:
        form: what it may store.
        expires: until when, in whole seconds since the Unix epoch.
        sign: signs the policy.
    """
    values = {"key": form.key, "Content-Type": form.content_type}
    document = {
        "expiration": f"{datetime.fromtimestamp(expires, UTC):%Y-%m-%dT%H:%M:%SZ}",
        "conditions": [
            *({name: value} for name, value in values.items()),
            ["content-length-range", _LEAST_BYTES, form.max_bytes],
        ],
    }
    policy = base64.b64encode(json.dumps(document).encode()).decode("ascii")
    return {**values, _POLICY: policy, _SIGNATURE: sign(policy)}


def judged(fields: Mapping[str, str], now: float, sign: Sign) -> UploadForm:
    """What a form with these fields may store.

    Args:
        fields: those that came before the file.
        now: seconds since the Unix epoch.
        sign: as when the form was made.

    Raises:
        FormRefused: the form was not signed by us, is too old, or a field is missing, changed or added.
    """
    policy, signature = fields.get(_POLICY), fields.get(_SIGNATURE)
    if not policy or not signature:
        raise _denied("Access Denied")
    if not hmac.compare_digest(sign(policy).encode(), signature.encode()):
        message = (
            "The request signature we calculated does not match the signature you provided. "
            "Check your key and signing method."
        )
        raise FormRefused(403, "SignatureDoesNotMatch", message)
    document: dict[str, Any] = json.loads(base64.b64decode(policy))
    if datetime.fromisoformat(document["expiration"]).timestamp() <= now:
        raise _denied("Invalid according to Policy: Policy expired.")
    *exact, (_, _, max_bytes) = document["conditions"]
    wanted = {name: value for condition in exact for name, value in condition.items()}
    for name, value in wanted.items():
        if fields.get(name) != value:
            condition = json.dumps(["eq", f"${name}", value])
            raise _denied(f"Invalid according to Policy: Policy Condition failed: {condition}")
    if extra := fields.keys() - wanted.keys() - {_POLICY, _SIGNATURE}:
        names = ", ".join(ascii(name) for name in sorted(extra))
        raise _denied(f"Invalid according to Policy: Extra input fields: {names}")
    return UploadForm(wanted["key"], wanted["Content-Type"], max_bytes)


def _denied(message: str) -> FormRefused:
    return FormRefused(403, "AccessDenied", message)
