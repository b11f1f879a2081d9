"""What a finished file says of its making, and what becomes of that when somebody changes the file."""

import asyncio
import logging
from pathlib import Path

import pytest
from cryptography import x509

from tests.media import makers
from tests.media.makers import marking
from tests.media.test_finish import boxes
from vannilli_app import words
from vannilli_app.config import Settings
from vannilli_app.media import authority, marks, xmp
from vannilli_app.media.marking import Marking, mark
from vannilli_app.media.probe import Unreadable

FILES = ("final.mp4", "preview.gif", "thumbnail.jpg")


@pytest.fixture(scope="module")
def plain(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A finished video of each kind, not marked yet."""
    folder = tmp_path_factory.mktemp("plain")
    makers.film(folder / "film.mp4", frames=30, sound=makers.music(1))
    makers.ffmpeg("-i", folder / "film.mp4", "-c", "copy", "-movflags", "+faststart", folder / "final.mp4")
    makers.ffmpeg("-i", folder / "film.mp4", "-r", 5, "-vf", "scale=90:-2", folder / "preview.gif")
    makers.ffmpeg("-i", folder / "film.mp4", "-frames:v", 1, folder / "thumbnail.jpg")
    return folder


async def marked(plain: Path, folder: Path, name: str, marks_it: Marking | None = None) -> Path:
    path = folder / name
    path.write_bytes((plain / name).read_bytes())
    await mark([path], marks_it or marking(folder))
    return path


def ours(folder: Path) -> str:
    return authority.anchors(Settings(data_dir=folder))


@pytest.mark.parametrize("name", FILES)
async def test_a_finished_file_says_what_it_is_and_who_signed_that(
    tmp_path: Path, plain: Path, name: str
) -> None:
    found = await marks.read(await marked(plain, tmp_path, name), ours(tmp_path))
    assert found.says == "trainedAlgorithmicMedia"
    assert found.signed
    assert (found.signed.state, found.signed.failures) == ("Trusted", ())
    assert (found.signed.says, found.signed.made_by) == ("trainedAlgorithmicMedia", "Kling")
    assert found.signed.made_at == "2026-08-02T00:00:00+00:00"
    assert (found.signed.issuer, found.signed.name) == ("Vannilli", "Vannilli, content credentials")


async def test_frames_sound_and_fast_start_stay(tmp_path: Path, plain: Path) -> None:
    path = await marked(plain, tmp_path, "final.mp4")
    names = boxes(path)
    assert names[0] == "ftyp"
    assert names.index("moov") < names.index("mdat")
    before, after = (makers.pictures(one) for one in (plain / "final.mp4", path))
    assert [makers.number_of(picture) for picture in after] == list(range(30))
    assert all((one == other).all() for one, other in zip(before, after, strict=True))
    assert (makers.sound(plain / "final.mp4")[1] == makers.sound(path)[1]).all()


@pytest.mark.parametrize("name", FILES)
async def test_a_changed_file_is_told_from_the_one_that_was_signed(
    tmp_path: Path, plain: Path, name: str
) -> None:
    path = await marked(plain, tmp_path, name)
    data, before = bytearray(path.read_bytes()), (plain / name).read_bytes()
    place = data.index(before[len(before) // 2 :][:16])
    data[place] ^= 0x55
    path.write_bytes(data)
    found = await marks.read(path, ours(tmp_path))
    assert found.signed
    assert found.signed.state == "Invalid"
    assert any(code.endswith("Hash.mismatch") for code in found.signed.failures)


async def test_another_installations_signature_holds_but_is_not_ours(tmp_path: Path, plain: Path) -> None:
    path = await marked(plain, tmp_path, "final.mp4")
    for anchors in ("", ours_of_another(tmp_path)):
        found = await marks.read(path, anchors)
        assert found.signed
        assert (found.signed.state, found.signed.failures) == ("Valid", ("signingCredential.untrusted",))


def ours_of_another(folder: Path) -> str:
    config = Settings(data_dir=folder / "another")
    authority.authority(config, marking(folder).made_at)
    return authority.anchors(config)


async def test_an_unmarked_file_and_a_file_that_is_none(tmp_path: Path, plain: Path) -> None:
    found = await marks.read(plain / "final.mp4", "")
    assert (found.says, found.signed) == (None, None)
    (tmp_path / "a.mp4").write_text("no video")
    for language, sentence in (("en", "not a video"), ("de", "kein Video")):
        with words.speaking(language), pytest.raises(Unreadable, match=sentence):
            await marks.read(tmp_path / "a.mp4", "")


@pytest.mark.parametrize("name", FILES)
async def test_credentials_made_of_noise_break_nothing(tmp_path: Path, plain: Path, name: str) -> None:
    path = await marked(plain, tmp_path, name)
    data = bytearray(path.read_bytes())
    at = data.index(b"c2pa.assertions")
    data[at - 200 : at + 200] = bytes(byte * 41 % 256 for byte in range(400))
    path.write_bytes(data)
    found = await marks.read(path, ours(tmp_path))
    assert found.signed is None or found.signed.state in ("Invalid", "Unreadable")


async def test_without_a_signer_a_video_is_still_delivered_and_marked(
    tmp_path: Path, plain: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "no.pem").write_text("no certificate")
    broken = marking(tmp_path, c2pa_certificates=tmp_path / "no.pem", c2pa_private_key=tmp_path / "no.pem")
    with caplog.at_level(logging.ERROR):
        path = await marked(plain, tmp_path, "final.mp4", broken)
    assert "without content credentials" in caplog.text
    found = await marks.read(path, "")
    assert (found.says, found.signed) == ("trainedAlgorithmicMedia", None)
    assert [one.name for one in (await asyncio.to_thread(lambda: list(tmp_path.glob("*.mp4"))))] == [
        "final.mp4"
    ]


async def test_a_time_stamp_that_cannot_be_had_costs_nothing_but_the_stamp(
    tmp_path: Path, plain: Path
) -> None:
    away = marking(tmp_path, c2pa_timestamp_url="http://127.0.0.1:9/")
    found = await marks.read(await marked(plain, tmp_path, "thumbnail.jpg", away), ours(tmp_path))
    assert found.signed
    assert (found.signed.state, found.signed.stamped_at) == ("Trusted", None)


def test_the_own_certificate_is_made_once_for_us_alone(tmp_path: Path) -> None:
    config, now = Settings(data_dir=tmp_path), marking(tmp_path).made_at
    first = authority.authority(config, now)
    assert first == authority.authority(config, now)
    assert (first.own, first.algorithm) == (True, "es256")
    path = tmp_path / authority.FOLDER / "signer.pem"
    assert path.stat().st_mode & 0o077 == 0
    assert [one.name for one in path.parent.iterdir()] == ["signer.pem"]
    leaf, root = x509.load_pem_x509_certificates(path.read_bytes())
    leaf.verify_directly_issued_by(root)
    assert path.read_text().count("PRIVATE KEY") == 2  # one key: the leaf's


async def test_the_certificate_of_the_settings_signs_and_counts_as_ours(tmp_path: Path, plain: Path) -> None:
    authority.authority(Settings(data_dir=tmp_path / "bought"), marking(tmp_path).made_at)
    given = tmp_path / "bought" / authority.FOLDER / "signer.pem"
    configured = {"c2pa_certificates": given, "c2pa_private_key": given}
    path = await marked(plain, tmp_path, "final.mp4", marking(tmp_path, **configured))
    config = Settings(data_dir=tmp_path, **configured)
    found = await marks.read(path, authority.anchors(config))
    assert found.signed
    assert found.signed.state == "Trusted"
    assert not authority.authority(config, marking(tmp_path).made_at).own


def test_a_key_of_another_certificate_is_refused(tmp_path: Path) -> None:
    now = marking(tmp_path).made_at
    for name in ("one", "other"):
        authority.authority(Settings(data_dir=tmp_path / name), now)
    one, other = (tmp_path / name / authority.FOLDER / "signer.pem" for name in ("one", "other"))
    with pytest.raises(authority.NoSigner, match="C2PA_PRIVATE_KEY"):
        authority.authority(Settings(data_dir=tmp_path, c2pa_certificates=one, c2pa_private_key=other), now)


def test_the_mark_in_the_file_is_found_by_its_own_reader_only_where_it_is(
    tmp_path: Path, plain: Path
) -> None:
    for name in FILES:
        assert xmp.read(plain / name) is None
