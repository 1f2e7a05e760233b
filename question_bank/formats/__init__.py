"""One file a format: `read(text)` gives entries and problems, `write(…)` gives text. Pure: no files, no database."""
