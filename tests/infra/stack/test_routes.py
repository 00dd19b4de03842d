"""The HTTP API: every route of the table is in the template, and the reverse."""

import pytest

from infra.routes import ROUTES
from tests.infra.stack.synthesis import Assembly

pytestmark = pytest.mark.xdist_group("stack")

OPEN = {
    "GET /",
    "GET /{clientId}/scene-studio",
    "GET /{clientId}/scene-studio/{studioId}",
    "GET /shared/{shareId}",
    "GET /signin",
    "GET /static/{release}/{file}",
    "GET /static/{release}/{folder}/{file}",
    "GET /api/health",
    "GET /api/openapi.json",
    "GET /api/scenes",
    "GET /scenes/{file}",
    "GET /api/shares/{shareId}",
    "PUT /api/shares/{shareId}/favorites",
    "$default",
}
"""Routes that take no token: the page and its files are for everybody, and guests bring a secret."""


def folders_by_integration(stack: Assembly) -> dict[str, str]:
    functions = {
        f"${{{name}.Arn}}": resource["Properties"]["Handler"].partition(".")[0]
        for name, resource in stack.resources("AWS::Lambda::Function").items()
    }
    return {
        f"integrations/${{{name}}}": functions[resource["Properties"]["IntegrationUri"]]
        for name, resource in stack.resources("AWS::ApiGatewayV2::Integration").items()
    }


def test_every_route_of_the_table_is_in_the_template_with_its_function_and_the_reverse(stack: Assembly):
    folders = folders_by_integration(stack)
    found = [
        (route["RouteKey"], folders[route["Target"]]) for route in stack.properties("AWS::ApiGatewayV2::Route")
    ]
    assert sorted(found) == sorted((route.key, route.function) for route in ROUTES)


def test_every_route_takes_a_token_but_the_open_ones(stack: Assembly):
    routes = {route["RouteKey"]: route for route in stack.properties("AWS::ApiGatewayV2::Route")}
    (authorizer,) = stack.resources("AWS::ApiGatewayV2::Authorizer")
    taken = {
        key
        for key, route in routes.items()
        if route["AuthorizationType"] == "JWT" and route["AuthorizerId"] == f"${{{authorizer}}}"
    }
    assert routes.keys() - taken == OPEN
    assert {route["AuthorizationType"] for key, route in routes.items() if key not in taken} == {"NONE"}


def test_the_authorizer_takes_tokens_of_the_stacks_own_pool_for_its_page(stack: Assembly):
    (pool,) = stack.resources("AWS::Cognito::UserPool")
    (page,) = stack.resources("AWS::Cognito::UserPoolClient")
    (authorizer,) = stack.properties("AWS::ApiGatewayV2::Authorizer")
    assert authorizer["JwtConfiguration"] == {
        "Issuer": f"${{{pool}.ProviderURL}}",
        "Audience": [f"${{{page}}}"],
    }
    assert authorizer["IdentitySource"] == ["$request.header.Authorization"]


def test_the_authorizer_takes_tokens_of_the_issuer_that_is_named_instead(told_everything: Assembly):
    (authorizer,) = told_everything.properties("AWS::ApiGatewayV2::Authorizer")
    assert authorizer["JwtConfiguration"] == {
        "Issuer": "https://issuer.example",
        "Audience": ["scene-studio", "tools"],
    }
    assert not any(
        resource["Type"].startswith("AWS::Cognito")
        for resource in told_everything.template()["Resources"].values()
    )


def test_a_function_may_be_invoked_by_the_api_once_however_many_routes_lead_to_it(stack: Assembly):
    (api,) = stack.resources("AWS::ApiGatewayV2::Api")
    granted = [
        permission
        for permission in stack.properties("AWS::Lambda::Permission")
        if permission["Principal"] == "apigateway.amazonaws.com"
    ]
    functions = {
        f"${{{name}.Arn}}": resource["Properties"]["Handler"].partition(".")[0]
        for name, resource in stack.resources("AWS::Lambda::Function").items()
    }
    routed = {route.function for route in ROUTES}
    assert sorted(functions[permission["FunctionName"]] for permission in granted) == sorted(routed)
    assert {permission["SourceArn"].rpartition(":")[2] for permission in granted} == {f"${{{api}}}/*/*"}


def test_aliases_are_invoked_where_versions_are_published(told_everything: Assembly):
    aliases = {f"${{{name}}}" for name in told_everything.resources("AWS::Lambda::Alias")}
    integrations = {
        integration["IntegrationUri"]
        for integration in told_everything.properties("AWS::ApiGatewayV2::Integration")
    }
    permitted = {
        permission["FunctionName"]
        for permission in told_everything.properties("AWS::Lambda::Permission")
        if permission["Principal"] == "apigateway.amazonaws.com"
    }
    assert integrations == permitted
    assert integrations <= aliases
    assert len(integrations) == len({route.function for route in ROUTES})


def test_requests_are_throttled_and_logged_as_the_settings_say(told_everything: Assembly):
    (stage,) = told_everything.properties("AWS::ApiGatewayV2::Stage")
    assert stage["DefaultRouteSettings"] == {
        "ThrottlingRateLimit": 7,
        "ThrottlingBurstLimit": 9,
    }
    logged = stage["AccessLogSettings"]["DestinationArn"]
    assert logged in {f"${{{name}.Arn}}" for name in told_everything.resources("AWS::Logs::LogGroup")}


def test_no_metrics_are_paid_for_by_route(stack: Assembly):
    (stage,) = stack.properties("AWS::ApiGatewayV2::Stage")
    assert "DetailedMetricsEnabled" not in stage["DefaultRouteSettings"]
    assert "RouteSettings" not in stage
    of_requests = [
        one for one in stack.properties("AWS::CloudWatch::Alarm") if one["Namespace"] == "AWS/ApiGateway"
    ]
    assert {tuple(dimension["Name"] for dimension in one["Dimensions"]) for one in of_requests} == {("ApiId",)}


def test_pages_of_other_origins_may_call_only_where_they_are_listed(stack: Assembly, told_everything: Assembly):
    (alone,) = stack.properties("AWS::ApiGatewayV2::Api")
    (shared,) = told_everything.properties("AWS::ApiGatewayV2::Api")
    assert "CorsConfiguration" not in alone
    cors = shared["CorsConfiguration"]
    assert cors["AllowOrigins"] == ["https://studio.example"]
    assert {"authorization", "idempotency-key", "if-match", "if-none-match", "prefer", "x-share-token"} <= set(
        cors["AllowHeaders"]
    )
    assert {"etag", "location", "preference-applied", "retry-after"} == set(cors["ExposeHeaders"])
    assert "AllowCredentials" not in cors
