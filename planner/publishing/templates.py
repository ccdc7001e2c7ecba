"""The columns of a table of needs, services or sites into an empty file to be filled in.

Codes stay text, so that no leading zero is lost; groups, states and yes or no are chosen from
lists. How to fill it in and the codes of all places stand on sheets of their own.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from openpyxl import Workbook
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from planner.inputs.needs import GROUP_WORDS
from planner.locales import say
from planner.publishing.package import write_atomically, write_text

COLUMN_WORDS = {
    "place_id": "Place",
    "municipality_atvk": "Municipality",
    "group": "Target group",
    "persons": "Number of persons",
    "service": "Service",
    "person_id": "Pseudonym",
    "services": "Services",
    "assessed_on": "Assessment date",
    "method": "Methodology version",
    "at_risk": "At risk of institution",
    "in_institution": "Lives in institution",
    "wishes_to_leave": "Wishes to leave",
    "name": "Name",
    "address": "Address",
    "places": "Number of places",
    "status": "Status",
    "since": "Since",
    "note": "Note",
    "owner": "Owner",
    "adapted": "Premises adapted",
    "cost_eur": "Cost, EUR",
    "lat": "Latitude",
    "lon": "Longitude",
    "origin": "Institution",
    "leaves_in": "Year of leaving",
    "year": "Year",
    "source": "Source",
    "institution": "Institution",
    "children": "Children",
    "foster_family": "Foster family",
    "guardian": "Guardian",
    "adoption": "Adoption",
    "family_like_home": "Family-like home",
    "youth_house": "Youth house",
    "stays": "Stays",
    "target_places": "Target places",
    "site_id": "Site code",
    "units": "Addresses",
}
COLUMN_SENTENCES = {
    "place_id": "code or name of the settlement, see the sheet of places",
    "municipality_atvk": "code or name; needed only where a name stands for several places",
    "group": "one of the list",
    "persons": "a whole number; an empty cell is not 0",
    "service": "code or name; empty: assessed persons of the group, whatever they need",
    "person_id": "tells nothing of a person: no name, no personal code; the same one twice is one",
    "services": "of the support plan, parted by semicolons",
    "assessed_on": "such as 22.11.2026; of two rows of one person the later counts",
    "method": "may be empty",
    "at_risk": "yes or no",
    "in_institution": "yes or no",
    "wishes_to_leave": "yes or no; adults who live in an institution",
    "origin": "state care centre and branch that the person leaves; only with a year of leaving",
    "leaves_in": "of adults who leave a state care centre later; may be empty",
}
ADDITION_SENTENCES = {
    "place_id": "code or name of the settlement, or the municipality that people chose",
    "persons": "a whole number, on top of the assessed",
    "year": "from which year on they need services",
    "source": "institution that they leave, or who knows of them",
}
INSTITUTION_SENTENCES = {
    "institution": "name; a row for every year",
    "year": "four digits",
    "children": "at the beginning of the year",
    "places": "at the end of the year; they only become fewer",
    "stays": "children who are still here at the end of the year",
    "target_places": "places at the end of the reorganisation; may be empty",
} | dict.fromkeys(
    ("foster_family", "guardian", "adoption", "family_like_home", "youth_house"),
    "children who go there in the year; together with those who stay they are all the children",
)
BUILDING_SENTENCES = {
    "service": "code or name",
    "services": "that could stand there, parted by semicolons; empty: any",
    "name": "of the provider or of the service",
    "address": "of the building; several services may stand at one",
    "places": "a whole number; empty: nobody knows",
    "status": "operating, or committed where it is decided and paid for",
    "since": "year or date; may be empty",
    "note": "may be empty",
    "owner": "may be empty",
    "adapted": "yes or no; whether people with impairments can move about in it",
    "cost_eur": "of all its places; may be empty",
    "lat": "degrees north; both coordinates or none",
    "lon": "degrees east; both coordinates or none",
}
SHAPES = {
    "counts": ("place_id", "municipality_atvk", "group", "service", "persons"),
    "persons": (
        "person_id",
        "place_id",
        "municipality_atvk",
        "group",
        "services",
        "assessed_on",
        "method",
        "at_risk",
        "in_institution",
        "wishes_to_leave",
        "origin",
        "leaves_in",
    ),
    "facilities": (
        "service",
        "name",
        "address",
        "place_id",
        "municipality_atvk",
        "places",
        "status",
        "since",
        "note",
    ),
    "additions": ("place_id", "municipality_atvk", "group", "persons", "year", "source"),
    "institutions": (
        "institution",
        "year",
        "children",
        "places",
        "foster_family",
        "guardian",
        "adoption",
        "family_like_home",
        "youth_house",
        "stays",
        "target_places",
    ),
    "sites": (
        "address",
        "place_id",
        "municipality_atvk",
        "owner",
        "adapted",
        "places",
        "cost_eur",
        "services",
        "lat",
        "lon",
        "note",
    ),
}
TABLE_TITLES = {
    "counts": "Table of needs",
    "persons": "Table of needs",
    "facilities": "Existing services",
    "sites": "Candidate sites",
    "additions": "On top of the assessed",
    "institutions": "Institutions for children",
}
SENTENCES_OF = {
    "facilities": BUILDING_SENTENCES,
    "sites": BUILDING_SENTENCES,
    "additions": ADDITION_SENTENCES,
    "institutions": INSTITUTION_SENTENCES,
}
ANSWER_WORDS = ("yes", "no")
STATUS_WORDS = ("operating", "committed")
ROWS = 2_000
"""Rows that the lists and the text format are laid over."""

_LIST_OF = {"group": "A", "status": "C"}
_LIST_OF |= dict.fromkeys(("at_risk", "in_institution", "wishes_to_leave", "adapted"), "B")
_NUMBERS = ("persons", "places", "cost_eur", "lat", "lon", *SHAPES["institutions"][1:])
_HEADER_FILL = "DCE6F1"
_WIDTH, _WIDE = 22, 90

PlaceLine = tuple[str, str, str]
"""(place id, name, municipality)"""


def write_table_template(
    path: Path, *, shape: str, language: str, places: Sequence[PlaceLine]
) -> Path:
    """Write an empty table to `path`, XLSX or, by its ending, CSV.

    The CSV has semicolons and a byte order mark, as Latvian Excel opens it well.

    Parameters
    ----------
    shape : str
        A key of `SHAPES`.
    places : sequence of (place id, name, municipality)
        Listed on a sheet of the XLSX.
    """
    heads = [say(language, COLUMN_WORDS[name]) for name in SHAPES[shape]]
    if path.suffix.lower() == ".csv":
        text = io.StringIO()
        csv.writer(text, delimiter=";", lineterminator="\r\n").writerow(heads)
        return write_text(path, text.getvalue(), encoding="utf-8-sig")
    book = Workbook()
    book.remove(book.worksheets[0])
    words = (tuple(GROUP_WORDS.values()), ANSWER_WORDS, STATUS_WORDS)
    lists = [[say(language, word) for word in offered] for offered in words]
    _write_table(book, shape, heads, lists, language)
    _write_help(book.create_sheet(say(language, "How to fill it in")), shape, heads, language)
    _write_places(book.create_sheet(say(language, "Settlements")), places, language)
    _write_lists(book.create_sheet("lists"), lists)

    def write(draft: Path) -> None:
        book.save(draft)

    return write_atomically(path, write)


def _write_table(
    book: Workbook,
    shape: str,
    heads: Sequence[str],
    lists: Sequence[Sequence[str]],
    language: str,
) -> None:
    """Write the sheet to be filled in, which lets choose from the columns of the sheet of lists."""
    sheet = book.create_sheet(say(language, TABLE_TITLES[shape]))
    _write_heads(sheet, heads)
    for index, name in enumerate(SHAPES[shape], start=1):
        letter = get_column_letter(index)
        if column := _LIST_OF.get(name):
            count = len(lists["ABC".index(column)])
            _offer(sheet, letter, f"lists!${column}$1:${column}${count}")
        if name not in _NUMBERS:
            for row in range(2, ROWS + 2):
                sheet.cell(row=row, column=index).number_format = "@"


def _write_heads(sheet: Worksheet, heads: Sequence[str]) -> None:
    for index, head in enumerate(heads, start=1):
        cell = sheet.cell(row=1, column=index, value=head)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor=_HEADER_FILL)
        cell.alignment = Alignment(wrap_text=True, vertical="top")
        sheet.column_dimensions[get_column_letter(index)].width = _WIDTH
    sheet.freeze_panes = "A2"


def _offer(sheet: Worksheet, letter: str, cells: str) -> None:
    choice = DataValidation(type="list", formula1=f"={cells}", allow_blank=True)
    choice.showErrorMessage = True
    sheet.add_data_validation(choice)
    choice.add(f"{letter}2:{letter}{ROWS + 1}")


def _write_help(sheet: Worksheet, shape: str, heads: Sequence[str], language: str) -> None:
    _write_heads(sheet, (say(language, "Column"), say(language, "What stands in it")))
    about_persons = shape in ("counts", "persons", "additions")
    sentences = COLUMN_SENTENCES | SENTENCES_OF.get(shape, {})
    for name, head in zip(SHAPES[shape], heads, strict=True):
        sheet.append((head, say(language, sentences[name])))
    if about_persons:
        sheet.append(())
        sheet.append(("", say(language, "Give no names, personal codes, diagnoses or addresses.")))
    sheet.column_dimensions["B"].width = _WIDE


def _write_places(sheet: Worksheet, places: Sequence[PlaceLine], language: str) -> None:
    _write_heads(
        sheet,
        (say(language, "Code"), say(language, "Place"), say(language, "Municipality")),
    )
    for place in sorted(places, key=lambda p: (p[2], p[1])):
        sheet.append(place)
        sheet.cell(row=sheet.max_row, column=1).number_format = "@"


def _write_lists(sheet: Worksheet, lists: Sequence[Sequence[str]]) -> None:
    for column, words in enumerate(lists, start=1):
        for row, word in enumerate(words, start=1):
            sheet.cell(row=row, column=column, value=word)
    sheet.sheet_state = "hidden"
