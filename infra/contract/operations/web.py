"""What is about no client."""

from typing import Final

from infra.contract.answers.scenes import StockSceneList
from infra.contract.answers.web import Contract, Health
from infra.contract.operation import ETAG, JPEG, Operation, Operations, Success, found
from scene_studio.model.errors import NotFound

_SERVICE: Final = "Service"

OPERATIONS: Final[Operations] = {
    "health": Operation(_SERVICE, (found(Health, "Functions answer."),)),
    "read_contract": Operation(
        _SERVICE,
        (
            found(Contract, "This document.", ETAG),
            Success(304, "The caller has this document.", None, (ETAG,)),
        ),
    ),
    "list_stock_scenes": Operation(_SERVICE, (found(StockSceneList, "The stock scenes."),)),
    "stock_scene_picture": Operation(_SERVICE, (Success(200, "The picture.", media_type=JPEG),), (NotFound,)),
}
