"""The document that a browser is given at every address of the page, and what it may load."""

import base64
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from html import escape
from typing import Final

from web.settings import PageSettings
from web.static_files import modules_of, release, static_files

_IMPORTS: Final[Mapping[str, str]] = {
    "@preact/signals": "vendor/signals.mjs",
    "@preact/signals-core": "vendor/signals-core.mjs",
    "htm": "vendor/htm.mjs",
    "preact": "vendor/preact.mjs",
    "preact/hooks": "vendor/hooks.mjs",
}
"""The libraries, by the names that they import each other by."""

_SIGNING_IN: Final = "signing-in.js"
"""Imported when it is needed, which is at once where there is an issuer."""


@dataclass(frozen=True, slots=True)
class Page:
    """A document.

    Attributes:
        body: its HTML.
        security_policy: its Content-Security-Policy.
        tag: its entity tag.
    """

    body: str
    security_policy: str
    tag: str


@cache
def page(entry: str, settings: PageSettings) -> Page:
    """The document that starts this module.

    Args:
        entry: the path of the module under `static/`.
        settings: what the deployment tells the page.
    """
    root = f"/static/{release()}"
    import_map = json.dumps({"imports": {name: f"{root}/{path}" for name, path in _IMPORTS.items()}})
    entries = [entry, _SIGNING_IN] if settings.sign_in_issuer else [entry]
    modules = dict.fromkeys(path for one in entries for path in modules_of(one, _IMPORTS, static_files()))
    preloads = "\n".join(f'<link rel="modulepreload" href="{root}/{path}">' for path in modules)
    told = {"release": release(), **settings.model_dump(by_alias=True, exclude={"sign_in_origins"})}
    values = {
        "entry": f"{root}/{entry}",
        "import-map": import_map,
        "preloads": preloads,
        "root": root,
        # Inside a script element, only `<` could end it.
        "settings": json.dumps(told).replace("<", "\\u003c"),
    }
    body = static_files()["index.html"].body.decode()
    for name, value in values.items():
        body = body.replace(f"{{{{{name}}}}}", value if name not in {"entry", "root"} else escape(value))
    tag = f'"{hashlib.sha256(body.encode()).hexdigest()[:24]}"'
    return Page(body, _security_policy(import_map, settings), tag)


def _security_policy(import_map: str, settings: PageSettings) -> str:
    """Scripts and styles are the page's own files; the import map, which must stand inline, goes by its hash.

    Pictures of products may lie anywhere on the web.
    """
    digest = base64.b64encode(hashlib.sha256(import_map.encode()).digest()).decode()
    pictures = f" {settings.pictures_origin}" if settings.pictures_origin.startswith("http:") else ""
    policy = {
        "default-src": "'none'",
        "script-src": f"'self' 'sha256-{digest}'",
        "style-src": "'self'",
        "img-src": f"'self' blob: https:{pictures}",
        "connect-src": " ".join(["'self'", *settings.connected]),
        "base-uri": "'none'",
        "form-action": "'none'",
        "frame-ancestors": "'none'",
    }
    return "; ".join(f"{name} {value}" for name, value in policy.items())
