"""What follows from what: the only list of listeners. Read it to see how one feature's act sets off another's."""


def connect() -> None:
    """Connect the listeners; doing it twice changes nothing."""
