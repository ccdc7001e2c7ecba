"""An amendment into its tables: the changes row by row, and the totals of each municipality."""

from __future__ import annotations

from datetime import date

from planner.disclosure import NOT_SHOWN, ChangeTables, ServedTables
from planner.domain import StudyArea
from planner.editions import Amendment, Change, MunicipalTotal, State
from planner.inputs.approved import NamedEdition
from planner.locales import say, say_count
from planner.publishing import formats
from planner.publishing.change_people import ChangePeople, people_of_change, people_of_total
from planner.publishing.names import Names
from planner.publishing.reasons import (
    REASON_CODE_WORDS,
    STANDING_WORDS,
    address_text,
    change_words,
    reason_text,
)
from planner.publishing.tables import (
    Cell,
    Column,
    Euros,
    Minutes,
    Persons,
    PersonsBeside,
    Table,
    Told,
    Word,
)

SOURCE_HEADINGS = {"eu": "ERDF, EUR", "state": "State, EUR", "municipality": "Municipality, EUR"}


def compared_with(edition: NamedEdition | None, language: str) -> str:
    """Return what "before" means in an amendment: an approved edition, or today for ``None``."""
    if edition is None:
        return say(language, "“Before” is what stands or has been decided today.")
    return say(
        language,
        "“Before” is the approved edition ({name}); what it does not mention is as it stands or "
        "has been decided today. What was approved and is not built yet costs what it was approved "
        "at or, where the edition does not tell, what the catalogue says today; a cost below 0 is "
        "that much less to be paid than was approved. Persons, minutes and reasons compare today "
        "with the plan: nobody uses what has not been opened.",
        name=_named(edition, language),
    )


def _named(edition: NamedEdition, language: str) -> str:
    """Return the name of an edition with the date and the digest of its file."""
    if not edition.digest:
        return say(
            language,
            "{name}; date and digest not known: its file is not there any more or has changed",
            name=edition.name,
        )
    return say(
        language,
        "{name}; of {day}, digest {digest}",
        name=edition.name,
        day=formats.day_text(edition.day, language=language),
        digest=edition.digest,
    )


def unpriced_sentence(amendment: Amendment, language: str) -> str:
    """Return of how many changes the approved cost is not known; empty where all are."""
    unpriced = sum(change.unpriced for change in amendment.changes)
    if not unpriced:
        return ""
    return say_count(
        language,
        "Of {count} change it is not known what was approved would have cost; it counts in full, "
        "and what is not built any more saves nothing.",
        "Of {count} changes it is not known what was approved would have cost; they count in "
        "full, and what is not built any more saves nothing.",
        unpriced,
    )


def changes_table(
    area: StudyArea,
    amendment: Amendment,
    *,
    released: ServedTables | None = None,
    changed: ChangeTables | None = None,
    edition: NamedEdition | None = None,
    language: str = "lv",
) -> Table:
    """Return one row per change: before, after, persons, minutes, euros by source and why.

    `released` is what the gate lets through of the plan, `changed` of those whom changes concern;
    without them each count is gated by itself. `edition` is what "before" means, ``None`` for what
    stands today; every row says so, since a table is read alone.
    """
    names = Names(area, language)
    columns = (
        Column("number", "No."),
        Column("municipality_atvk", "ATVK code"),
        Column("municipality", "Municipality"),
        Column("service", "Service code", for_machines=True),
        Column("service_name", "Service"),
        Column("site", "Site code", for_machines=True),
        Column("change", "Change"),
        Column("address", "Address"),
        Column("status_before", "Status before"),
        Column("places_before", "Places before"),
        Column("persons_before", "Persons before"),
        Column("cost_before_eur", "Approved cost before, EUR"),
        Column("places_after", "Places after"),
        Column("persons_after", "Persons after"),
        Column("persons", "Persons concerned"),
        Column("mean_minutes_before", "Mean minutes before"),
        Column("mean_minutes_after", "Mean minutes after"),
        Column("cost_eur", "Cost of the change, EUR (estimate)"),
        *_source_columns(amendment),
        Column("reason_code", "Kind of reason"),
        Column("reason", "Reason"),
        Column("before_is", "What “before” is"),
        Column("edition", "Approved edition"),
        Column("edition_date", "Date of the edition"),
        Column("edition_digest", "Digest of the edition"),
    )
    before = _before_cells(edition)
    rows = tuple(
        (
            *_change_row(
                names,
                c,
                amendment,
                people_of_change(c, released, changed) if released else None,
                language,
            ),
            *before,
        )
        for c in amendment.changes
    )
    return Table("amendment", "Changes", columns, rows, names.illustrative)


def totals_table(
    area: StudyArea,
    amendment: Amendment,
    *,
    released: ServedTables | None = None,
    language: str = "lv",
) -> Table:
    """Return one row per municipality, before and after, and its estimated euros by source.

    `released` is what the gate lets through of the plan; without it each count is gated by itself.
    """
    names = Names(area, language)
    columns = (
        Column("municipality_atvk", "ATVK code"),
        Column("municipality", "Municipality"),
        Column("changes", "Changes"),
        Column("addresses_before", "Addresses before"),
        Column("addresses_after", "Addresses after"),
        Column("places_before", "Places before"),
        Column("places_after", "Places after"),
        Column("persons_before", "Persons at its sites before"),
        Column("persons_after", "Persons at its sites after"),
        Column("need", "Its own needs (person × service)"),
        Column("served_before", "Of them served before"),
        Column("served_after", "Of them served after"),
        Column("within_before", "Within the standard before"),
        Column("within_after", "Within the standard after"),
        Column("planned_cost_eur", "Approved cost before, EUR"),
        Column("cost_eur", "Cost of the changes, EUR (estimate)"),
        *_source_columns(amendment),
        Column("places_committed", "Of the places before, not yet operating"),
    )
    rows = tuple(
        _total_row(names, total, amendment, _people_of(total, area, released))
        for total in amendment.totals
    )
    return Table("municipal_totals", "Municipal totals", columns, rows, names.illustrative)


def _source_columns(amendment: Amendment) -> tuple[Column, ...]:
    return tuple(
        Column(f"{share.source}_eur", SOURCE_HEADINGS.get(share.source, share.source))
        for share in amendment.funding
    )


def _change_row(
    names: Names,
    change: Change,
    amendment: Amendment,
    told: ChangePeople | None,
    language: str,
) -> tuple[Cell, ...]:
    minutes = (
        Minutes(change.minutes_before, change.served_before),
        Minutes(change.minutes_after, change.served_after),
    )
    shown = zip(minutes, told.minutes if told else (True, True), strict=True)
    before, after = _state_cells(change.before), _after_cells(change)
    if told:
        before, after = (before[0], Told(told.before)), (after[0], Told(told.after))
    return (
        change.number,
        *names.municipality_cells(change.municipality),
        *names.service_cells(change.service),
        change.site,
        Word(change.kind.value, change_words(change)),
        address_text(change, language=language),
        "" if change.before is None else _status_word(change.before),
        *before,
        Euros(0) if change.before is None else Euros(change.before.cost_eur),
        *after,
        Told(told.concerned) if told else Persons(change.persons),
        *(time if known else NOT_SHOWN for time, known in shown),
        Euros(change.cost_eur),
        *(Euros(change.by_source[share.source]) for share in amendment.funding),
        Word(change.reason_code.value, REASON_CODE_WORDS[change.reason_code]),
        reason_text(change, told=told, language=language),
    )


def _before_cells(edition: NamedEdition | None) -> tuple[Cell, ...]:
    """Return what "before" is, with the name, date and digest of an edition."""
    if edition is None:
        return (Word("today", "what stands or is decided today"), "", "", "")
    day = date.fromisoformat(edition.day) if edition.day else ""
    # with its name before it no digest is a number, as 123456789e12 would be
    digest = edition.digest and f"sha256:{edition.digest}"
    return (Word("approved", "the approved edition"), edition.name, day, digest)


def _status_word(state: State) -> Word:
    return Word(state.standing.value, STANDING_WORDS[state.standing])


def _state_cells(state: State | None) -> tuple[Cell, ...]:
    return (0, Persons(0)) if state is None else (state.places, Persons(state.persons))


def _after_cells(change: Change) -> tuple[Cell, ...]:
    if change.after is None or change.before is None:
        return _state_cells(change.after)
    return (
        change.after.places,
        PersonsBeside(change.after.persons, beside=change.before.persons),
    )


def _people_of(
    total: MunicipalTotal, area: StudyArea, released: ServedTables | None
) -> tuple[Cell, ...]:
    """Return the persons of a municipality in the order of their columns."""
    if released is None:
        return (
            Persons(total.persons_before),
            PersonsBeside(total.persons_after, beside=total.persons_before),
            Persons(total.need),
            Persons(total.served_before),
            PersonsBeside(total.served_after, beside=total.served_before),
            Persons(total.within_before),
            PersonsBeside(total.within_after, beside=total.within_before),
        )
    told = people_of_total([total], area, released)
    return tuple(Told(text) for text in (*told.at_sites, told.need, *told.served, *told.within))


def _total_row(
    names: Names, total: MunicipalTotal, amendment: Amendment, people: tuple[Cell, ...]
) -> tuple[Cell, ...]:
    return (
        *names.municipality_cells(total.municipality),
        total.changes,
        total.addresses_before,
        total.addresses_after,
        total.places_before,
        total.places_after,
        *people,
        Euros(total.planned_cost_eur),
        Euros(total.cost_eur),
        *(Euros(total.by_source[share.source]) for share in amendment.funding),
        total.places_committed,
    )
