"""Web workers die in the middle of whatever they do."""

from threading import Event

from tests.faults.hall import Hall


def a_worker_is_killed(hall: Hall, seconds: float) -> None:
    """SIGKILL one worker, then the other, while everybody writes; the server starts others."""
    with hall.at_work(lambda candidate: candidate.sit_through(seconds, writes=int(3 * seconds))):
        for _ in range(2):
            Event().wait(seconds / 4)
            hall.serving.kill_worker()


def all_workers_are_killed(hall: Hall, seconds: float) -> None:
    """SIGKILL the whole server; start it again after a while, as systemd would."""
    with hall.at_work(lambda candidate: candidate.sit_through(seconds, writes=int(3 * seconds))):
        Event().wait(seconds / 4)
        hall.serving.kill_all()
        Event().wait(seconds / 4)
        hall.serving.start()
