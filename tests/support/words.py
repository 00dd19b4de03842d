"""Files whose pixels are a word: what is stored of one tells what it was made of, and costs no time."""

import hashlib
from typing import Final

from scene_studio.images.forms import Purpose, TakenIn, sha256_of
from scene_studio.model.errors import ImageRejected

REJECTION: Final = "This is not a picture."


def take_in(data: bytes, purpose: Purpose) -> TakenIn:
    """What is stored of a file: all of it says its word. What begins with `bad` is no picture."""
    if data.startswith(b"bad"):
        raise ImageRejected(REJECTION)
    word = word_of(data)
    picture = b"picture of " + word if data == word else b"picture again of " + word
    return TakenIn(
        picture=picture,
        thumbnail=b"thumbnail of " + word,
        cutout=b"cutout of " + word if purpose == "product" and word.startswith(b"plain") else None,
        width=len(word),
        height=1,
        colors=("#" + hashlib.sha256(word).hexdigest()[:6],),
        sha256=sha256_of(picture),
    )


def word_of(data: bytes) -> bytes:
    """The word that a file, or what is stored of one, says."""
    return data.rpartition(b" of ")[2]
