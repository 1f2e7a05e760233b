"""Pictures and sounds: what is kept of them, what isn't, and what is refused with which words."""

import random
import zlib
from io import BytesIO

import pytest
from PIL import Image

from question_bank import media
from question_bank.media import SENTENCES, MediaCode, MediaError, clean
from tests.question_bank.samples import SECRET, exif, m4a, moving, mp3, ogg, picture, telling_jpeg, telling_png, wave

TELLING = {
    "png": telling_png(),
    "jpg": telling_jpeg(),
    "webp": picture("WEBP", exif=exif(), xmp=b"<x>geheim</x>"),
    "gif": picture("GIF", mode="P", comment=SECRET),
    "wav": wave(),
    "mp3": mp3(),
    "m4a": m4a(),
}


def opened(content: bytes) -> Image.Image:
    return Image.open(BytesIO(content))


@pytest.mark.parametrize("name", list(TELLING))
def test_nothing_is_left_of_what_a_file_tells_besides_its_picture_or_sound(name: str) -> None:
    assert SECRET in TELLING[name]
    cleaned = clean(TELLING[name])
    assert SECRET not in cleaned.content
    assert cleaned.suffix == {"gif": "png"}.get(name, name)
    assert cleaned.name == f"{cleaned.digest[:32]}.{cleaned.suffix}"
    if cleaned.width:
        shown = opened(cleaned.content)
        assert (shown.size, (cleaned.width, cleaned.height)) == ((60, 40), (60, 40))
        assert not shown.getexif()
        assert not {"icc_profile", "exif", "xmp", "comment", "Author"} & set(shown.info)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_stands_upright(orientation: int) -> None:
    cleaned = clean(telling_jpeg(orientation))
    assert (cleaned.width, cleaned.height) == ((60, 40) if orientation < 5 else (40, 60))


def test_what_only_loses_its_tags_keeps_its_quality() -> None:
    content = telling_jpeg()
    before, after = opened(content).tobytes(), opened(clean(content).content).tobytes()
    assert sum(abs(one - other) for one, other in zip(before, after, strict=True)) / len(before) < 1


def test_the_same_picture_with_other_tags_is_the_same() -> None:
    assert clean(telling_png()).name == clean(picture()).name


@pytest.mark.parametrize(
    ("kind", "mode"),
    [("PNG", "P"), ("PNG", "RGBA"), ("PNG", "LA"), ("PNG", "1"), ("PNG", "I;16"), ("JPEG", "L"), ("JPEG", "CMYK"),
     ("WEBP", "RGBA"), ("BMP", "RGB"), ("BMP", "P")],
)  # fmt: skip
def test_every_sort_of_picture_is_kept(kind: str, mode: str) -> None:
    content = picture(kind, mode=mode) if mode != "I;16" else sixteen_bits()
    shown = opened(clean(content).content).convert("L")
    assert (shown.getpixel((5, 5)) < 80, shown.getpixel((55, 35)) > 200) == (True, True)


def sixteen_bits() -> bytes:
    made, out = Image.new("I;16", (60, 40)), BytesIO()
    made.frombytes(40 * (30 * (3000).to_bytes(2, "little") + 30 * (65535).to_bytes(2, "little")))
    made.save(out, "PNG")
    return out.getvalue()


def test_a_large_photo_becomes_smaller_and_keeps_its_shape() -> None:
    cleaned = clean(picture("JPEG", (4000, 3000)))
    assert cleaned.width
    assert cleaned.height
    assert cleaned.width * cleaned.height <= media.SHOWN_PIXELS * 1.001
    assert cleaned.width / cleaned.height == pytest.approx(4 / 3, 0.01)


def huge_png(side: int = 30_000) -> bytes:
    """A few bytes that claim to be 900 million pixels."""
    head = b"IHDR" + side.to_bytes(4, "big") * 2 + b"\x08\0\0\0\0"
    chunk = (13).to_bytes(4, "big") + head + zlib.crc32(head).to_bytes(4, "big")
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT" + zlib.crc32(b"IDAT").to_bytes(4, "big")


REFUSED = [
    (b"", MediaCode.EMPTY),
    (bytes(media.MOST_BYTES_SENT + 1), MediaCode.TOO_LARGE),
    (b"hello", MediaCode.UNKNOWN),
    (b"%PDF-1.7", MediaCode.UNKNOWN),
    (b"PK\x03\x04 a package", MediaCode.UNKNOWN),
    (b"MZ" + bytes(100), MediaCode.UNKNOWN),
    (b'\xef\xbb\xbf<?xml version="1.0"?>\n<svg onload="x()"/>', MediaCode.SVG),
    (b"\xd7\xcd\xc6\x9a", MediaCode.METAFILE),
    (b"\x01\0\0\0".ljust(40, b"\0") + b" EMF", MediaCode.METAFILE),
    (picture("TIFF"), MediaCode.TIFF),
    (b"\0\0\0\x18ftypheic", MediaCode.HEIC),
    (m4a(b"vide"), MediaCode.VIDEO),
    (b"\x1aE\xdf\xa3webm", MediaCode.VIDEO),
    (b"OggS" + bytes(24) + b"\x80theora", MediaCode.VIDEO),
    (moving(), MediaCode.MOVING),
    (moving("WEBP"), MediaCode.MOVING),
    (huge_png(), MediaCode.TOO_MANY_PIXELS),
    (huge_png(7000), MediaCode.TOO_MANY_PIXELS),
    (picture()[:-30], MediaCode.DAMAGED),
    (picture("JPEG")[:300], MediaCode.DAMAGED),
    (b"\x89PNG\r\n\x1a\n", MediaCode.DAMAGED),
    (b"BM\0\0\0\0\0\0\0\0", MediaCode.DAMAGED),
    (wave()[:500], MediaCode.DAMAGED),
    (m4a()[:-3], MediaCode.DAMAGED),
    (b"ID3\x04\0\0\0\0\0\x02xx and no sound", MediaCode.DAMAGED),
]


@pytest.mark.parametrize(("content", "code"), REFUSED, ids=[f"{n}-{code}" for n, (_, code) in enumerate(REFUSED)])
def test_what_cant_be_kept_is_refused_in_words(content: bytes, code: MediaCode) -> None:
    with pytest.raises(MediaError) as refused:
        clean(content)
    assert refused.value.code is code
    assert str(refused.value) == SENTENCES[code]


def test_a_name_says_nothing() -> None:
    """A script that begins as a picture does is no picture, and what follows a picture's end isn't kept."""
    with pytest.raises(MediaError):
        clean(b"GIF89a/*<script>*/")
    assert b"<script>" not in clean(picture("JPEG") + b"<script>alert(1)</script>").content


@pytest.mark.parametrize("content", [picture(), telling_jpeg(), picture("WEBP"), picture("GIF"), wave(), m4a(), mp3()])
def test_a_broken_file_is_refused_or_kept_but_never_a_fault(content: bytes) -> None:
    rng = random.Random(4)
    for _ in range(40):
        broken = bytearray(content)
        for _ in range(rng.randint(1, 8)):
            broken[rng.randrange(len(broken))] = rng.randrange(256)
        try:
            cleaned = clean(bytes(broken[: rng.randint(1, len(broken))] if rng.random() < 0.3 else broken))
        except MediaError:
            continue
        assert len(cleaned.content) <= media.MOST_BYTES


def test_what_is_too_large_after_cleaning_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(media, "MOST_BYTES", 100)
    with pytest.raises(MediaError, match="larger"):
        clean(picture())


def test_how_long_a_wave_lasts_is_known() -> None:
    assert clean(wave(2)).duration_ms == 2000
    assert clean(ogg()).suffix == "ogg"
