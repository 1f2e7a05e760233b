"""Statistics of questions and tests, on plain arrays: what they are, with their formulas and sources.

`matrix` holds the marks, `figures` what comes out: a number, or why there is none. Nothing here knows a database.
"""
