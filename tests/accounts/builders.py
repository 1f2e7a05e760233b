"""How the tests of accounts' pages sign in, and who they then are."""

import re

GOOD = "a good long password"
"""The password of `person`."""


def sign_in(client, username="linxy", password=GOOD, **data):
    """Type into the form of the door."""
    return client.post("/sign-in", data={"username": username, "password": password, **data})


def who(client):
    """Whose profile the client sees; None for a visitor."""
    response = client.get("/profile")
    found = re.search(r"<h1>(.*?)</h1>", response.get_data(as_text=True))
    return found.group(1) if response.status_code == 200 and found else None
