"""A total and weights into whole shares that add up to the total: largest remainders."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction


def apportion(total: int, weights: Sequence[int | float], *, rotate: int = 0) -> list[int]:
    """Return whole shares of `total` in proportion to `weights`, their sum exactly `total`.

    Parameters
    ----------
    total : int
        Persons to share out, 0 or more.
    weights : sequence of numbers, 0 or more
        A weight of 0 gets nothing.
    rotate : int
        Equal remainders are taken in order of position, beginning at this position (modulo the
        length), so that one place does not win every tie.

    Raises
    ------
    ValueError
        If there are persons to share out and no weight above 0.

    References
    ----------
    Hare quota with largest remainders (Hamilton's method).
    """
    exact = [Fraction(weight) for weight in weights]
    whole = sum(exact)
    if total == 0:
        return [0] * len(exact)
    if whole <= 0:
        raise ValueError("nothing to share out by: every weight is 0")
    quotas = [total * weight / whole for weight in exact]
    shares = [int(quota) for quota in quotas]
    count = len(exact)
    by_remainder = sorted(
        (k for k in range(count) if exact[k] > 0),
        key=lambda k: (shares[k] - quotas[k], (k - rotate) % count),
    )
    for k in by_remainder[: total - sum(shares)]:
        shares[k] += 1
    return shares


def apportion_in_parts(
    total: int, weights: Mapping[str, int | float], part_of: Mapping[str, str], *, rotate: int = 0
) -> dict[str, int]:
    """Return whole shares by key, shared out over parts first and inside each part then.

    So the sums of the parts are as proportional as the whole; see `apportion`.
    """
    parts: dict[str, list[str]] = {}
    for key in weights:
        parts.setdefault(part_of[key], []).append(key)
    names = list(parts)
    of_parts = apportion(total, [sum(weights[k] for k in parts[p]) for p in names], rotate=rotate)
    shares: dict[str, int] = {}
    for part, of_part in zip(names, of_parts, strict=True):
        inside = [weights[key] for key in parts[part]]
        shares |= zip(parts[part], apportion(of_part, inside, rotate=rotate), strict=True)
    return {key: shares[key] for key in weights}
