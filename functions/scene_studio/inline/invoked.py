"""Pictures opened by a Lambda function of their own, which is invoked and waited for."""

import logging
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, Protocol

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from scene_studio.inline.messages import Outcome, TakeIn
from scene_studio.inline.pictures import SECONDS, InlinePicture
from scene_studio.model.errors import Busy
from scene_studio.model.upload import Picture
from scene_studio.store.commit import RETRY_AFTER_SECONDS

logger: Final = logging.getLogger("scene-studio")

_CONNECT_SECONDS: Final = 2
_READ_SECONDS: Final = SECONDS + 2
_NOT_NOW: Final = frozenset({409, 429})
"""The function is being replaced (ResourceConflictException), or too many of its runs are under way."""
_MOST_LOGGED: Final = 2000

_BUSY: Final = (
    f"The pictures could not be taken in and nothing was changed; try again in {RETRY_AFTER_SECONDS} seconds. "
    "If this happens again, send fewer or smaller pictures at once, or upload each as a file."
)


class LambdaClient(Protocol):
    """What invoking takes of botocore's client for Lambda."""

    def invoke(self, **request: Any) -> Mapping[str, Any]:
        """Run a function and wait for its answer."""
        ...


class InvokedPictures:
    """`InlinePictures` by a function in Lambda."""

    def __init__(self, client: LambdaClient, function: str, request_id: Callable[[], str | None]) -> None:
        """Use this client.

        Args:
            client: sends each request once: a run that nobody waits for any more goes on, and a second one
                would do the same beside it.
            function: the function's name or ARN.
            request_id: that of the request under way, for the log.
        """
        self._client = client
        self._function = function
        self._request_id = request_id

    @classmethod
    def connect(cls, function: str, request_id: Callable[[], str | None]) -> "InvokedPictures":
        """The function with a client of its own."""
        from botocore.session import get_session

        retries: Any = {"mode": "standard", "total_max_attempts": 1}
        config = Config(retries=retries, connect_timeout=_CONNECT_SECONDS, read_timeout=_READ_SECONDS)
        client: Any = get_session().create_client("lambda", config=config)
        return cls(client, function, request_id)

    def take_in(self, client_id: str, pictures: Sequence[InlinePicture]) -> Sequence[Picture | None]:
        """See `InlinePictures.take_in`."""
        asked = TakeIn.of(client_id, pictures, self._request_id() or "").model_dump_json(by_alias=True)
        try:
            answer = self._client.invoke(FunctionName=self._function, Payload=asked.encode())
            said = answer["Payload"].read()
        except ClientError as error:
            status = int(error.response["ResponseMetadata"]["HTTPStatusCode"])
            if status in _NOT_NOW or status >= 500:
                raise Busy(_BUSY) from error
            raise
        except BotoCoreError as error:
            raise Busy(_BUSY) from error
        if "FunctionError" in answer:
            logger.error("opening pictures failed: %s", said[:_MOST_LOGGED].decode(errors="replace"))
            raise Busy(_BUSY)
        return Outcome.model_validate_json(said).facts()
