"""A little town in OSM XML: two roads, a one-way ring, and ways that nobody may drive."""

from __future__ import annotations

from pathlib import Path

# A 3 × 3 grid of nodes 1..9, 0.01 degrees apart, from the south-west, row by row.
_NODES = "".join(
    f'<node id="{1 + 3 * row + column}" version="1" lat="{56 + 0.01 * row:.2f}" '
    f'lon="{27 + 0.01 * column:.2f}"/>'
    for row in range(3)
    for column in range(3)
)


def way(way_id: int, nodes: list[int], **tags: str) -> str:
    """Return a way; a colon in a tag's name is written as two underscores."""
    ends = "".join(f'<nd ref="{node}"/>' for node in nodes)
    said = "".join(f'<tag k="{k.replace("__", ":")}" v="{v}"/>' for k, v in tags.items())
    return (
        f'<way id="{way_id}" version="1" timestamp="2026-10-0{way_id % 9 + 1}T00:00:00Z">'
        f"{ends}{said}</way>"
    )


TOWN = (
    way(1, [1, 2, 3], highway="primary", maxspeed="90"),
    way(2, [4, 5, 6], highway="unclassified", surface="gravel"),
    way(3, [7, 8, 9], highway="residential", oneway="yes"),
    way(4, [1, 4, 7], highway="tertiary", oneway="-1"),
    way(5, [3, 6, 9], highway="secondary", maxspeed__type="LV:urban"),
    way(6, [2, 5], highway="track"),
    way(7, [5, 8], highway="unclassified", access="private"),
    way(8, [1, 5], highway="service"),
    way(9, [5, 9], highway="footway"),
)


def write_town(path: Path, *ways: str) -> Path:
    """Write the town, or other ways between its nodes, as OSM XML."""
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?><osm version="0.6" generator="hand">'
        f"{_NODES}{''.join(ways or TOWN)}</osm>",
        encoding="utf-8",
    )
    return path
