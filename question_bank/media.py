"""Pictures and sounds as they may be kept: told by their content, never by a name, and freed of all that isn't shown.

A picture is decoded and written anew: where it was taken, by which device, comments, what follows behind its end, all
of it is gone; it stands upright and has the colours every screen has. Sounds keep their content and lose their tags.
"""

from dataclasses import dataclass
from enum import StrEnum
from hashlib import sha256
from io import BytesIO

from PIL import ExifTags, Image, ImageCms, ImageOps

from question_bank import sounds

MOST_BYTES = 5 * 1024 * 1024
"""Of one medium, once it is cleaned."""
MOST_BYTES_SENT = 20 * 1024 * 1024
"""Of a file before: a photo is made smaller."""
MOST_PIXELS = 40_000_000
"""Of a picture before: a small file may unpack to any size."""
SHOWN_PIXELS = 8_000_000
"""Of a picture afterwards: no screen shows more."""
QUALITY = 88
UPRIGHT = 1
CONTENT_TYPES = {
    "png": "image/png",
    "jpg": "image/jpeg",
    "webp": "image/webp",
    "gif": "image/gif",
    "mp3": "audio/mpeg",
    "m4a": "audio/mp4",
    "ogg": "audio/ogg",
    "wav": "audio/wav",
}
"""By the suffix of a medium's name."""
_WRITTEN = {"JPEG": "jpg", "PNG": "png", "GIF": "png", "BMP": "png", "WEBP": "webp"}
"""What each format of a picture is kept as, by its suffix."""
_OPAQUE = ("RGB", "L", "CMYK")


class MediaCode(StrEnum):
    """Why a file can't be kept as a picture or sound."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    UNKNOWN = "unknown"
    SVG = "svg"
    METAFILE = "metafile"
    TIFF = "tiff"
    HEIC = "heic"
    VIDEO = "video"
    MOVING = "moving"
    TOO_MANY_PIXELS = "too_many_pixels"
    DAMAGED = "damaged"


SENTENCES = {
    MediaCode.EMPTY: "The file is empty.",
    MediaCode.TOO_LARGE: "The picture or sound is larger than 5 MB. Make it smaller, or save a picture as JPEG.",
    MediaCode.UNKNOWN: "This is no picture or sound that browsers show: PNG, JPEG, GIF, WebP, MP3, M4A, Ogg or WAV.",
    MediaCode.SVG: "An SVG drawing can carry scripts and isn't kept. Save it as PNG.",
    MediaCode.METAFILE: "A drawing of Windows (EMF, WMF) isn't shown by browsers. Save it as PNG.",
    MediaCode.TIFF: "A TIFF picture isn't shown by browsers. Save it as PNG or JPEG.",
    MediaCode.HEIC: "A picture in HEIC or AVIF isn't shown by every browser. Save it as JPEG.",
    MediaCode.VIDEO: "Videos aren't kept here. Save a picture, or the sound alone.",
    MediaCode.MOVING: "A moving picture distracts and can't be stopped. Save the one picture of it that matters.",
    MediaCode.TOO_MANY_PIXELS: "The picture has more than 40 million pixels. Make it smaller.",
    MediaCode.DAMAGED: "The picture or sound is damaged or cut off. Save or send it again.",
}


class MediaError(Exception):
    """This can't be kept."""

    def __init__(self, code: MediaCode) -> None:
        super().__init__(SENTENCES[code])
        self.code = code


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A picture or sound as it is kept. Sizes in pixels, length in milliseconds; None where unknown or not there."""

    content: bytes
    suffix: str
    width: int | None = None
    height: int | None = None
    duration_ms: int | None = None

    @property
    def digest(self) -> str:
        return sha256(self.content).hexdigest()

    @property
    def name(self) -> str:
        """What it is called in texts and addresses."""
        return f"{self.digest[:32]}.{self.suffix}"

    @property
    def content_type(self) -> str:
        return CONTENT_TYPES[self.suffix]


def clean(content: bytes) -> Cleaned:
    """A picture or sound, freed of all that isn't shown. Refuses with MediaError; bounded in time and memory."""
    if not content:
        raise MediaError(MediaCode.EMPTY)
    if len(content) > MOST_BYTES_SENT:
        raise MediaError(MediaCode.TOO_LARGE)
    kind = picture_format(content)
    cleaned = _picture(content, kind) if kind else _sound(content)
    if len(cleaned.content) > MOST_BYTES:
        raise MediaError(MediaCode.TOO_LARGE)
    return cleaned


def picture_format(content: bytes) -> str | None:
    """Which picture this is by its first bytes, as Pillow calls it; None for none. Refuses what can't be kept."""
    if content.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if content.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "GIF"
    if content[:4] == b"RIFF" and content[8:12] == b"WEBP":
        return "WEBP"
    if content.startswith(b"BM") and content[6:10] == b"\0\0\0\0":
        return "BMP"
    if content.startswith((b"II*\0", b"MM\0*")):
        raise MediaError(MediaCode.TIFF)
    if content.startswith((b"\xd7\xcd\xc6\x9a", b"\x01\0\x09\0")) or content[40:44] == b" EMF":
        raise MediaError(MediaCode.METAFILE)
    if content[4:8] == b"ftyp" and content[8:12] in (b"heic", b"heix", b"hevc", b"mif1", b"msf1", b"avif", b"avis"):
        raise MediaError(MediaCode.HEIC)
    head = content[:4096].removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if head.startswith(b"<") and b"<svg" in head:
        raise MediaError(MediaCode.SVG)
    return None


def _picture(content: bytes, kind: str) -> Cleaned:
    try:
        with Image.open(BytesIO(content), formats=[kind]) as picture:
            return _written_anew(picture, kind, lossless=content[12:16] == b"VP8L")
    except MediaError:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise MediaError(MediaCode.TOO_MANY_PIXELS) from error
    except Exception as error:  # a decoder fails on a broken file in whatever way it comes to
        raise MediaError(MediaCode.DAMAGED) from error


def _written_anew(picture: Image.Image, kind: str, lossless: bool) -> Cleaned:
    """The picture alone, upright and in plain colours."""
    if picture.width * picture.height > MOST_PIXELS:
        raise MediaError(MediaCode.TOO_MANY_PIXELS)
    if getattr(picture, "n_frames", 1) > 1:
        raise MediaError(MediaCode.MOVING)
    suffix = _WRITTEN[kind]
    turned = picture.getexif().get(ExifTags.Base.Orientation, UPRIGHT) != UPRIGHT
    shown = _sized(_plain_coloured(ImageOps.exif_transpose(picture) if turned else picture, suffix))
    shown.info = {name: value for name, value in shown.info.items() if name == "transparency"}
    out = BytesIO()
    match suffix:
        case "jpg":
            # What only loses its tags keeps its quality; what was turned or made smaller has none of its own.
            shown.save(out, "JPEG", quality="keep" if shown is picture else QUALITY)
        case "webp":
            shown.save(out, "WEBP", lossless=lossless, quality=QUALITY)
        case _:
            shown.save(out, "PNG")
    return Cleaned(out.getvalue(), suffix, shown.width, shown.height)


def _plain_coloured(picture: Image.Image, suffix: str) -> Image.Image:
    """The picture in sRGB, without the profile that said otherwise, and in a mode that its format has."""
    profile = picture.info.get("icc_profile")
    if profile and picture.mode in (*_OPAQUE, "RGBA"):
        mode = "RGB" if picture.mode == "CMYK" else picture.mode
        try:
            source = ImageCms.ImageCmsProfile(BytesIO(profile))
            if "sRGB" not in ImageCms.getProfileDescription(source):
                turned = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"), outputMode=mode)
                picture = turned or picture
        except (ImageCms.PyCMSError, OSError, ValueError):
            pass  # a broken profile: the numbers as they are
    if picture.mode == "CMYK" or (suffix == "jpg" and picture.mode not in _OPAQUE):
        return picture.convert("RGB")
    if picture.mode.startswith("I") or picture.mode == "F":
        return picture.convert("I").point(lambda value: value * (1 / 256)).convert("L")
    return picture


def _sized(picture: Image.Image) -> Image.Image:
    """The picture with no more pixels than are shown."""
    pixels = picture.width * picture.height
    if pixels <= SHOWN_PIXELS:
        return picture
    share = (SHOWN_PIXELS / pixels) ** 0.5
    size = (max(1, round(picture.width * share)), max(1, round(picture.height * share)))
    if picture.mode == "P":
        picture = picture.convert("RGBA")
    return picture.resize(size, Image.Resampling.LANCZOS)


def _sound(content: bytes) -> Cleaned:
    try:
        found = sounds.clean(content)
    except sounds.NotASound as error:
        code = {"video": MediaCode.VIDEO, "damaged": MediaCode.DAMAGED}.get(str(error), MediaCode.UNKNOWN)
        raise MediaError(code) from error
    return Cleaned(found.content, found.suffix, duration_ms=found.duration_ms)
