"""The signature of a session, whatever the machine's clock does."""

import time
from datetime import timedelta

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from tests.builders import make_person
from tests.support.client import CheckingClient

HOUR = 3600


@pytest.mark.parametrize(
    ("step", "holds"), [(-HOUR, True), (-2, True), (HOUR, True), (13 * HOUR, False), (-13 * HOUR, False)]
)
def test_a_clock_that_is_set_right_signs_nobody_out(
    app: Flask, client: CheckingClient, session: Session, monkeypatch: pytest.MonkeyPatch, step: int, holds: bool
) -> None:
    assert app.permanent_session_lifetime == timedelta(hours=12)
    client.sign_in(make_person(session))
    assert client.get("/").status_code == 200
    real = time.time
    monkeypatch.setattr(time, "time", lambda: real() + step)
    assert (client.get("/").status_code == 200) is holds
