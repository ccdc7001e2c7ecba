"""The curve of prices of the shown plan: asked for, followed, and read where it is done."""

from __future__ import annotations

from dataclasses import replace

from planner.publishing.prices import ToldPrices
from planner.ui import address, home, once, state
from planner.ui.home import Run


def price_run() -> Run | None:
    """Return the newest calculation for these readers of what each tolerance of a plan costs."""
    run = state.shown()
    if run is None:
        return None
    found = home.runs(state.calculations().folder)
    ours = (r for r in found if (r.source, r.purpose) == (run.id, home.PRICES))
    return next((r for r in ours if state.question_of(r).readers() == state.readers()), None)


def ask_prices(*, seconds: float) -> None:
    """Begin to calculate what each tolerance of the shown plan costs."""
    run = state.shown()
    if run is not None:
        chosen = state.readers()
        asked_for = replace(
            state.question_of(run),
            audience=chosen.audience,
            thresholds={chosen.audience: chosen.threshold},
        )
        state.calculations().start(
            asked_for,
            source=run.id,
            purpose=home.PRICES,
            seconds=seconds,
            language=address.language(),
            plan=run.result,
        )


def prices(run: Run) -> ToldPrices:
    """Return the curve that a calculation left."""
    return once.prices(run.id, run.result)
