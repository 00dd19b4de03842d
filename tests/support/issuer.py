"""An OpenID Connect issuer on loopback: a page to sign in at, tokens against PKCE's proof, and its keys."""

import base64
import hashlib
import json
import secrets
import time
from dataclasses import dataclass
from functools import partial
from html import escape
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any, Final, Self
from urllib.parse import parse_qsl, urlencode, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from jwt.algorithms import RSAAlgorithm

CLIENT_ID: Final = "the-page"
GROUPS: Final = ["client:acme-corp"]
_KEY_ID: Final = "key-1"
_TOLD_LIFETIME: Final = 3600
_FORM: Final = """<!doctype html><html lang="en"><title>Sign in</title><h1>The issuer</h1>
<form method="post"><input type="hidden" name="query" value="{query}"><button>Sign in as Ada</button></form>"""

Fields = dict[str, str]


class Refused(Exception):
    """A token is not given; the argument is the code of OAuth's error."""


@dataclass(frozen=True, slots=True)
class _Begun:
    """A sign-in that ended at the issuer's page, and whose code was not redeemed yet."""

    challenge: str
    redirect_uri: str
    nonce: str


class Issuer:
    """An issuer that knows one person and one client, which is public and has to prove itself by PKCE.

    Attributes:
        address: of the issuer.
        name: how it calls itself, in its tokens too: its address, and perhaps a slash.
        lifetime: for how many seconds its tokens are good; it says an hour, whatever this is.
        nonce: the one that it puts into ID tokens in place of the one that it was told; empty for that.
        redeemed: how many codes were exchanged for tokens.
        refreshed: how often a refresh token was.
    """

    def __init__(self, ending: str = "") -> None:
        self.lifetime = 3600.0
        self.nonce = ""
        self.redeemed = 0
        self.refreshed = 0
        self._key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self._begun: dict[str, _Begun] = {}
        self._refresh_tokens: set[str] = set()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Answers, self))
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self.name = self.address + ending

    def __enter__(self) -> Self:
        Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def configuration(self) -> Fields:
        """What it says of itself (OpenID Connect Discovery)."""
        return {
            "issuer": self.name,
            "authorization_endpoint": f"{self.address}/authorize",
            "token_endpoint": f"{self.address}/token",
            "end_session_endpoint": f"{self.address}/logout",
            "jwks_uri": f"{self.address}/keys",
        }

    @property
    def keys(self) -> dict[str, list[dict[str, Any]]]:
        """Its public keys (RFC 7517)."""
        key = RSAAlgorithm.to_jwk(self._key.public_key(), as_dict=True)
        return {"keys": [{**key, "kid": _KEY_ID, "alg": "RS256", "use": "sig"}]}

    def signed_in(self, asked: Fields) -> str:
        """Where a person goes who has signed in.

        Args:
            asked: what the page asked for in the query of the authorization endpoint.
        """
        if (asked["response_type"], asked["client_id"]) != ("code", CLIENT_ID):
            raise Refused("unauthorized_client")
        if asked["code_challenge_method"] != "S256":
            raise Refused("invalid_request")
        code = secrets.token_urlsafe()
        self._begun[code] = _Begun(asked["code_challenge"], asked["redirect_uri"], asked.get("nonce", ""))
        told = {"code": code, "state": asked["state"], "iss": self.name}
        return f"{asked['redirect_uri']}?{urlencode(told)}"

    def granted(self, form: Fields) -> dict[str, Any]:
        """The tokens that a request to the token endpoint is answered with.

        Raises:
            Refused: there are none for it.
        """
        if form["client_id"] != CLIENT_ID:
            raise Refused("invalid_client")
        if form["grant_type"] == "refresh_token":
            if form["refresh_token"] not in self._refresh_tokens:
                raise Refused("invalid_grant")
            self._refresh_tokens.remove(form["refresh_token"])  # each is good for once
            self.refreshed += 1
            return self._tokens({})
        begun = self._begun.pop(form["code"], None)
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        proof = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
        if begun is None or (begun.challenge, begun.redirect_uri) != (proof, form["redirect_uri"]):
            raise Refused("invalid_grant")
        self.redeemed += 1
        return self._tokens({"nonce": self.nonce or begun.nonce})

    def _tokens(self, about_sign_in: Fields) -> dict[str, Any]:
        refresh = secrets.token_urlsafe()
        self._refresh_tokens.add(refresh)
        access = {"token_use": "access", "client_id": CLIENT_ID, "cognito:groups": GROUPS}
        return {
            "token_type": "Bearer",
            "expires_in": _TOLD_LIFETIME,
            "refresh_token": refresh,
            "access_token": self._token(access),
            "id_token": self._token({"aud": CLIENT_ID, "name": "Ada Löwe", **about_sign_in}),
        }

    def _token(self, claims: dict[str, Any]) -> str:
        said = {"iss": self.name, "sub": "ada", "exp": time.time() + self.lifetime, **claims}
        return jwt.encode(said, self._key, algorithm="RS256", headers={"kid": _KEY_ID})


class _Answers(BaseHTTPRequestHandler):
    """One request to an issuer."""

    def __init__(self, issuer: Issuer, *connection: Any) -> None:
        self._issuer = issuer
        super().__init__(*connection)

    def log_message(self, *_: object) -> None:
        """Say nothing of it."""

    def do_GET(self) -> None:
        path, asked = urlsplit(self.path).path, _fields(urlsplit(self.path).query)
        if path == "/authorize":
            self._answer(HTTPStatus.OK, _FORM.format(query=escape(urlsplit(self.path).query)), "text/html")
        elif path == "/logout":
            self._go(asked["post_logout_redirect_uri"])
        elif path == "/.well-known/openid-configuration":
            self._answer(HTTPStatus.OK, json.dumps(self._issuer.configuration))
        elif path == "/keys":
            self._answer(HTTPStatus.OK, json.dumps(self._issuer.keys))
        else:
            self._answer(HTTPStatus.NOT_FOUND, "{}")

    def do_POST(self) -> None:
        form = _fields(self.rfile.read(int(self.headers["content-length"])).decode())
        try:
            if urlsplit(self.path).path == "/authorize":
                self._go(self._issuer.signed_in(_fields(form["query"])))
            else:
                self._answer(HTTPStatus.OK, json.dumps(self._issuer.granted(form)))
        except Refused as refused:
            self._answer(HTTPStatus.BAD_REQUEST, json.dumps({"error": str(refused)}))

    def _go(self, address: str) -> None:
        self.send_response(HTTPStatus.FOUND)
        self.send_header("location", address)
        self.send_header("content-length", "0")
        self.end_headers()

    def _answer(self, status: HTTPStatus, body: str, content_type: str = "application/json") -> None:
        encoded = body.encode()
        self.send_response(status)
        self.send_header("content-type", f"{content_type}; charset=utf-8")
        self.send_header("content-length", str(len(encoded)))
        self.send_header("access-control-allow-origin", "*")
        self.end_headers()
        self.wfile.write(encoded)


def _fields(encoded: str) -> Fields:
    return dict(parse_qsl(encoded))
