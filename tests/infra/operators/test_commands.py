"""What the commands take and say."""

from io import StringIO
from pathlib import Path

import pytest

from infra.operators.__main__ import main
from infra.operators.progress import Progress
from scene_studio.store.sqlite import SqliteObjectStore
from tests.support.stored import stored_objects


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("restore",),
        ("export", "acme-corp"),
        ("export", "../acme", "file"),
        ("import", "file", "--client", "not an id"),
        ("check", "--store", "store.sqlite"),
        ("check", "--store", "s3:"),
        ("check", "--store", "gs:bucket"),
    ],
)
def test_what_cannot_be_meant_is_told_before_anything_is_done(
    arguments: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main(arguments)
    assert ended.value.code == 2
    assert capsys.readouterr().err


def test_without_a_store_it_is_the_data_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCENE_STUDIO_DATA", str(tmp_path / "data"))
    assert main(["check"]) == 2
    assert str(tmp_path / "data" / "store.sqlite") in capsys.readouterr().err
    (tmp_path / "data").mkdir()
    SqliteObjectStore(tmp_path / "data" / "store.sqlite").close()
    assert main(["check"]) == 0
    assert main(["export", "acme-corp", str(tmp_path / "b.zip")]) == 2
    assert "no client acme-corp" in capsys.readouterr().err
    assert not stored_objects(tmp_path / "data" / "store.sqlite")


def test_long_work_says_every_two_seconds_how_far_it_has_come() -> None:
    now, out = [0.0], StringIO()
    progress = Progress("checked", monotonic=lambda: now[0], out=out)
    for second in range(5):
        now[0] = float(second)
        for _ in range(1000):
            progress.add(1500)
    assert out.getvalue().splitlines() == [
        "checked 2,001 objects, 3.0 MB so far",
        "checked 4,001 objects, 6.0 MB so far",
    ]
    assert str(progress) == "checked 5,000 objects, 7.5 MB"
