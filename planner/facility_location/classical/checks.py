"""Arrays as given into arrays that the classical problems can trust, or every fault at once."""

from __future__ import annotations

import math
import numbers

import numpy as np
from numpy.typing import ArrayLike, NDArray

from planner.errors import FaultList

Floats = NDArray[np.float64]

MATRIX, VECTOR = 2, 1
_NAMED_FAULTS = 5
"""Bad entries of one array that are named one by one."""


class Door:
    """Checks the arguments of one problem and gathers what is wrong with them."""

    def __init__(self) -> None:
        self._faults = FaultList()

    def matrix(self, name: str, given: ArrayLike) -> Floats:
        """Return minutes or costs of shape (points, sites): not negative; inf is no link."""
        found = self._array(name, given, MATRIX)
        if found.shape[1] == 0:
            self._faults.add("has no site: give one column or more", file=name)
        self._entries(name, found, np.isnan(found) | (found < 0), allowed="0 or more, or inf")
        return found

    def vector(self, name: str, given: ArrayLike, length: int) -> Floats:
        """Return one finite number, 0 or more, for each of `length` rows or columns."""
        found = self._array(name, given, VECTOR)
        if len(found) != length:
            self._faults.add(
                "has {found} entries: give {expected}",
                file=name,
                fields={"found": len(found), "expected": length},
            )
        self._entries(name, found, ~np.isfinite(found) | (found < 0), allowed="0 or more")
        return found

    def count(self, name: str, given: object, sites: int) -> int:
        """Return a whole number of sites from 1 to `sites`."""
        whole = isinstance(given, numbers.Integral) and not isinstance(given, bool)
        if not whole or not 1 <= int(given) <= sites:  # type: ignore[call-overload]
            self._faults.add(
                "{found}: give a whole number from 1 to {sites}",
                file=name,
                fields={"found": repr(given), "sites": sites},
            )
            return 1
        return int(given)  # type: ignore[call-overload,no-any-return]

    def number(self, name: str, given: object, *, below: float = math.inf) -> float:
        """Return a number from 0 to less than `below`."""
        real = isinstance(given, numbers.Real) and not isinstance(given, bool)
        if not real or not 0 <= float(given) < below:  # type: ignore[arg-type]
            allowed = "0 or more" if math.isinf(below) else f"0 or more and below {below:g}"
            self._faults.add(
                "{found}: give a number, {allowed}",
                file=name,
                fields={"found": repr(given), "allowed": allowed},
            )
            return 0.0
        return float(given)  # type: ignore[arg-type]

    def limits(self, seconds: object, gap: object) -> None:
        """Check a time limit (``None``: none) and a relative gap."""
        if seconds is not None:
            self.number("seconds", seconds)
        self.number("gap", gap, below=1.0)

    def close(self) -> None:
        """Raise `InputError` with every fault found, if there is any."""
        self._faults.raise_if_any()

    def _array(self, name: str, given: ArrayLike, dimensions: int) -> Floats:
        try:
            found = np.array(given, dtype=np.float64, order="C")
        except (TypeError, ValueError):
            self._faults.add("is no array of numbers: give one", file=name)
            self.close()
            raise
        if found.ndim != dimensions:
            self._faults.add(
                "has {found} dimensions: give {expected}",
                file=name,
                fields={"found": found.ndim, "expected": dimensions},
            )
            self.close()
        return found

    def _entries(self, name: str, found: Floats, bad: NDArray[np.bool_], *, allowed: str) -> None:
        for place in np.argwhere(bad)[:_NAMED_FAULTS]:
            self._faults.add(
                "entry {place}: {found}; give {allowed}",
                file=name,
                fields={
                    "place": str(tuple(map(int, place))),
                    "found": float(found[tuple(place)]),
                    "allowed": allowed,
                },
            )
        if bad.sum() > _NAMED_FAULTS:
            self._faults.add(
                "{count} more entries are wrong in the same way",
                file=name,
                fields={"count": int(bad.sum()) - _NAMED_FAULTS},
            )
