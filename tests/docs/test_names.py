"""What the documentation names is there, and what is there it names."""

import importlib.util
import re
import subprocess
from pathlib import Path
from typing import get_args

import pytest
from pydantic import BaseModel
from pydantic.alias_generators import to_camel

from infra.local.server import LOCAL_ROUTES
from infra.routes import DEFAULT_PATH, ROUTES
from infra.settings import Settings
from scene_studio.generation.names import ModelName
from scene_studio.http.admission import MAX_BODY_BYTES
from scene_studio.http.problems import INTERNAL, NO_SUCH_ROUTE, PROBLEMS
from scene_studio.images.inspect import MAX_BYTES, MAX_PIXELS, MAX_PIXELS_HELD_OFTEN
from scene_studio.images.strangers import ACCEPTED
from scene_studio.inline.pictures import MAX_PICTURES as MAX_INLINE_PICTURES
from scene_studio.model.client import MAX_PICTURES, RESTORABLE_DAYS
from scene_studio.model.revision import INLINE_LIMIT, MAX_PRODUCTS_IN_SLOT
from scene_studio.model.scene import MAX_USER_SCENES
from scene_studio.model.share import MAX_DAYS
from scene_studio.model.studio import MAX_SLOTS
from scene_studio.runtime import Environment
from scene_studio.store import keys, sqlite
from scene_studio.store.object_store import UPLOADS
from scene_studio.store.studios import LIMIT_BYTES
from tests.docs.pages import HOW_IT_WORKS, README, column, names, table
from tests.support.service import ROOT
from web.settings import PageSettings

STUDIO = "/api/clients/{clientId}/scene-studio/{studioId}"
PAGES = {"README.md": README, "functions/README.md": HOW_IT_WORKS}
MAKE = re.compile(r"(?:`|^)make ([a-z][a-z-]+)", re.MULTILINE)


def test_the_table_of_routes_is_the_one_of_the_code() -> None:
    rows = table(README, "path", "methods", "does")
    told = {
        (method, names(path)[0].replace("…", STUDIO))
        for path, methods, _ in rows
        for method in methods.split(", ")
    }
    assert told == {(route.method, route.path) for route in ROUTES if route.path != DEFAULT_PATH}


def test_the_table_of_errors_is_the_one_of_the_code() -> None:
    told = [(names(name)[0], int(status)) for name, status, _ in table(README, "type", "status", "when")]
    there = [(row.type, int(row.status)) for row in (*PROBLEMS.values(), INTERNAL, NO_SUCH_ROUTE)]
    assert sorted(told) == sorted(there)


def defaults(model: type[BaseModel], name: str) -> dict[str, str]:
    """The variables or keys of a model with their defaults as documentation tells them."""
    told = {}
    for field, info in model.model_fields.items():
        value = "" if info.is_required() or info.default in {None, (), ""} else str(info.default)
        told[name + field.upper() if name else to_camel(field)] = value.lower() if value == "False" else value
    return told


def told_defaults(page: str, *heads: str) -> dict[str, str]:
    """The variables or keys of a table with their defaults; some rows have several of them."""
    told = {}
    for variables, values, _ in table(page, *heads):
        given = names(values)
        for number, variable in enumerate(names(variables)):
            told[variable] = given[number] if number < len(given) else ""
    return told


def test_the_table_of_the_environment_is_that_of_the_code() -> None:
    ours = {"PORT": "8000", "SCENE_STUDIO_DATA": ".scene-studio"}
    there = ours | defaults(Environment, "SCENE_STUDIO_") | defaults(PageSettings, "SCENE_STUDIO_")
    assert told_defaults(README, "variable", "default", "what") == there


def test_no_variable_is_read_that_it_does_not_name() -> None:
    named = set(told_defaults(README, "variable", "default", "what"))
    sources = [*ROOT.glob("functions/**/*.py"), *ROOT.glob("infra/**/*.py")]
    read = {
        name for path in sources for name in re.findall(r"SCENE_STUDIO_[A-Z][A-Z_]*[A-Z]", path.read_text())
    }
    assert read
    assert read <= named


def test_the_table_of_context_keys_is_that_of_the_code() -> None:
    # The row of the scope tells its default in words, since it has one only where there is an issuer.
    told = told_defaults(README, "key", "default", "what") | {"oidcScope": "openid"}
    assert told == defaults(Settings, "")
    assert set(re.findall(r"-c (\w+)=", README)) <= set(told)


def test_the_table_of_keys_is_how_they_are_spelt() -> None:
    client, studio, slot = "{clientId}", "{studioId}", "{slotId}"
    spelt = {
        keys.client(client),
        keys.product_image(client, "{productId}", "{imageId}"),
        keys.studio(client, studio),
        keys.history_page(client, studio, slot, "{sha256}"),
        keys.revision(client, studio, slot, "{imageId}"),
        keys.user_scene(client, studio, "{sceneId}"),
    }
    told = table(README, "key, under `clients/{clientId}/`", "what")
    assert {keys.clients() + f"{client}/{key}" for key in column(told)} == spelt


@pytest.mark.parametrize(
    "prefix",
    [keys.inboxes(), keys.claim("", "", "").rstrip("/") + "/", keys.reminders(), UPLOADS, "shares/"],
)
def test_it_names_every_prefix_beside_the_clients(prefix: str) -> None:
    assert f"`{prefix}`" in README


@pytest.mark.parametrize(
    ("figure", "there"),
    [
        (r"\n\*\*Limits\.\*\* (\d+) slots", MAX_SLOTS),
        (r"slots and (\d+) scenes in a studio", MAX_USER_SCENES),
        (r"(\d+) products in a slot", MAX_PRODUCTS_IN_SLOT),
        (r"(\d+) revisions of a slot in the document", INLINE_LIMIT),
        (r"document is at most (\d+) MiB", LIMIT_BYTES >> 20),
        (r"Uploads up to (\d+) MiB", MAX_BYTES >> 20),
        (r"MiB and (\d+) megapixels", MAX_PIXELS // 1_000_000),
        (r"megapixels \((\d+) for WebP", MAX_PIXELS_HELD_OFTEN // 1_000_000),
        (r"a body over (\d+) MiB", MAX_BODY_BYTES >> 20),
        (r"A request of at most (\d+) MiB with", MAX_BODY_BYTES >> 20),
        (r"with at most ([\d,]+) pictures inside", MAX_INLINE_PICTURES),
        (r"has up to (\d+) pictures", MAX_PICTURES),
        (r"can be brought back for (\d+) days, and until it is purged", RESTORABLE_DAYS),
        (r"after (\d+) days no such object is needed", MAX_DAYS),
        (r"Every version is kept for (\d+) days", sqlite._KEPT_SECONDS // 86_400),
        (r"days, and the newest (\d+) for longer", sqlite._KEPT_VERSIONS),
    ],
)
def test_every_limit_that_it_tells_is_that_of_the_code(figure: str, there: int) -> None:
    told = re.findall(figure, re.sub(r"(?<!\n)\n(?!\n)", " ", README.replace("\n**", "\n\n\n**")))
    assert [int(value.replace(",", "")) for value in told] == [there]


def test_it_names_the_image_models_and_the_formats_that_there_are() -> None:
    assert all(f"`{name}`" in README for name in get_args(ModelName))
    assert all(f" {name}" in README for name in re.findall(r"\w+", ACCEPTED) if name != "or")


@pytest.mark.parametrize("page", PAGES)
def test_every_target_of_make_that_a_page_names_is_there(page: str) -> None:
    for target in set(MAKE.findall(PAGES[page])):
        done = subprocess.run(["make", "-n", target], cwd=ROOT, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr


def test_every_target_of_make_is_explained_by_it_or_by_make_help() -> None:
    makefile = (ROOT / "Makefile").read_text()
    told = set(re.findall(r"^([a-z][a-z-]*):.*##", makefile, re.MULTILINE))
    phony = set(re.search(r"^\.PHONY: (.*)$", makefile, re.MULTILINE)[1].split())  # type: ignore[index]
    assert phony - told == {"help", "exiftool", "chromium"} - told


@pytest.mark.parametrize("page", PAGES)
def test_every_file_and_folder_that_a_page_names_is_there(page: str) -> None:
    text, folder = PAGES[page], (ROOT / page).parent
    for link in re.findall(r"\]\((?!https?:)([^)#]+)\)", text):
        assert (folder / link).exists(), link
    named = {name for name in re.findall(r"`((?:[\w.-]+/)+[\w.-]*)`", text) if "{" not in name}
    places = [ROOT, ROOT / "functions", ROOT / "functions" / "scene_studio"]
    prefixes = {"inbox/", "claims/", "reminders/", "uploads/", "shares/"}
    missing = {name for name in named - prefixes if not any((place / name).exists() for place in places)}
    assert {name for name in missing if not re.fullmatch(r"(image|text|application)/\S+", name)} == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_link_to_a_heading_leads_to_one(page: str) -> None:
    headings = {
        name: {
            re.sub(r"[^\w -]", "", line.lower()).replace(" ", "-")
            for line in re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.MULTILINE)
        }
        for name, text in PAGES.items()
    }
    links = re.findall(r"\]\(([^)#:]*)#([^)]+)\)", PAGES[page])
    assert links
    for file, heading in links:
        named = ((ROOT / page).parent / file).resolve() if file else ROOT / page
        assert heading in headings[str(named.relative_to(ROOT))], f"{file}#{heading}"


@pytest.mark.parametrize("page", PAGES)
def test_every_module_that_a_page_says_to_run_is_there(page: str) -> None:
    for module in re.findall(r"python3? -m ([a-z_.]+)", PAGES[page]):
        assert importlib.util.find_spec(module) is not None, module


def test_every_alarm_has_its_row_in_how_it_works() -> None:
    told = {name.rstrip("-…") for name in column(table(HOW_IT_WORKS, "alarm", "look at", "and then"))}
    alarms = (ROOT / "infra" / "alarms.py").read_text()
    there = {name.rstrip("-") for name in re.findall(r'_watch\(\s*f?"([A-Za-z]+-?)', alarms)}
    assert told == there


def test_the_addresses_of_this_machine_alone_are_no_part_of_the_api() -> None:
    ours = {route.path for route in LOCAL_ROUTES} - {route.path for route in ROUTES}
    assert ours
    assert all(path.startswith("/_") and Path(path).parts[1] not in README for path in ours)
