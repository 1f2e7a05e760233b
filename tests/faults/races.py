"""Two things at once: the deadline and a save, the closing job and a handing in, two devices."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Event, Thread

from exam.app import create_app
from exam.attempts.actions import close_due
from exam.db import db
from tests.faults.candidate import Candidate
from tests.faults.hall import Hall
from tests.faults.page import Page
from tests.support.database import testing_config

GRACE = 1


def deadline_during_a_save(hall: Hall, seconds: float) -> None:
    """Everybody saves without a pause until the server takes no more; their pages' clocks are slow."""
    end = hall.end_in(seconds, GRACE)

    def life(candidate: Candidate) -> None:
        page = candidate.open_page()
        questions = list(page.questions.values())
        while page.live and not page.ended:
            write = candidate.write_something(candidate.rng.choice(questions))
            page.change(write.position, write.response)
            page.save_next()

    with hall.at_work(life):
        Event().wait((end - datetime.now(UTC)).total_seconds())
    hall.wait_until_closed()


def handing_in_while_it_is_closed(hall: Hall, seconds: float) -> None:
    """Around deadline and grace each page hands in twice at once, while others close what is due, again and again."""
    end = hall.end_in(seconds, GRACE)
    over = Event()

    app = create_app(testing_config(hall.database_url))

    def close() -> None:
        while not over.is_set():
            with app.app_context():
                close_due(db.session(), datetime.now(UTC))
                db.session.commit()

    def life(candidate: Candidate) -> None:
        page = candidate.open_page()
        if not page.live:  # a machine so slow that the time was over before
            return
        page.work(candidate.plan(page.questions.values(), seconds / 2, writes=6))
        write = candidate.write_something(next(iter(page.questions.values())))
        page.change(write.position, write.response)
        early = candidate.rng.uniform(-0.2, 0.2)
        candidate.rest(max(0.0, (end - datetime.now(UTC)).total_seconds() + GRACE + early))
        _hand_in_twice(candidate, page)

    closers = [Thread(target=close, daemon=True) for _ in range(2)]
    for closer in closers:
        closer.start()
    with hall.at_work(life):
        pass
    over.set()
    for closer in closers:
        closer.join(30)
    with app.app_context():
        db.engine.dispose()
    hall.wait_until_closed()


def two_devices(hall: Hall, seconds: float) -> None:
    """Laptop and phone take the room from each other in turns, both writing on until they are told; one hands in."""

    def life(candidate: Candidate) -> None:
        laptop = candidate.open_page()
        with ThreadPoolExecutor(2) as pool:
            plans = [candidate.plan(laptop.questions.values(), seconds / 4, writes=int(seconds)) for _ in range(4)]
            page = laptop
            for turn, plan in enumerate(plans):
                working = pool.submit(page.work, plan)
                candidate.rest(candidate.rng.uniform(0, seconds / 4))
                other = candidate.another_wire()
                following = candidate.open_page(take_over=True, wire=other, own_journal=turn % 2 == 0)
                working.result()
                page.deliver()
                page = following
        page.work(candidate.plan(page.questions.values(), 1, writes=3))
        page.contact()  # as its summary does: what the other delivered meanwhile is shown before it counts
        page.hand_in()

    with hall.at_work(life):
        pass


def _hand_in_twice(candidate: Candidate, page: Page) -> None:
    """Press "Hand in" in two copies of one page at once, with the same changes waiting."""
    twin = Page(candidate, candidate.another_wire(), {}, page.name)
    twin.epoch, twin.answers = page.epoch, dict(page.answers)
    with ThreadPoolExecutor(2) as pool:
        for done in [pool.submit(one.hand_in) for one in (page, twin)]:
            done.result()
