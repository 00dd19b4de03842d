"""What is answered that is about no client."""

from typing import Any, Literal

from infra.contract.answers.base import Answer, OpenAnswer


class Health(Answer):
    """Liveness.

    Attributes:
        status: that functions answer.
    """

    status: Literal["ok"]


class Contract(OpenAnswer):
    """This document.

    Attributes:
        openapi: the version of OpenAPI.
        info: what it describes.
        paths: the operations.
    """

    openapi: Literal["3.1.0"]
    info: Any
    paths: Any
