"""The page and its files, and what is not about a client: liveness, stock scenes, and what has no address."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any, Final

from aws_lambda_powertools.event_handler import Request, Response
from aws_lambda_powertools.event_handler.openapi.params import Path

from scene_studio.http.api import Api, entry_point, json_answer
from scene_studio.http.problems import Problem
from scene_studio.http.requests import ClientId, IfNoneMatch, StudioId
from scene_studio.http.views import list_view
from scene_studio.model.errors import NotFound
from scene_studio.model.identifiers import Id
from scene_studio.stock_scenes import STOCK_SCENES, stock_picture, stock_scene_at
from web.contract import contract
from web.page import page
from web.settings import page_settings
from web.static_files import release, static_files

_FOREVER: Final = "public, max-age=31536000, immutable"
_NOT_PAGES: Final = ("/api/", "/scenes/", "/static/")


class WebApi(Api):
    """Where there is no such page, people who follow a link are told so by a page, and programs as ever."""

    def _problem(
        self,
        problem: Problem,
        detail: str,
        members: Mapping[str, Any] | None = None,
        headers: dict[str, str] | None = None,
    ) -> Response[Any]:
        if problem.status < HTTPStatus.INTERNAL_SERVER_ERROR and _looks_for_a_page(self.context["event"]):
            return _document("pages/missing.js", problem.status)
        return super()._problem(problem, detail, members, headers)


app = WebApi()
lambda_handler = entry_point(app)

ShareId = Annotated[Id, Path(alias="shareId")]


@app.get("/")
def clients_page(request: Request) -> Response[Any]:
    """The page that lists clients."""
    return _page("pages/clients.js", request)


# The ids in the addresses of pages are only checked here; the page's scripts read them from the address.
@app.get("/<clientId>/scene-studio")
def studios_page(request: Request, client_id: ClientId) -> Response[Any]:  # noqa: ARG001
    """The page that lists a client's studios."""
    return _page("pages/studios.js", request)


@app.get("/<clientId>/scene-studio/<studioId>")
def studio_page(request: Request, client_id: ClientId, studio_id: StudioId) -> Response[Any]:  # noqa: ARG001
    """The page of a studio."""
    return _page("pages/studio.js", request)


@app.get("/shared/<shareId>")
def shared_page(request: Request, share_id: ShareId) -> Response[Any]:  # noqa: ARG001
    """The page of a guest."""
    return _page("pages/shared.js", request)


@app.get("/signin")
def sign_in_page(request: Request) -> Response[Any]:
    """The page that people come back to when they have signed in."""
    return _page("pages/signin.js", request)


@app.get("/static/<release>/<file>", enable_validation=False)  # validation knows only answers in JSON
def static_file(request: Request, release: str, file: str) -> Response[Any]:
    """A file of the page."""
    return _static(release, file, request)


@app.get("/static/<release>/<folder>/<file>", enable_validation=False)
def static_file_in_folder(request: Request, release: str, folder: str, file: str) -> Response[Any]:
    """A file of the page, in a folder of its own."""
    return _static(release, f"{folder}/{file}", request)


@app.get("/api/health")
def health() -> Response[Any]:
    """Whether functions answer; nothing else is asked."""
    return json_answer({"status": "ok"})


@app.get("/api/scenes")
def list_stock_scenes() -> Response[Any]:
    """The stock scenes."""
    scenes = [{"id": scene.id, "name": scene.name, "imageUrl": scene.image_url} for scene in STOCK_SCENES]
    return json_answer(list_view(scenes, None))


@app.get("/api/openapi.json")
def read_contract(condition: IfNoneMatch) -> Response[Any]:
    """This document: what every route takes and answers; 304 if the caller has it already."""
    document = contract()
    tag = {"etag": document.tag}
    if condition is not None and condition.lists(document.tag):
        return Response(int(HTTPStatus.NOT_MODIFIED), content_type=None, headers=tag, body="")
    return Response(200, content_type="application/json", headers=tag, body=document.body)


@app.get("/scenes/<file>", enable_validation=False)
def stock_scene_picture(file: Annotated[str, Path(max_length=200)]) -> Response[Any]:
    """The picture of a stock scene."""
    scene = stock_scene_at(f"/scenes/{file}")
    if scene is None:
        raise NotFound("stock scene", file)
    return Response(
        status_code=200,
        content_type="image/jpeg",
        headers={"cache-control": "public, max-age=86400"},
        body=stock_picture(scene),
    )


def _looks_for_a_page(event: Mapping[str, Any]) -> bool:
    method = event.get("requestContext", {}).get("http", {}).get("method")
    accept = (event.get("headers") or {}).get("accept", "")
    return method == "GET" and "text/html" in accept and not event.get("rawPath", "").startswith(_NOT_PAGES)


def _page(entry: str, request: Request) -> Response[Any]:
    """A document of the page; 304 if the browser has it already."""
    answer = _document(entry, HTTPStatus.OK)
    if request.headers.get("if-none-match") == answer.headers["etag"]:
        return Response(int(HTTPStatus.NOT_MODIFIED), content_type=None, headers=answer.headers, body="")
    return answer


def _document(entry: str, status: HTTPStatus) -> Response[Any]:
    document = page(entry, page_settings())
    headers = {
        "etag": document.tag,
        "content-security-policy": document.security_policy,
        "cross-origin-opener-policy": "same-origin",
    }
    return Response(int(status), content_type="text/html; charset=utf-8", headers=headers, body=document.body)


def _static(named: str, path: str, request: Request) -> Response[Any]:
    """A file, which a browser may keep for good: its address changes with the release.

    Modules of two releases would not go together, so those of another release are not given; the page then
    asks to be loaded anew.
    """
    file = static_files().get(path) if named == release() else None
    if file is None:
        raise NotFound("file", f"{named}/{path}")
    headers = {"cache-control": _FOREVER, "vary": "accept-encoding"}
    body = file.body
    if "gzip" in request.headers.get("accept-encoding", ""):
        headers["content-encoding"] = "gzip"
        body = file.gzipped
    return Response(200, content_type=file.content_type, headers=headers, body=body)
