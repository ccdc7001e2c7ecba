"""A table is read as it was sent, whatever program wrote it."""

from __future__ import annotations

from pathlib import Path

import pytest
from openpyxl import Workbook

from planner.errors import FaultList
from planner.inputs.cells import date, decimal_number, whole_number
from planner.inputs.readers import Column, Row, Table, plain, read_table

COLUMNS = (Column("place_id", ("vietas kods",)), Column("persons", ("personu skaits",)))


def read(path: Path) -> Table:
    faults = FaultList()
    table = read_table(path, COLUMNS, faults)
    assert faults.faults == ()
    return table


def cells(table: Table) -> list[tuple[str, str]]:
    return [(row.get("place_id"), row.get("persons")) for row in table.rows]


def row_with(text: str) -> Row:
    return Row("t.csv", 2, {"n": text}, {"n": "Skaits"})


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1257", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_a_table_reads_the_same_in_any_usual_encoding_and_separator(
    tmp_path: Path, encoding: str, separator: str
) -> None:
    path = tmp_path / "t.csv"
    text = "Vietas kods;Personu skaits\r\n0002000;5\r\nĶekavas;7\r\n".replace(";", separator)
    path.write_bytes(text.encode(encoding))

    table = read(path)

    assert cells(table) == [("0002000", "5"), ("Ķekavas", "7")]
    assert table.encoding == encoding
    assert table.separator == separator
    assert table.headers == {"place_id": "Vietas kods", "persons": "Personu skaits"}


def test_titles_above_the_header_and_empty_rows_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "Dati par 2026. gadu\n\nvietas kods;personu skaits;piezīmes\n\nA;1;x\n;;\nB;2\n"
    )

    table = read(path)

    assert cells(table) == [("A", "1"), ("B", "2")]
    assert [row.number for row in table.rows] == [5, 7]
    assert table.unread == ("piezīmes",)


def test_a_spreadsheet_reads_as_its_csv_does(tmp_path: Path) -> None:
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.append(["Vietas kods", "Personu skaits"])
    sheet.append(["0002000", 5.0])
    sheet.append([None, None])
    sheet.append(["Ķekava", 7])
    book.save(tmp_path / "t.xlsx")

    table = read(tmp_path / "t.xlsx")

    assert cells(table) == [("0002000", "5"), ("Ķekava", "7")]
    assert [row.number for row in table.rows] == [2, 4]


def test_a_saved_mapping_names_headers_that_are_not_known(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("Pagasts;Cik\nA;1\n")
    faults = FaultList()

    table = read_table(path, COLUMNS, faults, mapping={"Pagasts": "place_id", "Cik": "persons"})

    assert not faults
    assert cells(table) == [("A", "1")]


def test_headers_are_compared_without_diacritics_case_and_signs() -> None:
    assert plain(" Mērķa  grupa (GRT)* ") == "merka_grupa_grt"


@pytest.mark.parametrize(
    ("text", "number"),
    [("5", 5), ("0", 0), ("+5", 5), ("1 200", 1200), ("1\u00a0200", 1200), ("5,0", 5), ("5.00", 5)],
)
def test_whole_numbers_are_read_as_people_write_them(text: str, number: int) -> None:
    faults = FaultList()

    assert whole_number(row_with(text), "n", faults) == number
    assert not faults


@pytest.mark.parametrize(
    "text", ["", "-1", "2,5", "1.200", "1,200", "NA", "nan", "inf", "1e5", "٣", "--5", "5 5"]
)
def test_what_is_no_count_is_a_fault_with_row_and_column(text: str) -> None:
    faults = FaultList()

    assert whole_number(row_with(text), "n", faults) is None
    assert [(f.file, f.row, f.column) for f in faults.faults] == [("t.csv", 2, "Skaits")]


@pytest.mark.parametrize(("text", "number"), [("56,5", 56.5), ("56.5", 56.5), ("-3", -3.0)])
def test_decimals_may_have_a_comma_or_a_point(text: str, number: float) -> None:
    assert decimal_number(row_with(text), "n", FaultList(), least=-90, most=90) == number


@pytest.mark.parametrize("text", ["2026-11-22", "22.11.2026", "22.11.2026."])
def test_dates_are_read_in_both_customs(text: str) -> None:
    assert date(row_with(text), "n", FaultList()) == "2026-11-22"
