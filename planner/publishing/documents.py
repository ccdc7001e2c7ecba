"""An amendment with its plan into the Word document that an officer hands to the council.

Estimates are marked, counts of persons have passed the gate, and decision numbers stay blank: they
are filled in when the decisions are taken.
"""

from __future__ import annotations

from pathlib import Path

from planner.disclosure import DEFAULT_THRESHOLD
from planner.publishing import formats
from planner.publishing.chapters import back, front, rows
from planner.publishing.chapters.dossier import Dossier, Words
from planner.publishing.package import write_atomically
from planner.publishing.paper import Paper


def write_amendment(
    path: Path, dossier: Dossier, *, language: str = "lv", threshold: int = DEFAULT_THRESHOLD
) -> Path:
    """Write the document of an amendment as DOCX; return its path."""
    words = Words(dossier, language, threshold=threshold)
    title = words.say(
        "Proposed amendments to the deinstitutionalisation plan: {region}", region=words.region
    )
    paper = Paper(
        title=title,
        language=language,
        header=title,
        footer=formats.day(dossier.made_on, language=language),
    )
    for write in (front.opening, front.purpose, front.overview, front.finance, front.map_picture):
        write(paper, dossier, words)
    paper.turn(landscape=True)
    for write in (rows.changes, rows.wishes, rows.totals, back.start_now, back.unserved):
        write(paper, dossier, words)
    paper.turn(landscape=False)
    for write in (back.proof, back.sources):
        write(paper, dossier, words)
    return write_atomically(path, paper.save)


__all__ = ["Dossier", "write_amendment"]
