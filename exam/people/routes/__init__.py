"""HR's pages about people: the list, one person's history, assigning, importing, cohorts."""

from exam.people.routes import assigning, importing, lists, persons
from exam.people.routes.blueprint import bp

__all__ = ["assigning", "bp", "importing", "lists", "persons"]
