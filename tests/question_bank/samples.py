"""Pictures and sounds of our own making, with what a device writes into them."""

import struct
from io import BytesIO
from typing import Any

from PIL import ExifTags, Image, PngImagePlugin

SECRET = b"geheim"
"""Stands in every place where a file tells more than it shows."""


def picture(kind: str = "PNG", size: tuple[int, int] = (60, 40), mode: str = "RGB", **how: Any) -> bytes:
    """A picture whose left half is dark."""
    made = Image.new("RGB", size, "white")
    made.paste("navy", (0, 0, size[0] // 2, size[1]))
    out = BytesIO()
    made.convert(mode).save(out, kind, **how)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    """What a phone writes: the place, the device, and how it was held."""
    made = Image.Exif()
    made[ExifTags.Base.Make] = SECRET.decode()
    made[ExifTags.Base.Orientation] = orientation
    made.get_ifd(ExifTags.IFD.GPSInfo)[ExifTags.GPS.GPSLatitude] = (31.0, 12.0, 0.0)
    return made


def telling_png() -> bytes:
    info = PngImagePlugin.PngInfo()
    info.add_text("Author", SECRET.decode())
    info.add_itxt("XML:com.adobe.xmp", f"<x>{SECRET.decode()}</x>")
    return picture(pnginfo=info, exif=exif()) + SECRET


def telling_jpeg(orientation: int = 1, size: tuple[int, int] = (60, 40)) -> bytes:
    return picture("JPEG", size, exif=exif(orientation), comment=SECRET, quality=90) + SECRET


def moving(kind: str = "GIF") -> bytes:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "blue")]
    out = BytesIO()
    frames[0].save(out, kind, save_all=True, append_images=frames[1:], duration=100, loop=0)
    return out.getvalue()


def wave(seconds: int = 1, tag: bytes = SECRET) -> bytes:
    """A second of silence in mono, with a tag."""
    form = struct.pack("<HHIIHH", 1, 1, 8000, 8000, 1, 8)
    parts = [
        (b"fmt ", form),
        (b"LIST", b"INFOIART" + struct.pack("<I", len(tag)) + tag),
        (b"data", bytes(8000 * seconds)),
    ]
    inside = b"WAVE" + b"".join(name + struct.pack("<I", len(body)) + body for name, body in parts)
    return b"RIFF" + struct.pack("<I", len(inside)) + inside


def mp3() -> bytes:
    """Two frames of silence between an old and a new tag."""
    head = b"ID3\x04\0\0" + bytes([0, 0, 0, len(SECRET)]) + SECRET
    frame = b"\xff\xfb\x90\x00" + bytes(413)
    return head + 2 * frame + (b"TAG" + SECRET).ljust(128, b"\0")


def box(name: bytes, inside: bytes) -> bytes:
    return struct.pack(">I", 8 + len(inside)) + name + inside


def m4a(track: bytes = b"soun") -> bytes:
    handler = box(b"hdlr", bytes(8) + track + bytes(12))
    moov = box(b"moov", box(b"trak", box(b"mdia", handler)) + box(b"udta", SECRET))
    return box(b"ftyp", b"M4A \0\0\0\0") + moov + box(b"mdat", b"sound")


def ogg() -> bytes:
    return b"OggS" + bytes(24) + b"OpusHead" + bytes(40)
