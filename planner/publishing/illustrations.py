"""The sources of a study into the words for what of it is only an illustration."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from planner.domain import INVENTED, Source
from planner.locales import say

NEEDS = "assessed"
MADE_UP = "invented"
ILLUSTRATION = (
    "Illustrative data: regional totals are public; the split by place is computed and shows no "
    "real persons."
)
INVENTED_ILLUSTRATION = (
    "Illustrative data: the needs are invented, to try the planner out; they show no real persons."
)
ROLE_WORDS: Mapping[str, str] = {
    "institutions": "reorganisation plans of institutions",
    "roads": "starter roads, estimated between settlements",
}
_ROW_WORDS: Mapping[str, str] = {
    NEEDS: "illustrative",
    "institutions": "illustrative plans of institutions",
    "roads": "illustrative roads",
    "": "partly illustrative",
}


def illustrated(sources: Iterable[Source]) -> tuple[str, ...]:
    """Return what is only an illustration: roles of sources, needs first, or names without one.

    Needs that are invented are `MADE_UP`: no public totals are behind them.
    """
    found = dict.fromkeys(_what(source) for source in sources if source.illustrative)
    ranked = [NEEDS, MADE_UP, *ROLE_WORDS]
    return tuple(sorted(found, key=lambda what: ranked.index(what) if what in ranked else 99))


def illustration(what: Sequence[str], language: str) -> str:
    """Return the label of what is `illustrated`; empty where nothing is.

    Needs of a region's own are not called computed because the roads under them are.
    """
    of_needs = {NEEDS: ILLUSTRATION, MADE_UP: INVENTED_ILLUSTRATION}
    said = [say(language, of_needs[role]) for role in what if role in of_needs]
    others = [say(language, ROLE_WORDS.get(role, role)) for role in what if role not in of_needs]
    if others:
        text = "Illustrative as well: {kinds}." if said else "Illustrative data: {kinds}."
        said.append(say(language, text, kinds="; ".join(others)))
    return " ".join(said)


def row_label(what: Sequence[str]) -> tuple[str, str]:
    """Return the code and the sentence of each row of a table: its needs, or what else it is of."""
    needs = {NEEDS, MADE_UP} & {*what}
    role = NEEDS if needs else what[0] if len(what) == 1 else ""
    sentence = _ROW_WORDS.get(role, _ROW_WORDS[""])
    return sentence.replace(" ", "_"), sentence


def _what(source: Source) -> str:
    if source.role == NEEDS and source.note == INVENTED:
        return MADE_UP
    return source.role or source.name
