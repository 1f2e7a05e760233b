"""Questions in tables: Excel workbooks and CSV, with headings in any words and order."""

from question_bank.formats.tables.grids import is_workbook
from question_bank.formats.tables.reading import (
    COLUMNS,
    fits_csv,
    grids_of,
    read_columns,
    read_csv,
    read_grids,
    read_xlsx,
)
from question_bank.formats.tables.writing import template, write_csv, write_xlsx

__all__ = [
    "COLUMNS",
    "fits_csv",
    "grids_of",
    "is_workbook",
    "read_columns",
    "read_csv",
    "read_grids",
    "read_xlsx",
    "template",
    "write_csv",
    "write_xlsx",
]
