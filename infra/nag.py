"""What cdk-nag is told: every finding that stands, where it stands, and why.

A finding that is not here stops the synthesis.
"""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Final

from aws_cdk import Acknowledgment, App, Validations
from cdk_nag import AwsSolutionsChecks, ServerlessChecks
from constructs import IConstruct

from infra.grants import GRANTS
from infra.http_api import needs_token
from infra.routes import ROUTES

if TYPE_CHECKING:
    from infra.scene_studio_stack import SceneStudioStack

FUNCTIONS: Final = {
    "AwsSolutions::AwsSolutions-L1": "Python 3.13 is what the bundles are made for and tested with.",
    "Serverless::Serverless-LambdaLatestVersion": "As for AwsSolutions-L1.",
    "Serverless::Serverless-LambdaDLQ": (
        "The API and the queues invoke and wait, and hear of failures themselves; what the janitor did not do "
        "is done by its next run, a minute later."
    ),
    "Serverless::Serverless-LambdaTracing": (
        "Traces are paid for by number; the context key `tracing` turns them on where somebody looks at them."
    ),
}
BUCKET: Final = {
    "AwsSolutions::AwsSolutions-S1": (
        "Requests are logged by the API, and signed addresses by whom they were given to; an account that has "
        "to log every read turns CloudTrail's data events on, which cover the bucket without another one."
    ),
}
DEAD_LETTERS: Final = {
    "Serverless::Serverless-SQSRedrivePolicy": "It is where dead letters go; none leave it by themselves.",
}
FEEDS: Final = {
    "Serverless::Serverless-LambdaEventSourceMappingDestination": (
        "A message that fails goes back to its queue, whose redrive policy sends it to the dead letters."
    ),
}
SCHEDULE: Final = {
    "Serverless::Serverless-EventBusDLQ": "The next run, a minute later, does all that one left undone.",
}
SCHEDULED: Final = {
    "Serverless::Serverless-LambdaAsyncFailureDestination": "As for Serverless-EventBusDLQ; an alarm tells.",
}
TOPIC: Final = {
    "Serverless::Serverless-SNSRedrivePolicy": (
        "SNS repeats mail by itself; an alarm that nobody got still stands."
    ),
}
USER_POOL: Final = {
    "AwsSolutions::AwsSolutions-COG2": "A second factor is offered; each team decides whether it has to be.",
    "AwsSolutions::AwsSolutions-COG8": (
        "The Plus plan costs several times as much for each person; nobody can sign up by themselves."
    ),
}
OPEN_ROUTE: Final = {
    "AwsSolutions::AwsSolutions-APIG4": (
        "The page and its files are for everybody; a guest's routes take the secret of a share instead."
    ),
}
GRANT: Final = "One of the grants of infra/grants.py: all keys of one kind, and no more."
TRACES: Final = {
    "AwsSolutions::AwsSolutions-IAM5[Resource::*]": "X-Ray's actions take no resource.",
    "Serverless::Serverless-LambdaStarPermissions": "As for AwsSolutions-IAM5.",
}


def check(app: App, stack: "SceneStudioStack") -> None:
    """Have the app checked when it is synthesized.

    Args:
        app: the app.
        stack: its stack, whose accepted findings are acknowledged here.
    """
    Validations.of(app).add_plugins(AwsSolutionsChecks(app), ServerlessChecks(app))
    bucket = stack.storage.bucket
    acknowledge([bucket], BUCKET)
    acknowledge([queue.dead_letters for queue in stack.queues.values()], DEAD_LETTERS)
    acknowledge(stack.feeds, FEEDS)
    acknowledge([stack.schedule], SCHEDULE)
    acknowledge([stack.functions["janitor"].function], SCHEDULED)
    acknowledge([stack.alarms.topic], TOPIC)
    acknowledge([stack.users.pool] if stack.users else [], USER_POOL)
    acknowledge([stack.api.routes[route.key] for route in ROUTES if not needs_token(route)], OPEN_ROUTE)
    plain: Any = bucket.node.default_child
    arn = f"<{stack.get_logical_id(plain)}.Arn>"
    for name, function in stack.functions.items():
        acknowledge([function.function], FUNCTIONS)
        kinds = [grant.on for grant in GRANTS[name] if "*" in grant.on]
        granted = {f"AwsSolutions::AwsSolutions-IAM5[Resource::{arn}/{kind}]": GRANT for kind in kinds}
        acknowledge([function.role], granted | (TRACES if stack.settings.tracing else {}))


def acknowledge(constructs: Iterable[IConstruct], reasons: dict[str, str]) -> None:
    """Accept findings on each of these constructs, and on what it consists of."""
    for construct in constructs:
        rules = [Acknowledgment(id=rule, reason=reason) for rule, reason in reasons.items()]
        Validations.of(construct).acknowledge(*rules)
