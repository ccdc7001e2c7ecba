"""A cost in whole euros into the shares of those who pay, exact in sum."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class FundingShare:
    """Who pays how many thousandths of an eligible cost, and where that is known from."""

    source: str
    permille: int
    basis: str


_LUDZA = "Ludza centre 2020 (lpr.gov.lv): ERDF 85 %, state 4.5 %, municipality 10.5 %"

DEFAULT_FUNDING = (
    FundingShare("eu", 850, _LUDZA),
    FundingShare("state", 45, _LUDZA),
    FundingShare("municipality", 105, _LUDZA),
)
"""A setting, taken from one built centre; no rule of the programme was read."""


PAYS_ALONE = "municipality"
"""Who pays everything where the EU and with it the state pay nothing."""


def split_cost(
    cost_eur: int, funding: Sequence[FundingShare], *, with_eu: bool = True
) -> dict[str, int]:
    """Return whole euros by source: rounded down, the rest by largest remainder, then by order.

    A cost below 0 is shared as the same cost above. Without money of the EU, as in a municipality
    that takes no part, the municipality pays all.
    """
    if cost_eur < 0:
        return {s: -eur for s, eur in split_cost(-cost_eur, funding, with_eu=with_eu).items()}
    if not with_eu:
        return {s.source: cost_eur * (s.source == PAYS_ALONE) for s in funding}
    exact = [cost_eur * share.permille for share in funding]
    euros = [thousandths // 1000 for thousandths in exact]
    left = cost_eur - sum(euros)
    by_remainder = sorted(range(len(exact)), key=lambda k: (-(exact[k] % 1000), k))
    for k in by_remainder[:left]:
        euros[k] += 1
    return {share.source: eur for share, eur in zip(funding, euros, strict=True)}


def add_up(parts: Sequence[Mapping[str, int]], funding: Sequence[FundingShare]) -> dict[str, int]:
    """Return the sum of several splits by source."""
    return {s.source: sum(part.get(s.source, 0) for part in parts) for s in funding}
