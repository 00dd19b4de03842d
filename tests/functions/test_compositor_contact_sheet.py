from io import BytesIO
from pathlib import Path

from PIL import Image

from tests.support import contact_sheet

SHEET = Path(contact_sheet.__file__).parents[1] / "pictures" / "contact-sheet.jpg"


def test_the_contact_sheet_in_the_repository_has_a_labelled_cell_for_each_setting() -> None:
    data = SHEET.read_bytes()
    picture = Image.open(BytesIO(data))
    assert picture.format == "JPEG"
    assert len(data) <= contact_sheet.MAX_BYTES
    assert picture.size == contact_sheet.sheet_size()
    assert contact_sheet.cells() >= 12
