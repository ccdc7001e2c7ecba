"""The reader of sheets gives what openpyxl gives, cell by cell, and refuses what is no table."""

from __future__ import annotations

import datetime as dt
import io
import random
import warnings
import zipfile
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont

from planner.errors import FaultList, InputError
from planner.inputs.sheet_child import MOST_COLUMNS, MOST_EMPTY_ROWS, MOST_ROWS
from planner.inputs.sheet_xml import MOST_TEXT, column_number, text_of
from planner.inputs.spreadsheets import read_sheet
from tests.test_inputs_heavy import SHEET, cell, workbook

HEAD = SHEET.decode()


REFUSALS = {
    "gap": "has cells far below its last row",
    "columns": "has more than {columns} columns",
    "unreadable": "is no spreadsheet that can be read",
}


def read(path: Path) -> list[list[str]] | str:
    """Return the rows that are read, or the reason why none are."""
    faults = FaultList()
    rows = read_sheet(path, faults)
    if rows is not None:
        return rows
    with pytest.raises(InputError) as told:
        faults.raise_if_any()
    [fault] = told.value.faults
    return next(reason for reason, text in REFUSALS.items() if fault.text.startswith(text))


def read_content(folder: Path, content: bytes) -> list[list[str]] | str:
    path = folder / "t.xlsx"
    path.write_bytes(content)
    return read(path)


def by_openpyxl(path: Path) -> list[list[str]]:
    """Return the rows as openpyxl gives them, in the words of the reader."""
    book = load_workbook(path, read_only=True, data_only=True)
    sheet = next(s for s in book.worksheets if s.sheet_state == "visible")
    sheet.reset_dimensions()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # numbers outside all dates are said to be "#VALUE!"
        found = list(sheet.iter_rows(values_only=True))
    rows = []
    for values in found:
        texts = [text_of(value) for value in values]
        while texts and not texts[-1]:
            texts.pop()
        rows.append(texts)
    return rows


def as_shared_strings(content: bytes) -> bytes:
    """Return a workbook as Excel writes it, from one that openpyxl has read and written again."""
    book, packed = load_workbook(io.BytesIO(content)), io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def any_value(chance: random.Random) -> object:
    words = ["Ozoli", " ar atstarpi ", "rinda\nrinda", "<&>\"'", "ķēniņš", "=1+1", "_x005F_", "007"]
    return chance.choice(
        [
            None,
            chance.choice(words),
            chance.randint(-(10**9), 10**12),
            chance.uniform(-5, 5),
            float(chance.randint(0, 99)),
            chance.random() < 0.5,
            dt.date(2018, 2, 1) + dt.timedelta(days=chance.randint(0, 9_000)),
            dt.datetime.combine(dt.date(2026, 11, 22), dt.time(13, chance.randint(0, 59), 7)),
            dt.time(7, 45),
            dt.timedelta(hours=30),
            1e-7,
            CellRichText("puse ", TextBlock(InlineFont(b=True), "trekna")),
        ]
    )


@pytest.mark.parametrize("seed", range(12))
def test_random_sheets_are_read_as_openpyxl_reads_them(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    book = Workbook()
    if seed % 3 == 0:
        book.worksheets[0].sheet_state = "hidden"
        book.create_sheet("otrā")
    sheet = book.worksheets[-1]
    for _ in range(60):
        row, column = chance.randint(1, 40), chance.randint(1, 30)
        sheet.cell(row=row, column=column, value=any_value(chance))  # type: ignore[arg-type]
    path = tmp_path / "t.xlsx"
    book.save(path)
    rich = tmp_path / "shared.xlsx"
    rich.write_bytes(as_shared_strings(path.read_bytes()))

    for file in (path, rich):
        assert read(file) == by_openpyxl(file)


def test_cells_without_references_gaps_runs_and_phonetic_signs(tmp_path: Path) -> None:
    phonetic = '<rPh sb="0" eb="1"><t>no</t></rPh>'
    runs = f"<is><r><t>Oz</t></r><r><rPr><b/></rPr><t>oli</t></r>{phonetic}</is>"
    sheet = (
        f'<row>{cell("viens")}<c/><c><v>2</v></c></row><row r="4" spans="1:9">'
        f'<c r="C4" t="inlineStr">{runs}</c><c t="str"><f>A1</f><v>tekst</v></c>'
        '<c r="H4" t="b"><v>1</v></c><c t="e"><v>#DIV/0!</v></c><c><v>1E3</v></c></row>'
        '<row r="2"><c><v>5</v></c></row><row r="6"/></sheetData></worksheet>'
    )

    rows = read_content(tmp_path, workbook(sheet.encode()))

    assert rows == [
        ["viens", "", "2"],
        [],
        [],
        ["", "", "Ozoli", "tekst", "", "", "", "yes", "#DIV/0!", "1000"],
        [],
        [],
    ]
    assert rows == by_openpyxl(tmp_path / "t.xlsx")


def test_the_value_that_was_saved_with_a_formula_is_read_and_never_the_formula(
    tmp_path: Path,
) -> None:
    sheet = b"<row><c><f>1+1</f><v>2</v></c><c><f>cmd|x</f></c></row></sheetData></worksheet>"

    assert read_content(tmp_path, workbook(sheet)) == [["2"]]


ENTITIES = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;">]>'
STRINGS = '<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'


@pytest.mark.parametrize("part", ["sheet", "strings", "workbook", "outside"])
def test_a_document_type_is_refused_wherever_it_stands(part: str, tmp_path: Path) -> None:
    plain = workbook(b"<row><c><v>1</v></c></row></sheetData></worksheet>")
    body = f"{HEAD}<row>{cell('&b;')}</row></sheetData></worksheet>"
    given = {
        "sheet": ("xl/worksheets/sheet1.xml", ENTITIES + body),
        "outside": (
            "xl/worksheets/sheet1.xml",
            '<!DOCTYPE x [<!ENTITY b SYSTEM "file:///etc/passwd">]>' + body,
        ),
        "strings": ("xl/sharedStrings.xml", f"{ENTITIES}{STRINGS}<si><t>&b;</t></si></sst>"),
        "workbook": ("xl/workbook.xml", ""),
    }
    name, text = given[part]
    packed = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(plain)) as before,
        zipfile.ZipFile(packed, "w") as after,
    ):
        for entry in before.namelist():
            content = before.read(entry).decode()
            if entry == "[Content_Types].xml" and part == "strings":
                override = (
                    '<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.'
                    'openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
                )
                content = content.replace("</Types>", override)
            if entry == name:
                content = text or ENTITIES + content.replace('name="s"', 'name="&b;"')
            after.writestr(entry, content)
        if part == "strings":
            after.writestr(name, text)

    assert read_content(tmp_path, packed.getvalue()) == "unreadable"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (f'<row r="{MOST_ROWS + 1}"><c><v>1</v></c></row>', "gap"),
        (f'<row r="{MOST_EMPTY_ROWS + 2}"><c><v>1</v></c></row>', "gap"),
        ("<row/>" * (MOST_EMPTY_ROWS + 1), "gap"),
        (f'<row><c r="GT1"><v>{MOST_COLUMNS + 2}</v></c></row>', "columns"),
        ('<row><c r="XFD1"><v>1</v></c></row>', "columns"),
        ('<row><c r="AAAA1"><v>1</v></c></row>', "unreadable"),
        ('<row><c r="1"><v>1</v></c></row>', "unreadable"),
        ('<row r="1.5"><c><v>1</v></c></row>', "unreadable"),
        ('<row><c t="s"><v>7</v></c></row>', "unreadable"),
        ("<row><c><v>viens</v></c></row>", "unreadable"),
        ("<row><c><v>1</v></row>", "unreadable"),
    ],
)
def test_what_is_no_table_is_refused_with_its_reason(row: str, reason: str, tmp_path: Path) -> None:
    content = workbook(f"{row}</sheetData></worksheet>".encode())

    assert read_content(tmp_path, content) == reason


def test_rows_left_out_up_to_the_limit_are_read_as_empty_ones(tmp_path: Path) -> None:
    row = f'<row r="{MOST_EMPTY_ROWS + 1}"><c><v>1</v></c></row></sheetData></worksheet>'

    rows = read_content(tmp_path, workbook(row.encode()))

    assert len(rows) == MOST_EMPTY_ROWS + 1
    assert rows[-1] == ["1"]


def test_a_long_text_is_cut_and_a_column_is_counted_by_its_letters(tmp_path: Path) -> None:
    text = "ā" * (MOST_TEXT * 3)
    sheet = f"<row>{cell(text)}</row></sheetData></worksheet>"

    assert read_content(tmp_path, workbook(sheet.encode())) == [[text[:MOST_TEXT]]]
    assert [column_number(ref) for ref in ("A1", "z9", "AA10", "XFD1048576")] == [1, 26, 27, 16384]
