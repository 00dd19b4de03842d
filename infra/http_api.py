"""The HTTP API: every route of the table, the authorizer, throttling, CORS and a log of requests."""

import json
from collections.abc import Mapping, Sequence
from typing import Final

from aws_cdk import Aws, Duration
from aws_cdk import aws_apigatewayv2 as gateway
from aws_cdk import aws_cloudwatch as cloudwatch
from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from infra.functions import Function, kept_logs
from infra.routes import ROUTES, Route
from infra.settings import Settings
from infra.sign_in import Issuer

_GATEWAY_MILLISECONDS: Final = 30_000
_ASKED_HEADERS: Final = (
    "authorization",
    "content-type",
    "idempotency-key",
    "if-match",
    "if-none-match",
    "prefer",
    "x-share-token",
)
_TOLD_HEADERS: Final = ("etag", "location", "preference-applied", "retry-after")
_METHODS: Final = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE")
_LOGGED: Final = {
    "requestId": "$context.requestId",
    "time": "$context.requestTimeEpoch",
    "ip": "$context.identity.sourceIp",
    "routeKey": "$context.routeKey",
    "path": "$context.path",
    "status": "$context.status",
    "milliseconds": "$context.responseLatency",
    "functionMilliseconds": "$context.integrationLatency",
    "bytes": "$context.responseLength",
    "error": "$context.error.message",
    "functionError": "$context.integrationErrorMessage",
    "authorizerError": "$context.authorizer.error",
}


def needs_token(route: Route) -> bool:
    """Whether the gateway lets only verified tokens through; it does unless a route is known to be open.

    The page and its files are for everybody, and a guest brings the secret of a share.
    """
    return not (route.function == "web" or route.path.startswith("/api/shares/"))


class HttpApi(Construct):
    """The API.

    Attributes:
        api_id: its id.
        address: where it answers.
        routes: its routes by key, once there are any.
    """

    def __init__(self, scope: Construct, id_: str, *, settings: Settings) -> None:
        """Make the API without routes; other resources have to know its address before there are any."""
        super().__init__(scope, id_)
        api = gateway.CfnApi(
            self,
            "Api",
            name="scene-studio",
            description="Scene Studio",
            protocol_type="HTTP",
            cors_configuration=_cors(settings.allowed_origins),
        )
        self.routes: dict[str, gateway.CfnRoute] = {}
        self.api_id = api.ref
        self.address = api.attr_api_endpoint
        requests = kept_logs(self, "Requests", settings)
        gateway.CfnStage(
            self,
            "Stage",
            api_id=self.api_id,
            stage_name="$default",
            auto_deploy=True,
            default_route_settings=gateway.CfnStage.RouteSettingsProperty(
                throttling_rate_limit=settings.throttle_rate,
                throttling_burst_limit=settings.throttle_burst,
            ),
            access_log_settings=gateway.CfnStage.AccessLogSettingsProperty(
                destination_arn=requests.log_group_arn, format=json.dumps(_LOGGED)
            ),
        )

    def route(self, functions: Mapping[str, Function], issuer: Issuer) -> None:
        """Add every route of the table.

        A function has one integration and one leave to be invoked, however many routes lead to it: a policy
        of one statement for each route would be over what Lambda allows.

        Args:
            functions: the functions by name.
            issuer: whose tokens are taken.
        """
        authorizer = gateway.CfnAuthorizer(
            self,
            "Tokens",
            api_id=self.api_id,
            name="tokens",
            authorizer_type="JWT",
            identity_source=["$request.header.Authorization"],
            jwt_configuration=gateway.CfnAuthorizer.JWTConfigurationProperty(
                issuer=issuer.url, audience=list(issuer.audience)
            ),
        )
        names = dict.fromkeys(route.function for route in ROUTES)
        targets = {name: self._integrated(functions[name]) for name in names}
        for route in ROUTES:
            self.routes[route.key] = gateway.CfnRoute(
                self,
                f"Route {route.key}".replace("/", "."),
                api_id=self.api_id,
                route_key=route.key,
                target=targets[route.function],
                authorization_type="JWT" if needs_token(route) else "NONE",
                authorizer_id=authorizer.ref if needs_token(route) else None,
            )

    def metric(self, name: str, statistic: str) -> cloudwatch.Metric:
        """A metric of all requests, over five minutes."""
        return cloudwatch.Metric(
            namespace="AWS/ApiGateway",
            metric_name=name,
            dimensions_map={"ApiId": self.api_id},
            statistic=statistic,
            period=Duration.minutes(5),
        )

    def _integrated(self, function: Function) -> str:
        """Let the API invoke a function; gives what routes name."""
        integration = gateway.CfnIntegration(
            self,
            f"Integration {function.name}",
            api_id=self.api_id,
            integration_type="AWS_PROXY",
            integration_uri=function.target.function_arn,
            payload_format_version="2.0",
            timeout_in_millis=_GATEWAY_MILLISECONDS,
        )
        lambda_.CfnPermission(
            self,
            f"Permission {function.name}",
            action="lambda:InvokeFunction",
            function_name=function.target.function_arn,
            principal="apigateway.amazonaws.com",
            source_arn=f"arn:{Aws.PARTITION}:execute-api:{Aws.REGION}:{Aws.ACCOUNT_ID}:{self.api_id}/*/*",
        )
        return f"integrations/{integration.ref}"


def _cors(origins: Sequence[str]) -> gateway.CfnApi.CorsProperty | None:
    if not origins:
        return None
    return gateway.CfnApi.CorsProperty(
        allow_origins=list(origins),
        allow_methods=list(_METHODS),
        allow_headers=list(_ASKED_HEADERS),
        expose_headers=list(_TOLD_HEADERS),
        max_age=3600,
    )
