"""All statistics of a response matrix as one document, for other programs: `flask statistics FILE.csv --json`."""

from typing import Any

from question_bank.statistics.decisions import huynh, livingston, subkoviak
from question_bank.statistics.figures import SENTENCES, Figure, WhyNot
from question_bank.statistics.items import ItemStatistics, item_statistics
from question_bank.statistics.rasch import rasch
from question_bank.statistics.table import ResponseTable
from question_bank.statistics.totals import TotalStatistics, total_statistics

ITEM_FIELDS = (
    "facility", "sd", "discrimination_index", "discriminative_efficiency", "item_rest", "point_biserial",
    "alpha_if_deleted", "effective_weight", "intended_weight",
)  # fmt: skip
TEST_FIELDS = ("mean", "sd", "skewness", "kurtosis", "alpha", "cic", "error_ratio", "standard_error", "sem")


def report(table: ResponseTable, cut: float | None) -> dict[str, Any]:
    """The document: null for what can't be computed, and why, by its path, under `reasons`."""
    reasons: dict[str, str] = {}
    document = {
        "n": table.data.persons,
        "items": _items(table, item_statistics(table.data), reasons),
        "test": _test(total_statistics(table.data), reasons),
        "rasch": _rasch(table, reasons),
        "decision": _decision(table, cut, reasons),
    }
    return {**document, "reasons": reasons, "warnings": list(table.warnings)}


def _items(table: ResponseTable, found: list[ItemStatistics], reasons: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {"name": name}
        | {field: _shown(getattr(one, field), f"items.{place}.{field}", reasons) for field in ITEM_FIELDS}
        for place, (name, one) in enumerate(zip(table.names, found, strict=True))
    ]


def _test(found: TotalStatistics, reasons: dict[str, str]) -> dict[str, Any]:
    return {field: _shown(getattr(found, field), f"test.{field}", reasons) for field in TEST_FIELDS}


def _rasch(table: ResponseTable, reasons: dict[str, str]) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "difficulty": _shown(one.difficulty, f"rasch.{place}.difficulty", reasons),
            "se": _shown(one.se, f"rasch.{place}.se", reasons),
            "infit": _shown(one.infit, f"rasch.{place}.infit", reasons),
            "outfit": _shown(one.outfit, f"rasch.{place}.outfit", reasons),
        }
        for place, (name, one) in enumerate(zip(table.names, rasch(table.data), strict=True))
    ]


def _decision(table: ResponseTable, cut: float | None, reasons: dict[str, str]) -> dict[str, Any] | None:
    if cut is None:
        reasons["decision"] = SENTENCES[WhyNot.NO_CUT]
        return None
    by_subkoviak, by_huynh = subkoviak(table.data, cut), huynh(table.data, cut)
    figures = {
        "livingston": livingston(table.data, cut),
        "subkoviak_agreement": by_subkoviak.agreement,
        "subkoviak_kappa": by_subkoviak.kappa,
        "huynh_agreement": by_huynh.agreement,
        "huynh_kappa": by_huynh.kappa,
    }
    return {"cut": cut} | {name: _shown(one, f"decision.{name}", reasons) for name, one in figures.items()}


def _shown(figure: Figure, path: str, reasons: dict[str, str]) -> float | None:
    if figure.value is None:
        reasons[path] = figure.reason
    return figure.value
