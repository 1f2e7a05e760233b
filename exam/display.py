"""How times, numbers and words look on a page: in the company's time zone and the reader's language."""

import math
import re
from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from babel.dates import format_date, get_timezone_name
from flask import Flask
from flask_babel import get_locale
from flask_babel import gettext as _
from flask_babel import ngettext as _n
from jinja2 import pass_context
from jinja2.runtime import Context
from markupsafe import Markup

from exam import clock as site_clock
from exam.company import zone

NOTHING = "\u2014"
UNIT = re.compile(r"(?<=\d) (?=[^\W\d_])")


def local(moment: datetime) -> datetime:
    """An aware moment as the company's clocks show it."""
    return moment.astimezone(zone())


def units(text: str) -> str:
    """Join each number and its unit, so that no line ends between them."""
    joined = UNIT.sub("\u00a0", str(text))
    return Markup(joined) if isinstance(text, Markup) else joined


def day(value: date | datetime | None) -> str:
    """Wed 25 Nov; the year only when it isn't this one."""
    if value is None:
        return NOTHING
    shown = local(value).date() if isinstance(value, datetime) else value
    this_year = local(site_clock.now()).year
    pattern = _("EEE d MMM") if shown.year == this_year else _("EEE d MMM y")
    return units(format_date(shown, pattern, locale=get_locale()))


def short_day(value: date | datetime | None) -> str:
    """11-25, for tables; with its year when it isn't this one."""
    if value is None:
        return NOTHING
    shown = local(value).date() if isinstance(value, datetime) else value
    this_year = local(site_clock.now()).year
    return shown.strftime("%m-%d") if shown.year == this_year else shown.isoformat()


def clock(value: datetime | None) -> str:
    """10:30"""
    return local(value).strftime("%H:%M") if value else NOTHING


def clock_seconds(value: datetime | None) -> str:
    """10:30:05"""
    return local(value).strftime("%H:%M:%S") if value else NOTHING


def moment(value: datetime | None) -> str:
    """Wed 25 Nov 10:30"""
    return f"{day(value)} {clock(value)}" if value else NOTHING


def span(start: datetime, end: datetime) -> str:
    """Wed 25 Nov 10:30–11:30, naming the day once when it is the same."""
    if local(start).date() == local(end).date():
        return f"{moment(start)}\u2013{clock(end)}"
    return f"{moment(start)} \u2013 {moment(end)}"


def machine_time(value: date | datetime) -> str:
    """For `<time datetime>`: the moment with its offset."""
    return local(value).isoformat(timespec="seconds") if isinstance(value, datetime) else value.isoformat()


def score(value: Fraction | int | None) -> str:
    """Points rounded down to one decimal, so that 79.95 never looks like 80."""
    if value is None:
        return NOTHING
    tenths = math.floor(Fraction(value) * 10)
    whole, tenth = divmod(tenths, 10)
    return f"{whole}.{tenth}" if tenth else str(whole)


def minutes(value: int) -> str:
    """60 minutes"""
    return units(_n("%(num)d minute", "%(num)d minutes", value))


def factor(value: Fraction) -> str:
    """1.25, exactly; 4/3 where the decimals don't end soon."""
    return f"{float(value):g}" if value == round(value, 3) else str(value)


def percent(part: Fraction | int, whole: Fraction | int) -> str:
    """A share, rounded down to one decimal; a dash when there is nothing to share."""
    return f"{score(100 * Fraction(part) / Fraction(whole))}%" if whole else NOTHING


def zone_name() -> str:
    """What people call the company's time zone."""
    return str(get_timezone_name(zone(), locale=get_locale()))


def each_time(show: Callable[..., str]) -> Callable[..., str]:
    """Make a filter that runs for each reader: Jinja works out `60 | minutes` once, in the first reader's language."""

    @pass_context
    def filter_for_reader(_context: Context, value: Any, *args: Any) -> str:
        return show(value, *args)

    return filter_for_reader


def init_display(app: Flask) -> None:
    """Make these available to the templates as filters."""
    for show in (
        day,
        short_day,
        clock,
        clock_seconds,
        moment,
        span,
        machine_time,
        score,
        minutes,
        units,
        factor,
        percent,
    ):
        app.jinja_env.filters[show.__name__] = each_time(show)
    app.jinja_env.globals["zone_name"] = zone_name
