"""The vendored model files are the ones they were."""

import shutil
from pathlib import Path

import pytest

from vannilli_app.engine import models
from vannilli_app.engine.models import ModelDamaged, checked


@pytest.mark.parametrize("name", models.SHA256)
def test_vendored_files_are_whole(name: str) -> None:
    assert checked(models.FOLDER / name)


@pytest.mark.parametrize("name", models.SHA256)
def test_one_changed_byte_is_refused(name: str, tmp_path: Path) -> None:
    copy = Path(shutil.copy(models.FOLDER / name, tmp_path))
    content = bytearray(copy.read_bytes())
    content[len(content) // 2] ^= 1
    copy.write_bytes(content)
    with pytest.raises(ModelDamaged):
        checked(copy)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ModelDamaged):
        checked(tmp_path / "selfie_segmentation.tflite")


def test_a_file_that_was_never_vendored_is_refused(tmp_path: Path) -> None:
    (tmp_path / "other.tflite").write_bytes(b"anything")
    with pytest.raises(ModelDamaged):
        checked(tmp_path / "other.tflite")


def test_notice_names_every_file() -> None:
    notice = (models.FOLDER / "NOTICE").read_text()
    assert all(name in notice and digest in notice for name, digest in models.SHA256.items())
