"""The documents and files of the page, as a browser asks for them."""

import gzip
import json
import re
import subprocess
from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

import pytest

from scene_studio.model.settings import SUGGESTIONS, SceneGenerationSettings, resolve
from tests.support.api import Answer, call
from tests.support.problems import assert_problem
from web.static_files import release, static_files

PAGES = {
    "/": "pages/clients.js",
    "/acme-corp/scene-studio": "pages/studios.js",
    "/acme-corp/scene-studio/default": "pages/studio.js",
    "/shared/guest-1": "pages/shared.js",
    "/signin": "pages/signin.js",
}
STATIC = Path(str(files("web") / "static"))
STUDIO_PAGE = "/acme-corp/scene-studio/default"


@pytest.fixture(autouse=True)
def nothing_is_told_to_the_page(local_service: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ISSUER", "CLIENT_ID", "SCOPE", "ORIGINS"):
        monkeypatch.delenv(f"SCENE_STUDIO_SIGN_IN_{name}", raising=False)
    monkeypatch.delenv("SCENE_STUDIO_PICTURES_ORIGIN", raising=False)


def policy(answer: Answer) -> dict[str, list[str]]:
    rules = (rule.split() for rule in answer.headers["content-security-policy"].split(";"))
    return {name: values for name, *values in rules}


def text(answer: Answer) -> str:
    return answer.body.decode()


@pytest.mark.parametrize(("path", "entry"), PAGES.items(), ids=PAGES)
def test_every_address_of_the_page_answers_a_document_that_starts_its_module(path: str, entry: str) -> None:
    answer = call("GET", path)
    assert (answer.status, answer.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f'<script type="module" src="/static/{release()}/{entry}"></script>' in text(answer)
    assert "{{" not in text(answer)


@pytest.mark.parametrize(
    ("path", "status"),
    [("/nowhere", 404), ("/a b/scene-studio", 422), ("/acme-corp/scene-studio/a.b", 422), ("/shared/-", 422)],
)
def test_who_follows_a_link_that_leads_nowhere_is_told_so_by_a_page(path: str, status: int) -> None:
    answer = call("GET", path, headers={"accept": "text/html,application/xhtml+xml,*/*;q=0.8"})
    assert (answer.status, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert f'src="/static/{release()}/pages/missing.js"' in text(answer)
    assert policy(answer) == policy(call("GET", "/"))


@pytest.mark.parametrize(
    ("method", "path", "accept"),
    [
        ("GET", "/nowhere", "*/*"),
        ("GET", "/nowhere", None),
        ("POST", "/nowhere", "text/html"),
        ("GET", "/api/nowhere", "text/html"),
        ("GET", "/scenes/none.jpg", "text/html"),
        ("GET", "/static/another/page.js", "text/html"),
    ],
)
def test_any_other_address_that_leads_nowhere_is_a_problem(method: str, path: str, accept: str | None) -> None:
    answer = call(method, path, headers={"accept": accept} if accept else {})
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")


def test_a_document_is_looked_up_again_each_time_and_not_sent_again() -> None:
    first = call("GET", STUDIO_PAGE)
    assert first.headers["cache-control"] == "private, no-cache"
    again = call("GET", STUDIO_PAGE, headers={"if-none-match": first.etag})
    assert (again.status, again.body) == (304, b"")
    assert again.headers["content-security-policy"] == first.headers["content-security-policy"]


def test_only_scripts_of_the_page_itself_may_run_and_only_its_own_styles() -> None:
    rules = policy(call("GET", STUDIO_PAGE))
    assert rules["default-src"] == ["'none'"]
    assert [rule for rule in rules["script-src"] if not rule.startswith("'sha256-")] == ["'self'"]
    assert rules["style-src"] == ["'self'"]
    assert rules["connect-src"] == ["'self'"]
    for nothing in ("base-uri", "form-action", "frame-ancestors"):
        assert rules[nothing] == ["'none'"]


def test_the_one_inline_script_is_the_import_map_which_goes_by_its_hash() -> None:
    answer = call("GET", STUDIO_PAGE)
    inline = re.findall(r"<script(?![^>]* src=)([^>]*)>(.*?)</script>", text(answer), re.DOTALL)
    import_map, settings = inline
    assert 'type="importmap"' in import_map[0]
    assert 'type="application/json"' in settings[0]
    digest = b64encode(sha256(import_map[1].encode()).digest()).decode()
    assert f"'sha256-{digest}'" in policy(answer)["script-src"]
    assert not re.search(r"\son\w+=|style=", text(answer))


def test_every_library_that_is_named_is_there() -> None:
    found = re.search(r'<script type="importmap">(.*?)</script>', text(call("GET", STUDIO_PAGE)))
    assert found is not None
    for path in json.loads(found[1])["imports"].values():
        assert call("GET", path).headers["content-type"] == "text/javascript; charset=utf-8"


@pytest.mark.parametrize("path", PAGES)
def test_all_that_a_document_names_is_there_and_may_be_kept_for_good(path: str) -> None:
    named = re.findall(r'(?:href|src)="([^"]+)"', text(call("GET", path)))
    assert len(named) > 3
    for address in named:
        answer = call("GET", address)
        assert answer.status == 200, address
        assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"


def test_every_module_that_a_page_loads_at_first_is_asked_for_at_once() -> None:
    preloaded = set(re.findall(r'modulepreload" href="/static/\w+/([^"]+)"', text(call("GET", STUDIO_PAGE))))
    for path in preloaded:
        source = static_files()[path].body.decode()
        for name in re.findall(r"^(?:import|export)[^;]*?from '(\.[^']+)'", source, re.MULTILINE):
            folder = path.rpartition("/")[0]
            parts = f"{folder}/{name}".split("/")
            resolved: list[str] = []
            for part in parts:
                if part == "..":
                    resolved.pop()
                elif part not in {"", "."}:
                    resolved.append(part)
            assert "/".join(resolved) in preloaded, f"{path} imports {name}"


def test_what_signs_people_in_is_asked_for_only_where_there_is_an_issuer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    named = f'modulepreload" href="/static/{release()}/signing-in.js"'
    assert named not in text(call("GET", STUDIO_PAGE))
    monkeypatch.setenv("SCENE_STUDIO_SIGN_IN_ISSUER", "https://issuer.example")
    assert text(call("GET", STUDIO_PAGE)).count(named) == 1


def test_a_file_is_compressed_for_whoever_can_read_that() -> None:
    address = f"/static/{release()}/style.css"
    plain = call("GET", address)
    packed = call("GET", address, headers={"accept-encoding": "gzip, br"})
    assert "content-encoding" not in plain.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert gzip.decompress(packed.body) == plain.body
    assert plain.headers["vary"] == packed.headers["vary"] == "accept-encoding"


@pytest.mark.parametrize(
    "path",
    [
        "0123456789abcdef/style.css",
        "{release}/nowhere.js",
        "{release}/..%2Fhandler.py",
        "{release}/..%2F..%2Fscene_studio/runtime.py",
        "{release}/views/..%2Fstyle.css",
        "{release}/vendor/stamp",
    ],
)
def test_no_other_file_and_none_of_another_release_is_given_away(path: str) -> None:
    answer = call("GET", f"/static/{path.replace('{release}', release())}")
    assert_problem(answer, 404, answer.json["type"])


def test_what_a_deployment_says_is_told_to_the_page_and_may_be_connected_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SCENE_STUDIO_SIGN_IN_ISSUER", "https://issuer.example/pool</script>")
    monkeypatch.setenv("SCENE_STUDIO_SIGN_IN_CLIENT_ID", "page")
    monkeypatch.setenv("SCENE_STUDIO_SIGN_IN_ORIGINS", "https://login.example")
    monkeypatch.setenv("SCENE_STUDIO_PICTURES_ORIGIN", "https://bucket.example")
    answer = call("GET", STUDIO_PAGE)
    told = re.search(r'id="settings">(.*?)</script>', text(answer))
    assert told is not None
    assert json.loads(told[1])["signInIssuer"] == "https://issuer.example/pool</script>"
    assert policy(answer)["connect-src"] == [
        "'self'",
        "https://issuer.example",
        "https://login.example",
        "https://bucket.example",
    ]


def test_a_setting_that_could_open_the_policy_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCENE_STUDIO_PICTURES_ORIGIN", "https://a.example; script-src *")
    assert_problem(call("GET", STUDIO_PAGE), 500, "internal-error")


def test_what_is_offered_for_each_setting_is_what_the_service_suggests() -> None:
    script = """
        const { SUGGESTIONS } = await import('./views/suggestions.js');
        const { DEFAULT_SETTINGS } = await import('./settings.js');
        console.log(JSON.stringify([SUGGESTIONS, DEFAULT_SETTINGS]));
    """
    command = ["node", "--input-type=module", "--eval", script]
    told = subprocess.run(command, cwd=STATIC, capture_output=True, text=True, check=True).stdout
    suggestions, defaults = json.loads(told)
    assert suggestions == {name: list(values) for name, values in SUGGESTIONS.items()}
    assert defaults == resolve(SceneGenerationSettings()).model_dump(
        mode="json", by_alias=True, exclude_none=True
    )
