"""The Lambda functions: each with a role, a log group and a policy of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from constructs import Construct

from infra.grants import GRANTS
from infra.settings import Settings

API_SECONDS: Final = 29
"""Less than the 30 s after which the gateway answers by itself."""
JANITOR_SECONDS: Final = 60
INGESTION_SECONDS: Final = 60

Assets = Callable[[str], lambda_.Code]
"""Gives the code of the function with this name."""


@dataclass(frozen=True, slots=True)
class Spec:
    """What a function is given.

    Attributes:
        purpose: one sentence.
        megabytes: its memory; CPU comes in proportion, a whole one with 1,769.
        seconds: its time limit; None for the one that the settings give to whoever makes pictures.
    """

    purpose: str
    megabytes: int = 1024
    seconds: int | None = API_SECONDS


FUNCTIONS: Final[Mapping[str, Spec]] = {
    "clients_api": Spec("Clients: list, create, import, and the library of products", 1769),
    "studios_api": Spec("Studios: create, list, read, edit, delete, and their versions"),
    "slots_api": Spec("Slots of a studio, and their histories"),
    "generation_api": Spec("Generation: ask for pictures, look at what became of them, cancel"),
    "user_scenes_api": Spec("The scenes of a studio's own"),
    "shares_api": Spec("Links by which guests look at a studio"),
    "web": Spec("The page, its files, liveness, stock scenes", 512),
    "generation_worker": Spec("Makes the pictures that were asked for", 3008, None),
    "upload_ingestion": Spec("Takes in uploaded pictures", 2048, INGESTION_SECONDS),
    "janitor": Spec("Looks after what was lost, once a minute", 512, JANITOR_SECONDS),
}
"""Every function of the service, by the name of its folder."""


class Function(Construct):
    """One function.

    Attributes:
        name: the name of its folder.
        function: the function.
        target: what is invoked: the function, or the alias of its newest version.
        log_group: where it logs.
        role: what it acts as.
    """

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        code: lambda_.Code,
        environment: Mapping[str, str],
        resources: Mapping[str, Sequence[str]],
        settings: Settings,
    ) -> None:
        """Make the function.

        Args:
            scope: the parent.
            name: the name of its folder.
            code: what runs.
            environment: its environment variables.
            resources: the ARNs that each `on` of its grants stands for; none means there is nothing to grant.
            settings: those of the deployment.
        """
        super().__init__(scope, "".join(part.title() for part in name.split("_")))
        spec = FUNCTIONS[name]
        self.name = name
        self.log_group = kept_logs(self, "Logs", settings)
        self.role = iam.Role(
            self,
            "Role",
            assumed_by=iam.ServicePrincipal("lambda.amazonaws.com"),
            description=f"Scene Studio: {name}",
            inline_policies={"Grants": self._policy(resources, tracing=settings.tracing)},
        )
        self.function = lambda_.Function(
            self,
            "Function",
            description=spec.purpose,
            code=code,
            handler=f"{name}.handler.lambda_handler",
            runtime=lambda_.Runtime.PYTHON_3_13,
            architecture=lambda_.Architecture.ARM_64,
            memory_size=spec.megabytes,
            timeout=Duration.seconds(spec.seconds or settings.worker_seconds),
            environment=dict(environment),
            role=self.role.without_policy_updates(),
            log_group=self.log_group,
            tracing=lambda_.Tracing.ACTIVE if settings.tracing else lambda_.Tracing.DISABLED,
            snap_start=lambda_.SnapStartConf.ON_PUBLISHED_VERSIONS if self._is_snapped(settings) else None,
            reserved_concurrent_executions=(
                settings.worker_concurrency if name == "generation_worker" else None
            ),
        )
        self.target: lambda_.IFunction = self.function
        if self._is_snapped(settings):
            self.target = lambda_.Alias(self, "Live", alias_name="live", version=self.function.current_version)

    def _is_snapped(self, settings: Settings) -> bool:
        """Whether people wait for its cold starts, and the deployment pays for shortening them."""
        return settings.snap_start and FUNCTIONS[self.name].seconds == API_SECONDS

    def _policy(self, resources: Mapping[str, Sequence[str]], *, tracing: bool) -> iam.PolicyDocument:
        log = (["logs:CreateLogStream", "logs:PutLogEvents"], [self.log_group.log_group_arn])
        trace = (["xray:PutTraceSegments", "xray:PutTelemetryRecords"], ["*"])
        granted = [(grant.actions, resources[grant.on]) for grant in GRANTS[self.name]]
        wanted = [*granted, log, *([trace] if tracing else [])]
        return iam.PolicyDocument(
            statements=[
                iam.PolicyStatement(actions=list(actions), resources=list(on)) for actions, on in wanted if on
            ]
        )


def kept_logs(scope: Construct, id_: str, settings: Settings) -> logs.LogGroup:
    """A log group that keeps logs as long as the settings say, and goes with the stack."""
    group = logs.LogGroup(scope, id_, removal_policy=RemovalPolicy.DESTROY)
    plain: Any = group.node.default_child
    plain.retention_in_days = settings.log_retention_days
    return group
