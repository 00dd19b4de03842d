"""What a deployment tells the page: where people sign in, and where the pictures are."""

import os
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from pydantic.alias_generators import to_camel

_PREFIX: Final = "SCENE_STUDIO_"
_ORIGIN: Final = r"https?://[A-Za-z0-9.-]+(:[0-9]+)?"


class PageSettings(BaseModel):
    """The environment variables of the page, `SCENE_STUDIO_` and the name in capitals; none is needed locally.

    Attributes:
        sign_in_issuer: the OpenID Connect issuer; where there is none, nobody signs in.
        sign_in_client_id: by which the page is known to it; a public client, which has no secret.
        sign_in_scope: what the page asks it for.
        sign_in_origins: other origins that belong to it, such as that of its token endpoint; with spaces.
        pictures_origin: the origin of the bucket, where pictures are loaded from and uploaded to.
    """

    model_config = ConfigDict(frozen=True, alias_generator=to_camel, populate_by_name=True)

    sign_in_issuer: str = Field(default="", pattern=rf"^({_ORIGIN}(/\S*)?)?$")
    sign_in_client_id: str = Field(default="", pattern=r"^\S{0,200}$")
    sign_in_scope: str = "openid"
    sign_in_origins: str = Field(default="", pattern=rf"^({_ORIGIN}( {_ORIGIN})*)?$")
    pictures_origin: str = Field(default="", pattern=rf"^({_ORIGIN})?$")

    @property
    def connected(self) -> list[str]:
        """The origins that the page sends requests to, beside its own."""
        issuer = "/".join(self.sign_in_issuer.split("/")[:3])
        return [one for one in (issuer, *self.sign_in_origins.split(), self.pictures_origin) if one]


def page_settings() -> PageSettings:
    """The settings of this process.

    Raises:
        RuntimeError: a variable is wrong; the message names it.
    """
    given = {name: os.environ.get(_PREFIX + name.upper()) for name in PageSettings.model_fields}
    try:
        return PageSettings.model_validate({name: value for name, value in given.items() if value})
    except ValidationError as error:
        wrong = "; ".join(f"{_PREFIX}{str(one['loc'][0]).upper()}: {one['msg']}" for one in error.errors())
        raise RuntimeError(f"set the environment right: {wrong}") from None
