"""What of a wheel stays out of a bundle: what nothing in the bundle runs."""

import re
from typing import Final

from infra.bundling.reach import Reach

_NEVER: Final = re.compile(
    r"""
    ^[^/]+\.dist-info/        # asked for by nothing but pydantic's search for plugins, and there are none
    | (^|/)(tests?|__pycache__)/
    | \.(pyi|pyx|pxd|c|h)$ | (^|/)py\.typed$
    | ^botocore/data/.*/(examples|paginators|waiters)-
    | ^aws_lambda_powertools/event_handler/openapi/swagger_ui/.*\.(js|css)$
    """,
    re.VERBOSE,
)

_ONLY_WITH: Final = tuple(
    (re.compile(path), imported)
    for path, imported in (
        *(
            (f"aws_lambda_powertools/utilities/{part}/", f"aws_lambda_powertools.utilities.{part}")
            for part in (
                "auth_alpha",
                "batch",
                "circuit_breaker",
                "data_masking",
                "feature_flags",
                "idempotency",
                "kafka",
                "metadata",
                "parameters",
                "parser",
                "streaming",
                "validation",
            )
        ),
        ("pydantic/v1/", "pydantic.v1"),
        (r"pydantic/mypy\.py", "pydantic.mypy"),
        (r"PIL/_imagingft\.|pillow\.libs/lib(freetype|harfbuzz|png16|brotli)", "PIL.ImageFont"),
        (r"PIL/_imagingcms\.|pillow\.libs/liblcms2", "PIL.ImageCms"),
        (r"PIL/_imagingmath\.", "PIL.ImageMath"),
        (r"PIL/_imagingmorph\.", "PIL.ImageMorph"),
        (r"PIL/_imagingtk\.", "PIL.ImageTk"),
    )
)
"""Parts of wheels that run only where they are imported. Pillow's codecs are not among them: it looks for
those by itself."""

_SERVICE: Final = re.compile(r"botocore/data/([^/]+)/")


def keeps(path: str, reach: Reach) -> bool:
    """Whether a file of a wheel goes into the bundle of a function.

    Args:
        path: where it stands in site-packages.
        reach: what the function can reach.
    """
    if _NEVER.search(path):
        return False
    if service := _SERVICE.match(path):
        return service[1] in reach.services
    only = next((imported for pattern, imported in _ONLY_WITH if pattern.match(path)), None)
    return only is None or any(f"{package}.".startswith(f"{only}.") for package in reach.packages)
