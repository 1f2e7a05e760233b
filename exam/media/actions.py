"""Bringing pictures and sounds into the bank. Flushed, never committed."""

from datetime import datetime
from typing import Any

from sqlalchemy.orm import Session

from exam.errors import Refused, _l
from question_bank import bank
from question_bank.media import MediaCode, MediaError
from question_bank.models import Media

REFUSALS: dict[MediaCode, Any] = {
    MediaCode.EMPTY: _l("The file is empty."),
    MediaCode.TOO_LARGE: _l("The picture or sound is larger than 5 MB. Make it smaller, or save a picture as JPEG."),
    MediaCode.UNKNOWN: _l(
        "This is no picture or sound that browsers show: PNG, JPEG, GIF, WebP, MP3, M4A, Ogg or WAV."
    ),
    MediaCode.SVG: _l("An SVG drawing can carry scripts and isn't kept. Save it as PNG."),
    MediaCode.METAFILE: _l("A drawing of Windows (EMF, WMF) isn't shown by browsers. Save it as PNG."),
    MediaCode.TIFF: _l("A TIFF picture isn't shown by browsers. Save it as PNG or JPEG."),
    MediaCode.HEIC: _l("A picture in HEIC or AVIF isn't shown by every browser. Save it as JPEG."),
    MediaCode.VIDEO: _l("Videos aren't kept here. Save a picture, or the sound alone."),
    MediaCode.MOVING: _l("A moving picture distracts and can't be stopped. Save the one picture of it that matters."),
    MediaCode.TOO_MANY_PIXELS: _l("The picture has more than 40 million pixels. Make it smaller."),
    MediaCode.DAMAGED: _l("The picture or sound is damaged or cut off. Save or send it again."),
}


def keep(session: Session, content: bytes, *, actor_id: int, now: datetime) -> Media:
    """Keep a picture or sound, cleaned; one that is there already is given back. Refuses in words what can't be."""
    try:
        return bank.store_media(session, content, actor_id, now)
    except MediaError as error:
        raise Refused(REFUSALS[error.code], code=error.code.value) from error
