"""A linear programme that HiGHS keeps warm into its next solution, within the time left."""

from __future__ import annotations

import highspy
import numpy as np

from planner.facility_location.classical.answers import Stopwatch


def solve_within(solver: highspy.Highs, watch: Stopwatch) -> bool:
    """Solve; return whether there was time. What the watch raises ends the run and goes on."""
    if np.isfinite(watch.left):
        limit = solver.getRunTime() + watch.left  # the solver's clock runs on over its calls
        solver.setOptionValue("time_limit", limit)
    raised: list[BaseException] = []

    def look(event: highspy.HighsCallbackEvent) -> None:
        try:
            watch.look()
        except BaseException as error:  # noqa: BLE001 - raised again once the solver has ended
            raised.append(error)
            event.interrupt()

    if watch.on_look is not None:
        solver.cbSimplexInterrupt += look
    solver.run()
    if watch.on_look is not None:
        solver.cbSimplexInterrupt -= look
    if raised:
        raise raised[0]
    return bool(solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)
