"""What a deployment can be told: the context keys of the app, read and checked in one place.

Each field of `Settings` is the key of the same name in camel case, in `cdk.json` or given as
`-c imageModel=bedrock-inpaint`. What comes from a command line is text; lists are parted by commas.
"""

from collections.abc import Mapping
from typing import Annotated, Any, Final, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator
from pydantic.alias_generators import to_camel

from scene_studio.generation.names import ModelName, Region

_ORIGIN: Final = r"^https://[a-z0-9.-]+(:[0-9]+)?$|^http://(localhost|127\.0\.0\.1)(:[0-9]+)?$"


def _parted(value: object) -> object:
    return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value


def _number(value: object) -> object:
    return int(value) if isinstance(value, str) and value.isdecimal() else value


Retention = Annotated[
    Literal[1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1827, 3653], BeforeValidator(_number)
]
"""The numbers of days for which CloudWatch can keep logs."""

Texts = Annotated[tuple[str, ...], BeforeValidator(_parted)]
Origins = Annotated[tuple[Annotated[str, Field(pattern=_ORIGIN)], ...], BeforeValidator(_parted)]


class SettingsError(Exception):
    """A context key is unknown or wrong; the message names it and says what it may be."""


class Settings(BaseModel):
    """How one deployment differs from another.

    Attributes:
        image_model: what makes the pictures, as in `SCENE_STUDIO_IMAGE_MODEL`.
        bedrock_region: where Amazon Bedrock is asked, if it makes them.
        oidc_issuer: the issuer whose tokens are taken, to the letter as it stands in them, with a slash at the
            end or without; if there is none, the stack has a user pool of its own.
        oidc_audience: the audiences that its tokens may be for.
        oidc_client_id: what the page is to that issuer; without it nobody signs in on the page.
        oidc_scope: what the page asks that issuer for.
        oidc_origins: where that issuer answers the page, if not at its own origin alone.
        tenant_claim: the claim that lists a caller's groups, `client:<clientId>` among them.
        allowed_origins: the origins of pages, other than the service's own, that may call it and post uploads.
        throttle_rate: requests a second that the API takes on the whole.
        throttle_burst: requests that it takes at once.
        worker_seconds: the time limit of the function that makes pictures.
        worker_concurrency: how many pictures are made at once at most; without one, as the account allows.
        snap_start: publish versions that start from a snapshot. It shortens cold starts, and a published
            version is paid for by the hour.
        tracing: have Lambda send traces to X-Ray. Off by default: traces are paid for by number, and what the
            functions do is told by their logs and metrics.
        log_retention_days: how long logs are kept.
        alarm_email: who is told of alarms; the address has to confirm it.
        monthly_budget: US dollars a month from which on the account's spending is an alarm; 0 for none.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", alias_generator=to_camel, populate_by_name=True)

    image_model: ModelName = "compositor"
    bedrock_region: Region = "us-west-2"
    oidc_issuer: str = Field(default="", pattern=r"^(https://\S+)?$")
    oidc_audience: Texts = ()
    oidc_client_id: str = Field(default="", pattern=r"^\S{0,200}$")
    oidc_scope: str = Field(default="openid", min_length=1, max_length=1000)
    oidc_origins: Origins = ()
    tenant_claim: str = Field(default="cognito:groups", min_length=1, max_length=200)
    allowed_origins: Origins = ()
    throttle_rate: int = Field(default=500, ge=1, le=10_000)
    throttle_burst: int = Field(default=1000, ge=1, le=5_000)
    worker_seconds: int = Field(default=120, ge=30, le=900)
    worker_concurrency: int | None = Field(default=None, ge=2, le=1000)
    snap_start: bool = False
    tracing: bool = False
    log_retention_days: Retention = 90
    alarm_email: str = Field(default="", pattern=r"^(\S+@\S+\.\S+)?$")
    monthly_budget: int = Field(default=0, ge=0, le=10_000_000)

    @model_validator(mode="after")
    def _issuer_and_audience_come_together(self) -> Self:
        if bool(self.oidc_issuer) != bool(self.oidc_audience):
            raise ValueError("oidcIssuer and oidcAudience go together; give both, or neither for Cognito")
        return self

    @classmethod
    def read(cls, context: Mapping[str, Any]) -> "Settings":
        """Take the settings from the context of an app, leaving out CDK's own, which have a colon.

        Raises:
            SettingsError: a key is unknown or wrong.
        """
        given = {key: value for key, value in context.items() if ":" not in key}
        try:
            return cls.model_validate(given)
        except ValidationError as error:
            raise SettingsError("; ".join(_complaint(one) for one in error.errors())) from None


def _complaint(error: Any) -> str:
    key = ".".join(map(str, error["loc"]))
    if error["type"] == "extra_forbidden":
        known = ", ".join(sorted(to_camel(name) for name in Settings.model_fields))
        return f"context {key!r} is not known; there are: {known}"
    return f"context {key!r}: {error['msg']}" if key else str(error["msg"])
