"""Build data/roads/starter.npz from the skeleton of main roads and the settlements."""

from __future__ import annotations

from pathlib import Path

from planner.roads.starter import build_starter, read_settlements, read_skeleton

DATA = Path(__file__).resolve().parent.parent / "data"


def main() -> None:
    """Write the starter network and say how large it is."""
    skeleton = read_skeleton(
        DATA / "roads" / "skeleton_nodes.csv", DATA / "roads" / "skeleton_edges.csv"
    )
    settlements = read_settlements(DATA / "demand" / "settlements.csv")
    network = build_starter(skeleton, settlements)
    network.save(DATA / "roads" / "starter.npz")
    print(f"{network.nodes} nodes, {network.edges} directed edges, digest {network.digest}")


if __name__ == "__main__":
    main()
