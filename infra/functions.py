"""The Lambda functions: each with a role, a log group and a policy of its own."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from aws_cdk import Duration, RemovalPolicy
from aws_cdk import aws_iam as iam
from aws_cdk import aws_lambda as lambda_
from aws_cdk import aws_logs as logs
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra import grants
from infra.grants import GRANTS
from infra.image_models import model_arns
from infra.queues import WorkQueue
from infra.settings import Settings
from infra.sign_in import Issuer
from scene_studio.inline.pictures import SECONDS as INLINE_SECONDS
from scene_studio.queues.s3_notifications import INGESTION_SECONDS

API_SECONDS: Final = 29
"""Less than the 30 s after which the gateway answers by itself."""
JANITOR_SECONDS: Final = 60

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
    "clients_api": Spec("Clients: list, create, read, and the library of products"),
    "inline_pictures": Spec("Opens the pictures that come inside JSON", 1769, INLINE_SECONDS),
    "intake_api": Spec("Products and whole clients, with the pictures that they bring"),
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
"""Every function of the service, by the name of its folder; one that is invoked by others comes before them."""

OPEN_PICTURES: Final = ("inline_pictures", "upload_ingestion", "generation_worker")
"""Those that decode files from anybody."""


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
        )
        self.target: lambda_.IFunction = self.function
        if self._is_snapped(settings):
            self.target = lambda_.Alias(self, "Live", alias_name="live", version=self.function.current_version)

    def _is_snapped(self, settings: Settings) -> bool:
        """Whether people wait for its cold starts, and the deployment pays for shortening them."""
        waited_for = FUNCTIONS[self.name].seconds in {API_SECONDS, INLINE_SECONDS}
        return settings.snap_start and waited_for

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


def make_functions(
    scope: Construct,
    bucket: s3.IBucket,
    queues: Mapping[str, WorkQueue],
    issuer: Issuer,
    settings: Settings,
    assets: Assets,
) -> dict[str, Function]:
    """Make every function, by name.

    Args:
        scope: the parent.
        bucket: where everything is kept.
        queues: the queues of work.
        issuer: where people sign in.
        settings: those of the deployment.
        assets: gives the code of each function.
    """
    resources: dict[str, Sequence[str]] = {
        grant.on: [bucket.arn_for_objects(grant.on)] for granted in GRANTS.values() for grant in granted
    }
    resources |= {
        grants.BUCKET: [bucket.bucket_arn],
        grants.GENERATION_QUEUE: [queues["generation"].queue.queue_arn],
        grants.UPLOAD_QUEUE: [queues["uploads"].queue.queue_arn],
        grants.IMAGE_MODELS: model_arns(settings.image_model, settings.bedrock_region),
    }
    everywhere = {
        # Signed addresses name the region everywhere, also where S3 has an older address without it.
        "AWS_S3_US_EAST_1_REGIONAL_ENDPOINT": "regional",
        "POWERTOOLS_SERVICE_NAME": "scene-studio",
        "POWERTOOLS_METRICS_NAMESPACE": "SceneStudio",
        "SCENE_STUDIO_STORE": f"s3:{bucket.bucket_name}",
        "SCENE_STUDIO_TENANCY": "token",
        "SCENE_STUDIO_TENANT_CLAIM": settings.tenant_claim,
        "SCENE_STUDIO_IMAGE_MODEL": settings.image_model,
        "SCENE_STUDIO_BEDROCK_REGION": settings.bedrock_region,
        "SCENE_STUDIO_WORKER_SECONDS": str(settings.worker_seconds),
    }
    called = {
        grants.GENERATION_QUEUE: (
            "SCENE_STUDIO_GENERATION_QUEUE",
            f"sqs:{queues['generation'].queue.queue_url}",
        ),
        grants.UPLOAD_QUEUE: ("SCENE_STUDIO_UPLOAD_QUEUE", f"sqs:{queues['uploads'].queue.queue_url}"),
    }
    page = {
        "SCENE_STUDIO_SIGN_IN_ISSUER": issuer.url,
        "SCENE_STUDIO_SIGN_IN_CLIENT_ID": issuer.page,
        "SCENE_STUDIO_SIGN_IN_SCOPE": issuer.scope,
        "SCENE_STUDIO_SIGN_IN_ORIGINS": " ".join(issuer.origins),
        "SCENE_STUDIO_PICTURES_ORIGIN": f"https://{bucket.bucket_regional_domain_name}",
    }
    made = {}
    for name in FUNCTIONS:
        calls = [grant.on for grant in GRANTS[name] if {grants.SEND, grants.INVOKE} & set(grant.actions)]
        made[name] = Function(
            scope,
            name,
            code=assets(name),
            environment={
                **everywhere,
                **dict(called[on] for on in calls),
                **(page if name == "web" else {}),
            },
            resources=resources,
            settings=settings,
        )
        if name == grants.INLINE_PICTURES:
            arn = made[name].target.function_arn
            resources[name] = [arn]
            called[name] = ("SCENE_STUDIO_INLINE_PICTURES", f"lambda:{arn}")
    return made


def kept_logs(scope: Construct, id_: str, settings: Settings) -> logs.LogGroup:
    """A log group that keeps logs as long as the settings say, and goes with the stack."""
    group = logs.LogGroup(scope, id_, removal_policy=RemovalPolicy.DESTROY)
    plain: Any = group.node.default_child
    plain.retention_in_days = settings.log_retention_days
    return group
