"""Opening pictures that come inside JSON: invoked by the functions that are sent them, which wait.

Nothing of the API leads here. A hostile file that took the decoder over could add pictures that nothing names;
this function may do nothing else.
"""

from typing import Any

from aws_lambda_powertools.utilities.typing import LambdaContext

from scene_studio import runtime
from scene_studio.inline.messages import Outcome, TakeIn
from scene_studio.inline.opening import Opening
from scene_studio.inline.pictures import InlinePictureRejected


@runtime.logger.inject_lambda_context
def lambda_handler(event: dict[str, Any], context: LambdaContext) -> dict[str, Any]:  # noqa: ARG001 - for the log
    """Take pictures in; the answer says what is known of them, or which one cannot be used."""
    asked = TakeIn.model_validate(event)
    runtime.logger.set_correlation_id(asked.request_id)
    try:
        facts = Opening(runtime.object_store()).take_in(asked.client_id, asked.inline_pictures())
    except InlinePictureRejected as rejection:
        runtime.logger.info("a picture inside JSON is rejected", reason=rejection.detail)
        return Outcome.of(rejection).to_json()
    runtime.logger.info("pictures inside JSON are taken in", pictures=len(facts))
    return Outcome(pictures=tuple(facts)).to_json()
