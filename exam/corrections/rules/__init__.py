"""What a correction does, before it does it: which marks move, and who passes or fails by that.

Pure and exact. The preview and the act take the same road (`effect`), so what is shown is what happens.
"""

from exam.corrections.rules.figures import Figures, digest, figures
from exam.corrections.rules.moves import (
    Move,
    NothingLeft,
    Opinion,
    Progress,
    Sat,
    Standing,
    adds_key_points,
    effect,
    standing,
)
from exam.corrections.rules.ways import (
    BY_WORTH,
    FAULTY,
    LONGEST_REASON,
    OPEN,
    STANDING,
    Policy,
    State,
    policies,
    unrevoked,
)

__all__ = [
    "BY_WORTH",
    "FAULTY",
    "LONGEST_REASON",
    "OPEN",
    "STANDING",
    "Figures",
    "Move",
    "NothingLeft",
    "Opinion",
    "Policy",
    "Progress",
    "Sat",
    "Standing",
    "State",
    "adds_key_points",
    "digest",
    "effect",
    "figures",
    "policies",
    "standing",
    "unrevoked",
]
