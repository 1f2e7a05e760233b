"""What every feature may ask about the company without asking the web: its time zone."""

from zoneinfo import ZoneInfo

from flask import current_app, has_app_context

from config import Config


def zone() -> ZoneInfo:
    """The zone in which days, windows and opening hours are meant; outside any site, the default of the settings."""
    config: Config = current_app.config["JIEYE"] if has_app_context() else Config()
    return config.zone
