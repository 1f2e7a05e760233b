"""The site, put together. The list of features below is the only one."""

from pathlib import Path

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from config import Config
from exam import clock
from exam.accounts.routes import bp as accounts
from exam.accounts.session import init_sign_in
from exam.analysis.routes import bp as analysis
from exam.appeals.routes import bp as appeals
from exam.attempts.routes import bp as attempts
from exam.attempts.short_way import init_short_way
from exam.authoring.routes import bp as authoring
from exam.availability import engine_options, init_availability
from exam.cli import init_cli
from exam.corrections.routes import bp as corrections
from exam.courses.routes import bp as courses
from exam.db import init_db
from exam.defence.routes import bp as defence
from exam.errors import init_errors
from exam.health import bp as health
from exam.home.routes import bp as home
from exam.invigilation.routes import bp as invigilation
from exam.marking.routes import bp as marking
from exam.media.routes import bp as media
from exam.notices.routes import bp as notices
from exam.papers.routes import bp as papers
from exam.people.routes import bp as people
from exam.receipts.routes import bp as receipts
from exam.results.routes import bp as results
from exam.retakes.routes import bp as retakes
from exam.sittings.routes import bp as sittings
from exam.standards.routes import bp as standards
from exam.web import init_web
from exam.wiring import connect

FEATURES = (
    accounts, notices, courses, papers, sittings, attempts, receipts, invigilation, marking,
    results, media, retakes, analysis, standards, people, authoring, corrections, appeals, defence, home, health,
)  # fmt: skip
"""In order: a later feature may use an earlier one, never the other way round (tests/test_architecture.py)."""


def create_app(config: Config | None = None) -> Flask:
    """Build the site from its settings (by default those of the environment)."""
    settings = config or Config.from_env()
    settings.check()
    if settings.test_clock:
        clock.rehearse(Path(settings.test_clock))
    app = Flask(__name__)
    app.config.from_mapping(flask_settings(settings))
    init_db(app)
    init_sign_in(app)
    init_web(app)
    init_errors(app)
    init_availability(app)
    for feature in FEATURES:
        app.register_blueprint(feature)
    init_short_way(app)
    if settings.trusted_proxies:
        hops = settings.trusted_proxies
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=hops, x_proto=hops, x_host=hops)  # type: ignore[method-assign]  # Flask's own way
    connect()
    init_cli(app)
    return app


def flask_settings(settings: Config) -> dict[str, object]:
    """Our settings in the words of Flask and its extensions; ours stay whole under JIEYE."""
    secure = settings.production and settings.base_url.startswith("https://")
    return {
        "JIEYE": settings,
        "SECRET_KEY": settings.secret_key,
        "TESTING": settings.environment == "test",
        "SQLALCHEMY_DATABASE_URI": settings.database_url,
        "SQLALCHEMY_ENGINE_OPTIONS": engine_options(settings.database_url),
        "MAX_CONTENT_LENGTH": settings.max_upload_bytes,
        "BABEL_DEFAULT_TIMEZONE": settings.timezone,
        "SESSION_COOKIE_NAME": "jieye",
        "SESSION_COOKIE_SAMESITE": "Lax",
        "SESSION_COOKIE_SECURE": secure,
        "SESSION_COOKIE_HTTPONLY": True,
        "PERMANENT_SESSION_LIFETIME": 12 * 3600,
        "WTF_CSRF_SSL_STRICT": False,
    }
