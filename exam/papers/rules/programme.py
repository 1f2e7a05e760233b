"""Integer programmes, solved by HiGHS: the one place that knows how to talk to it.

Huangfu and Hall, Parallelizing the dual revised simplex method, Mathematical Programming Computation 10 (2018).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from time import monotonic

from highspy import Highs, HighsLp, HighsModelStatus, HighsVarType, MatrixFormat

INFINITE = float("inf")
DECIDED = (HighsModelStatus.kInfeasible, HighsModelStatus.kUnboundedOrInfeasible)
SOME_SEARCH = 200
"""Nodes after which a solution that isn't good enough is: counted, not timed, so that it is the same anywhere."""
FOUND = 2
"""How HiGHS says that a solution meets every constraint."""


class _Solver(Highs):
    """HiGHS without the callbacks and the greeting of its Python class, on one thread: the same seed, the same way."""

    def __init__(self, seconds: float, seed: int) -> None:
        super(Highs, self).__init__()
        options = {"output_flag": False, "threads": 1, "random_seed": seed % 2**31, "time_limit": seconds}
        for name, value in {**options, "mip_rel_gap": 0.0}.items():
            self.setOptionValue(name, value)


@dataclass(frozen=True, slots=True)
class Solution:
    """What HiGHS found: the values of the variables, None without any; what they cost; what nothing can be below.

    `proven`: nothing costs less, or, without values, nothing meets the constraints.
    """

    values: list[float] | None
    cost: float
    bound: float
    proven: bool


class Programme:
    """Variables between bounds, each with its cost, and sums of them between bounds; the least cost is wanted."""

    def __init__(self) -> None:
        self._columns: list[tuple[float, float, float, bool]] = []
        self._rows: list[tuple[list[int], list[float], float, float]] = []

    def variable(self, *, cost: float = 0.0, least: float = 0.0, most: float = 1.0, whole: bool = True) -> int:
        """Another variable; gives its number."""
        self._columns.append((cost, least, most, whole))
        return len(self._columns) - 1

    def limit(self, terms: Iterable[tuple[int, float]], least: float = -INFINITE, most: float = INFINITE) -> None:
        """Keep a sum between two bounds. `terms`: variables, none twice, each with its factor."""
        found = list(terms)
        self._rows.append(([number for number, _factor in found], [factor for _n, factor in found], least, most))

    def solve(self, seconds: float, seed: int, *, gap: float = 1e-6, enough: float | None = None) -> Solution:
        """The cheapest values, to within `gap`; with `enough`, any that cost as little as this, and after some search
        any at all.

        Other threads go on meanwhile. After `seconds` it gives what it has: only then does the machine's speed matter.
        """
        if seconds <= 0:
            return Solution(None, INFINITE, -INFINITE, proven=False)
        until = monotonic() + seconds
        solver = _Solver(seconds, seed)
        solver.setOptionValue("mip_abs_gap", gap)
        if enough is not None:
            solver.setOptionValue("objective_target", enough)
            solver.setOptionValue("mip_max_nodes", SOME_SEARCH)
        solver.passModel(self._model())
        solver.setOptionValue("time_limit", max(0.0, until - monotonic()))
        solver.run()
        info, status = solver.getInfo(), solver.getModelStatus()
        if info.primal_solution_status != FOUND:
            return Solution(None, INFINITE, -INFINITE, proven=status in DECIDED)
        values = [float(value) for value in solver.getSolution().col_value]
        return Solution(values, info.objective_function_value, info.mip_dual_bound, status == HighsModelStatus.kOptimal)

    def _model(self) -> HighsLp:
        model = HighsLp()
        model.num_col_, model.num_row_ = len(self._columns), len(self._rows)
        model.col_cost_, model.col_lower_, model.col_upper_ = (
            [column[place] for column in self._columns] for place in range(3)
        )
        model.integrality_ = [
            HighsVarType.kInteger if whole else HighsVarType.kContinuous for *_bounds, whole in self._columns
        ]
        model.row_lower_ = [least for _numbers, _factors, least, _most in self._rows]
        model.row_upper_ = [most for _numbers, _factors, _least, most in self._rows]
        starts = [0]
        for numbers, *_rest in self._rows:
            starts.append(starts[-1] + len(numbers))
        model.a_matrix_.format_ = MatrixFormat.kRowwise
        model.a_matrix_.start_ = starts
        model.a_matrix_.index_ = [number for numbers, *_rest in self._rows for number in numbers]
        model.a_matrix_.value_ = [factor for _numbers, factors, *_rest in self._rows for factor in factors]
        return model
