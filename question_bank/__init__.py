"""A library about questions: what they are, how they are marked, kept and searched. It knows no web and no people."""
