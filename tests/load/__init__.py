"""How fast the site is: `make bench`. See docs/development.md.

`__main__` asks for figures, `figures` measures them, in a `hall` full of candidates whose `scripts` a `driver` plays in
a process of its own; `yardstick` is pgbench, and `report` says what came out.
"""
