"""What a hall full of candidates loses when things break around it: `python -m tests.faults`, or `make faults`.

Read `candidate.py` (somebody who writes, and remembers what the server said), `oracle.py` (what the database has to say
to that) and `hall.py` (the site they sit in). Then each file of scenarios breaks one kind of thing.
"""
