import base64
import json
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from infra.local.events import (
    HttpRequest,
    build_event,
    build_response,
    gateway_response,
    problem_response,
)
from infra.routes import Match, Route, match

AT = 1583348638390  # the example of AWS's page, 4 March 2020
DEFAULT = Match(Route("ANY", "$default", "web"), {}, "$default")


def event_of(request: HttpRequest, route: Match | None = None) -> dict[str, Any]:
    found = route or match(request.method, request.raw_path)
    assert found is not None
    return build_event(request, found, AT, "request-1=")


def body_of(event: dict[str, Any]) -> bytes:
    body = event.get("body", "")
    return base64.b64decode(body) if event["isBase64Encoded"] else body.encode()


def test_a_full_request_becomes_the_event_of_payload_format_2():
    request = HttpRequest(
        method="POST",
        raw_path="/api/clients/acme-corp/import",
        query=b"a=1&b=x%20y&a=2",
        headers=[
            (b"Host", b"localhost:8000"),
            (b"User-Agent", b"curl/8"),
            (b"Content-Type", b"application/json; charset=utf-8"),
            (b"Cookie", b"one=1; two=2"),
            (b"Accept", b"text/html"),
            (b"Accept", b"image/png"),
            (b"Connection", b"keep-alive"),
        ],
        body=b'{"id":"acme-corp"}',
    )
    assert event_of(request) == {
        "version": "2.0",
        "routeKey": "POST /api/clients/{clientId}/import",
        "rawPath": "/api/clients/acme-corp/import",
        "rawQueryString": "a=1&b=x%20y&a=2",
        "cookies": ["one=1", "two=2"],
        "headers": {
            "host": "localhost:8000",
            "user-agent": "curl/8",
            "content-type": "application/json; charset=utf-8",
            "content-length": "18",
            "accept": "text/html,image/png",
            "x-forwarded-for": "127.0.0.1",
            "x-forwarded-port": "8000",
            "x-forwarded-proto": "http",
        },
        "queryStringParameters": {"a": "1,2", "b": "x y"},
        "pathParameters": {"clientId": "acme-corp"},
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": "localhost",
            "domainPrefix": "localhost",
            "http": {
                "method": "POST",
                "path": "/api/clients/acme-corp/import",
                "protocol": "HTTP/1.1",
                "sourceIp": "127.0.0.1",
                "userAgent": "curl/8",
            },
            "requestId": "request-1=",
            "routeKey": "POST /api/clients/{clientId}/import",
            "stage": "$default",
            "time": "04/Mar/2020:19:03:58 +0000",
            "timeEpoch": AT,
        },
        "body": '{"id":"acme-corp"}',
        "isBase64Encoded": False,
    }


def test_members_with_nothing_to_say_are_absent():
    event = event_of(HttpRequest("GET", "/api/clients", headers=[(b"host", b"127.0.0.1:8000")]))
    assert event.keys().isdisjoint({"cookies", "queryStringParameters", "pathParameters", "body"})
    assert event["rawQueryString"] == ""
    assert event["isBase64Encoded"] is False
    assert event["requestContext"]["domainName"] == "127.0.0.1"


@pytest.mark.parametrize(
    ("host", "domain"), [(b"[::1]:8000", "[::1]"), (b"[::1]", "[::1]"), (b"localhost", "localhost")]
)
def test_the_domain_name_is_the_host_without_its_port(host, domain):
    event = event_of(HttpRequest("GET", "/api/clients", headers=[(b"host", host)]))
    assert event["requestContext"]["domainName"] == domain


def test_the_path_comes_decoded_and_is_not_tidied():
    event = event_of(HttpRequest("GET", "//api/a%2Fb/%2e%2e/%E2%82%AC/%ff"))
    assert event["rawPath"] == "//api/a/b/../€/\ufffd"
    assert event["requestContext"]["http"]["path"] == event["rawPath"]


@pytest.mark.parametrize(
    "content_type",
    ["application/json", "application/json; charset=utf-8", "TEXT/PLAIN;charset=UTF-8", "application/xml"],
)
def test_a_body_of_a_text_type_comes_as_it_is(content_type):
    request = HttpRequest("POST", "/", headers=[(b"content-type", content_type.encode())], body="€".encode())
    event = event_of(request)
    assert (event["body"], event["isBase64Encoded"]) == ("€", False)


@pytest.mark.parametrize(
    "headers",
    [
        [],
        [(b"content-type", b"image/png")],
        [(b"content-type", b"application/octet-stream")],
        [(b"content-type", b"application/merge-patch+json")],
        [(b"content-type", b"application/x-www-form-urlencoded")],
    ],
)
def test_a_body_of_any_other_type_or_none_comes_as_base64(headers):
    event = event_of(HttpRequest("POST", "/", headers=headers, body=b"{}"))
    assert (event["body"], event["isBase64Encoded"]) == ("e30=", True)


def test_a_body_that_only_claims_to_be_text_comes_as_base64():
    event = event_of(HttpRequest("POST", "/", headers=[(b"content-type", b"text/plain")], body=b"\xff"))
    assert (event["body"], event["isBase64Encoded"]) == ("/w==", True)


def test_a_parameter_without_a_value_is_an_empty_string():
    event = event_of(HttpRequest("GET", "/", query=b"expand&limit="))
    assert event["queryStringParameters"] == {"expand": "", "limit": ""}


header_names = st.from_regex(rb"\A[a-zA-Z-]{1,12}\Z")
anything = st.binary(max_size=60)


@settings(deadline=None)
@given(
    path=anything.map(lambda raw: "/" + raw.decode("latin-1")),
    query=anything,
    headers=st.lists(st.tuples(header_names, anything), max_size=6),
    body=st.binary(max_size=200),
)
def test_no_request_is_too_odd_and_its_bytes_survive(path, query, headers, body):
    event = json.loads(json.dumps(event_of(HttpRequest("POST", path, query, headers, body))))
    assert event["rawQueryString"].encode("latin-1") == query
    assert body_of(event) == body
    lowered = [name.lower() for name, _ in headers]
    changed = {b"te", b"cookie", b"expect", b"trailer", b"upgrade", b"connection", b"keep-alive"}
    for name, value in headers:
        if lowered.count(name.lower()) == 1 and name.lower() not in changed:
            assert event["headers"][name.lower().decode()].encode("latin-1") == value


@settings(deadline=None)
@given(
    parameters=st.dictionaries(st.text(min_size=1, max_size=8), st.text(max_size=12), min_size=1, max_size=5),
    client=st.text(min_size=1, max_size=12),
)
def test_encoded_text_comes_back_as_the_text_it_was(parameters, client):
    request = HttpRequest("GET", f"/api/clients/{quote(client, safe='')}", query=urlencode(parameters).encode())
    event = event_of(request)
    assert event["queryStringParameters"] == parameters
    assert event["pathParameters"] == {"clientId": client}


def test_an_answer_with_a_status_is_taken_at_its_word():
    response = build_response(
        {
            "statusCode": 201,
            "headers": {
                "Content-Type": "application/json",
                "X-Count": 3,
                "X-On": True,
                "Content-Length": "99",
            },
            "multiValueHeaders": {"Vary": ["Accept", "Prefer"]},
            "cookies": ["a=1; Path=/", "b=2"],
            "body": '{"name":"€"}',
            "isBase64Encoded": False,
        },
        "request-1=",
    )
    assert response.status == 201
    assert response.body == '{"name":"€"}'.encode()
    assert response.headers == (
        (b"content-type", b"application/json"),
        (b"x-count", b"3"),
        (b"x-on", b"true"),
        (b"vary", b"Accept"),
        (b"vary", b"Prefer"),
        (b"set-cookie", b"a=1; Path=/"),
        (b"set-cookie", b"b=2"),
        (b"apigw-requestid", b"request-1="),
    )


@pytest.mark.parametrize(
    ("answer", "body"),
    [
        ({"message": "hello"}, b'{"message": "hello"}'),
        ("hello", b"hello"),
        ([1, 2], b"[1, 2]"),
        (None, b"null"),
    ],
)
def test_an_answer_without_a_status_is_the_body_of_a_200_of_json(answer, body):
    response = build_response(answer, "r")
    assert (response.status, response.body) == (200, body)
    assert (b"content-type", b"application/json") in response.headers


def test_a_base64_answer_is_decoded():
    response = build_response({"statusCode": 200, "body": "/9j/", "isBase64Encoded": True}, "r")
    assert response.body == b"\xff\xd8\xff"


def test_a_body_of_no_declared_type_is_plain_text():
    response = build_response({"statusCode": 200, "body": "hello"}, "r")
    assert (b"content-type", b"text/plain;charset=UTF-8") in response.headers


@pytest.mark.parametrize("status", [204, 304])
def test_statuses_that_have_no_body_lose_it(status):
    assert build_response({"statusCode": status, "body": "stray"}, "r").body == b""


@pytest.mark.parametrize(
    "answer",
    [
        {"statusCode": 42},
        {"statusCode": 101},
        {"statusCode": None},
        {"statusCode": "fine"},
        {"statusCode": 200, "body": {"not": "text"}},
        {"statusCode": 200, "body": "*", "isBase64Encoded": True},
        {"statusCode": 200, "body": "é", "isBase64Encoded": True},
        {"statusCode": 200, "body": "\ud800"},
        {"statusCode": 200, "headers": {"x": "a\r\nset-cookie: b"}},
        {"statusCode": 200, "headers": {"a b": "c"}},
        {"statusCode": 200, "headers": {"x": None}},
        {"statusCode": 200, "headers": ["x"]},
        {"statusCode": 200, "cookies": ["a\nb"]},
    ],
)
def test_an_answer_that_cannot_be_sent_becomes_the_gateways_500(answer):
    response = build_response(answer, "r")
    assert (response.status, response.body) == (500, b'{"message":"Internal Server Error"}')


@settings(deadline=None)
@given(
    answer=st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
        max_leaves=8,
    ),
    status=st.integers(),
)
def test_no_answer_is_too_odd(answer, status):
    for shape in (
        answer,
        {"statusCode": status, "body": answer},
        {"statusCode": 200, "headers": answer},
        {"statusCode": 200, "multiValueHeaders": {"x": answer}},
        {"statusCode": 200, "cookies": answer},
    ):
        assert 200 <= build_response(shape, "r").status <= 599


def test_the_gateways_own_answers_have_a_message_only():
    response = gateway_response(503, "Service Unavailable", "r")
    assert json.loads(response.body) == {"message": "Service Unavailable"}
    assert (b"content-type", b"application/json") in response.headers


def test_a_problem_document_names_its_status_and_request():
    response = problem_response(403, {"title": "Forbidden"}, "r")
    assert json.loads(response.body) == {"title": "Forbidden", "status": 403, "requestId": "r"}
    assert (b"content-type", b"application/problem+json") in response.headers
