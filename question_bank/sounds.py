"""Sounds as they may be kept: MP3, M4A, Ogg and WAV by their first bytes, without tags that name people or places."""

import re
import struct
from dataclasses import dataclass

_OGG_SOUNDS = (b"\x01vorbis", b"OpusHead", b"\x7fFLAC", b"Speex   ")
_VIDEO_TRACK = re.compile(rb"hdlr.{8}vide", re.DOTALL)
_KEPT_OF_WAV = (b"fmt ", b"data", b"fact")


class NotASound(Exception):
    """This isn't kept as a sound: "unknown", "video" or "damaged"."""


@dataclass(frozen=True, slots=True)
class Sound:
    """A sound, its suffix, and its length in milliseconds where that is easily told."""

    content: bytes
    suffix: str
    duration_ms: int | None = None


def clean(content: bytes) -> Sound:
    """The sound without its tags. Refuses with NotASound."""
    if content[:4] == b"RIFF" and content[8:12] == b"WAVE":
        return _wav(content)
    if content[4:8] == b"ftyp":
        return _m4a(content)
    if content.startswith(b"OggS"):
        head = content[:4096]
        if b"\x80theora" in head or not any(mark in head for mark in _OGG_SOUNDS):
            raise NotASound("video")
        return Sound(content, "ogg")
    if content.startswith((b"\x1aE\xdf\xa3", b"FLV\x01")) or (content[:4] == b"RIFF" and content[8:12] == b"AVI "):
        raise NotASound("video")
    return _mp3(content)


def _mp3(content: bytes) -> Sound:
    """MPEG layer 3 without ID3 before and behind."""
    tagged = content.startswith(b"ID3")
    while content[:3] == b"ID3" and len(content) > 10:
        # A size of four times seven bits, and a footer of ten bytes where the flags say so.
        size = sum((byte & 0x7F) << shift for byte, shift in zip(content[6:10], (21, 14, 7, 0), strict=True))
        content = content[10 + size + (10 if content[5] & 0x10 else 0) :].lstrip(b"\0")
    if content[-128:-125] == b"TAG":
        content = content[:-128]
    is_frame = len(content) > 4 and content[0] == 0xFF and content[1] & 0xE6 == 0xE2
    if not is_frame:
        raise NotASound("damaged" if tagged else "unknown")
    return Sound(content, "mp3")


def _wav(content: bytes) -> Sound:
    """Waves with nothing but their form and data."""
    kept, place, rate, length = [], 12, 0, 0
    while place + 8 <= len(content):
        name, size = content[place : place + 4], int.from_bytes(content[place + 4 : place + 8], "little")
        body = content[place + 8 : place + 8 + size]
        if name == b"data" and len(body) < size and size < 0xFFFFFF00:
            raise NotASound("damaged")
        if name == b"fmt " and len(body) >= 16:
            rate = int.from_bytes(body[8:12], "little")
        if name in _KEPT_OF_WAV:
            length += len(body) if name == b"data" else 0
            kept.append(name + struct.pack("<I", len(body)) + body + b"\0" * (len(body) % 2))
        place += 8 + size + size % 2
    if not rate or not length:
        raise NotASound("damaged")
    inside = b"WAVE" + b"".join(kept)
    return Sound(b"RIFF" + struct.pack("<I", len(inside)) + inside, "wav", round(1000 * length / rate))


def _m4a(content: bytes) -> Sound:
    """The sound of an MPEG-4 file; its tags are overwritten in place, so that nothing else moves."""
    if _VIDEO_TRACK.search(content):
        raise NotASound("video")
    emptied = bytearray(content)
    found_sound = False
    for name, start, end in _boxes(content, 0, len(content)):
        if name in (b"meta", b"udta", b"uuid"):
            _empty(emptied, start, end)
        elif name == b"moov":
            found_sound = b"soun" in content[start:end]
            for inner, inner_start, inner_end in _boxes(content, start + 8, end):
                if inner in (b"udta", b"meta", b"uuid"):
                    _empty(emptied, inner_start, inner_end)
    if not found_sound:
        raise NotASound("damaged")
    return Sound(bytes(emptied), "m4a")


def _boxes(content: bytes, start: int, end: int) -> list[tuple[bytes, int, int]]:
    """The boxes between two places: name, beginning, end. Refuses one that ends outside."""
    found = []
    while start + 8 <= end:
        size, name = int.from_bytes(content[start : start + 4], "big"), content[start + 4 : start + 8]
        if size == 1:
            size = int.from_bytes(content[start + 8 : start + 16], "big")
        size = size or end - start
        if size < 8 or start + size > end:
            raise NotASound("damaged")
        found.append((name, start, start + size))
        start += size
    return found


def _empty(content: bytearray, start: int, end: int) -> None:
    content[start + 4 : end] = b"free" + bytes(end - start - 8)
