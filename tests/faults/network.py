"""Requests that are cut, repeated, overtaken by others, or come when it is too late."""

from tests.faults.candidate import Candidate
from tests.faults.hall import Hall
from tests.faults.proxy import bad_network

GRACE = 1
"""Seconds; short, so that some come after it."""


def is_bad(hall: Hall, seconds: float) -> None:
    """Cut, swallow, repeat, delay and reorder requests and answers, the handing in as well."""
    with bad_network(hall.serving.url, seed=4) as network:
        for candidate in hall.candidates:
            candidate.wire.move(network.url)
        with hall.at_work(lambda candidate: write_and_forge(candidate, seconds)):
            pass


def write_and_forge(candidate: Candidate, seconds: float) -> None:
    """A whole attempt, with one number used twice in it, for other words: as if a page had lost count."""
    page = candidate.open_page()
    page.work(candidate.plan(page.questions.values(), seconds, writes=int(3 * seconds)))
    if page.live:
        page.forge()
        page.hand_in()


def is_slow_past_the_deadline(hall: Hall, seconds: float) -> None:
    """The same while the time runs out: some requests are delivered after deadline and grace."""
    hall.end_in(seconds, GRACE)
    with bad_network(hall.serving.url, seed=5, longest_delay=4 * GRACE) as network:
        for candidate in hall.candidates:
            candidate.wire.move(network.url)
        with hall.at_work(lambda candidate: write_to_the_end(candidate, seconds)):
            pass
    hall.wait_until_closed()


def write_to_the_end(candidate: Candidate, seconds: float) -> None:
    """Write on until the page says that the time is up, and beyond what the server takes."""
    page = candidate.open_page()
    page.work(candidate.plan(page.questions.values(), seconds + GRACE, writes=int(5 * seconds)))
    if page.live:
        page.time_up()
