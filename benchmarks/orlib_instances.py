"""A number into files of the form of OR-Library's location instances, made here.

The published p-median graphs have n vertices, n²/50 edges of whole lengths and 40 pairs (n, p);
these are random graphs of the same form (Beasley 1985), not the published ones. The published
warehouse files have 16, 25 or 50 facilities and 50 customers, or 100 and 1000 with the capacity
given apart (Beasley 1988).
``python -m benchmarks.orlib_instances FOLDER`` writes the 40 graphs, pmed01.txt to pmed40.txt,
warehouse files, cap16x50f0.09.txt and so on, and large ones, caplarge1.txt and so on.
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path

import numpy as np

PMED_SIZES: tuple[tuple[int, int], ...] = (
    (100, 5), (100, 10), (100, 10), (100, 20), (100, 33),
    (200, 5), (200, 10), (200, 20), (200, 40), (200, 67),
    (300, 5), (300, 10), (300, 30), (300, 60), (300, 100),
    (400, 5), (400, 10), (400, 40), (400, 80), (400, 133),
    (500, 5), (500, 10), (500, 50), (500, 100), (500, 167),
    (600, 5), (600, 10), (600, 60), (600, 120), (600, 200),
    (700, 5), (700, 10), (700, 70), (700, 140),
    (800, 5), (800, 10), (800, 80),
    (900, 5), (900, 10), (900, 90),
)  # fmt: skip
"""n and p of the graphs 1 to 40."""
CAP_FILLS = (0.09, 0.26, 1.0)
"""Share of all demand that each facility of a small warehouse file holds."""
LARGE_FIXED = (2_600_000, 1_300_000, 700_000)
"""Greatest cost of opening in each large warehouse file."""


def pmed_text(n: int, p: int, *, seed: int) -> str:
    """Return a pmed file: a connected random graph with about n²/50 edges of length 1 to 100."""
    random = np.random.default_rng(seed)
    edges = max(n - 1, n * n // 50)
    order = random.permutation(n)
    tails = np.r_[order[:-1], random.integers(0, n, edges - n + 1)] + 1
    heads = np.r_[order[1:], random.integers(0, n, edges - n + 1)] + 1
    lengths = random.integers(1, 101, edges)
    lines = [f"{n} {edges} {p}"]
    lines += [f"{a} {b} {c}" for a, b, c in zip(tails, heads, lengths, strict=True)]
    return "\n".join(lines) + "\n"


def cap_text(facilities: int, customers: int, *, seed: int, fill: float, fixed: int) -> str:
    """Return a cap file: every facility holds the share `fill` of the demand."""
    random = np.random.default_rng(seed)
    sites, homes = random.random((facilities, 2)), random.random((customers, 2))
    demand = random.integers(1, 100, customers)
    way = np.hypot(*(homes[:, None] - sites[None]).transpose(2, 0, 1)) * 100
    opening = random.integers(fixed // 2, fixed + 1, facilities)
    holds = int(demand.sum() * fill)
    lines = [f"{facilities} {customers}"]
    lines += [f"{holds} {cost}" for cost in opening]
    for i in range(customers):
        lines += [str(demand[i]), " ".join(f"{cost:.3f}" for cost in way[i] * demand[i])]
    return "\n".join(lines) + "\n"


def large_cap_text(*, seed: int, fixed: int, facilities: int = 100, customers: int = 1000) -> str:
    """Return a cap file as the large ones: "capacity" for every facility, seven costs to a line.

    A customer asks for 1 to 100; a cost is the demand times a way on a square of 1000, up to a
    quarter more; opening costs half of `fixed` to all of it.
    """
    random = np.random.default_rng(seed)
    sites, homes = random.random((facilities, 2)), random.random((customers, 2))
    demand = random.integers(1, 101, customers)
    way = np.hypot(*(homes[:, None] - sites[None]).transpose(2, 0, 1)) * 1000
    costs = demand[:, None] * way * random.uniform(1.0, 1.25, way.shape)
    opening = random.uniform(fixed / 2, fixed, facilities)
    lines = [f" {facilities} {customers} "]
    lines += [f" capacity {cost:.5f} " for cost in opening]
    for i in range(customers):
        lines.append(f" {demand[i]} ")
        words = [f"{cost:.5f}" for cost in costs[i]]
        lines += [" ".join(["", *words[k : k + 7], ""]) for k in range(0, facilities, 7)]
    return "\n".join(lines) + "\n"


def main(folder: Path) -> None:
    """Write the graphs and the warehouse files."""
    folder.mkdir(parents=True, exist_ok=True)
    for number, (n, p) in enumerate(PMED_SIZES, start=1):
        (folder / f"pmed{number:02d}.txt").write_text(pmed_text(n, p, seed=number), "ascii")
    for facilities, fill in product((16, 25, 50), CAP_FILLS):
        text = cap_text(facilities, 50, seed=facilities, fill=fill, fixed=7500)
        (folder / f"cap{facilities}x50f{fill}.txt").write_text(text, "ascii")
    for number, fixed in enumerate(LARGE_FIXED, start=1):
        text = large_cap_text(seed=number, fixed=fixed)
        (folder / f"caplarge{number}.txt").write_text(text, "ascii")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
