"""A problem and a plan into every rule that the plan breaks, without a word from the solver.

All figures are recomputed from the problem in whole numbers, thousandths of minutes and fractions.
"""

from planner.verification.plans import broken_rules, require_sound
from planner.verification.saved import check_saved

__all__ = ["broken_rules", "check_saved", "require_sound"]
