"""A file that was sent is read apart, told whole, and gone from the disk whatever happens."""

from __future__ import annotations

import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import shapely
from openpyxl import Workbook

from planner.errors import Fault
from planner.inputs import uploads
from planner.inputs.ground import Ground, ground_of
from planner.inputs.scenario import read_scenario
from planner.inputs.study_area import starter_data
from planner.inputs.uploads import Upload, read_upload, sweep_uploads
from planner.locales import say_fault
from planner.workflow import crs_to_confirm
from tests.test_inputs_geometry import write

ROOT = Path(__file__).resolve().parents[1]
CANARY = "KanarijPutniņš"
COUNTS = "Vieta;Mērķa grupa;Skaits\n0002000;GRT;30\n0006000;GRT;12\n0680201;FT;3\n"


@pytest.fixture
def temp(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Give the folder of temporary files, and find it empty at the end."""
    folder = tmp_path / "temp"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert list(folder.rglob("*")) == []


@pytest.fixture
def latgale() -> Ground:
    return ground_of(None, region="latgale", data=starter_data())


def sent(content: str | bytes, ground: Ground, *, kind: str = "needs", **more: object) -> Upload:
    raw = content.encode() if isinstance(content, str) else content
    return read_upload(raw, kind=kind, ground=ground, mappings=Path("none"), **more)  # type: ignore[arg-type]


def persons(count: int) -> str:
    head = "person_id;place_id;group;services;assessed_on\n"
    return head + "".join(f"{CANARY}{n};0680201;GRT;DAC_GRT;2018-02-01\n" for n in range(count))


@pytest.mark.usefixtures("temp")
def test_a_table_of_counts_comes_back_as_counts(latgale: Ground) -> None:
    found = sent(COUNTS, latgale)

    assert found.faults == ()
    assert found.needs is not None
    assert found.needs.persons == {
        ("adults", "0002000"): 30,
        ("adults", "0006000"): 12,
        ("children_ft", "0680201"): 3,
    }
    assert found.seen is not None
    assert (found.seen.encoding, found.seen.separator) == ("utf-8", ";")


@pytest.mark.usefixtures("temp")
def test_rows_of_persons_come_back_as_counts_alone_and_are_told_as_they_pass(
    latgale: Ground,
) -> None:
    told: list[tuple[int, int]] = []

    found = sent(persons(5_000), latgale, on_rows=lambda done, rows: told.append((done, rows)))

    assert found.needs is not None
    assert found.needs.persons == {("adults", "0680201"): 5_000}
    assert found.needs.shape == "persons"
    assert told == [(0, 5_000), (2_000, 5_000), (4_000, 5_000), (5_000, 5_000)]
    assert CANARY not in repr(found)


@pytest.mark.usefixtures("temp")
def test_every_fault_has_its_row_and_column_and_no_name_of_the_copy(latgale: Ground) -> None:
    found = sent("Vieta;Mērķa grupa;Skaits\n0002000;GRT;3,5\n;GRT;4\n", latgale)

    assert found.needs is None
    assert [(f.file, f.row, f.column) for f in found.faults] == [
        ("", 2, "Skaits"),
        ("", 3, "Vieta"),
    ]


@pytest.mark.usefixtures("temp")
def test_a_place_of_another_region_is_refused_with_what_may_be_meant(latgale: Ground) -> None:
    found = sent("Vieta;Mērķa grupa;Skaits\nLudzza;GRT;30\nKuldīga;GRT;4\n", latgale)

    assert [fault.row for fault in found.faults] == [2, 3]
    assert "Ludza" in say_fault("lv", found.faults[0])


BY_MUNICIPALITY = "novads;grupa;personas;piezīmes\nLudzas novads;GRT;x9;\nPreiļu novads;GRT;12;\n"


@pytest.mark.usefixtures("temp")
def test_a_table_by_municipality_lacks_no_places_once_its_time_is_said(latgale: Ground) -> None:
    before = sent(BY_MUNICIPALITY, latgale)
    found = sent(BY_MUNICIPALITY, latgale, units="2025")

    assert before.seen is not None
    assert before.seen.missing == ("place_id",)
    assert found.seen is not None
    assert found.seen.missing == ()
    assert found.seen.headers["municipality_atvk"] == "novads"
    assert [(f.row, f.column) for f in found.faults] == [(2, "personas")]


@pytest.mark.usefixtures("temp")
def test_a_table_that_names_neither_places_nor_municipalities_lacks_its_places(
    latgale: Ground,
) -> None:
    found = sent(BY_MUNICIPALITY.replace("novads;", "rajons;", 1), latgale, units="2025")

    assert found.seen is not None
    assert found.seen.missing == ("place_id",)


@pytest.mark.usefixtures("temp")
def test_a_scenario_on_its_own_settlements_is_held_against_them() -> None:
    tiny = read_scenario(ROOT / "scenarios" / "tiny.toml")
    ground = ground_of(tiny, region="latgale", data=starter_data())

    found = sent("Vieta;Mērķa grupa;Skaits\nOzoli;GRT;13\n", ground)

    assert found.needs is not None
    assert found.needs.persons == {("adults", "ozoli"): 13}


@pytest.mark.parametrize("ending", ["csv", "xlsx"])
@pytest.mark.usefixtures("temp")
def test_neither_faults_nor_preview_repeat_what_stands_in_rows_of_persons(
    latgale: Ground, ending: str
) -> None:
    rows = [row.split(";") for row in persons(3).splitlines()]
    rows += [[f"{CANARY}x", CANARY, CANARY, CANARY, CANARY], [f"{CANARY} Uzvārds", "", "", ""]]
    found = sent(as_file(rows, ending), latgale)

    assert len(found.faults) >= 5
    said = repr(found) + "".join(say_fault("lv", fault) for fault in found.faults)
    assert CANARY not in said


@pytest.mark.usefixtures("temp")
def test_a_table_without_headers_shows_none(latgale: Ground) -> None:
    found = sent(f"{CANARY};0002000;x\n{CANARY}2;0002000;y\n", latgale)

    assert found.seen is None
    assert CANARY not in repr(found)


def test_a_reader_who_leaves_ends_the_reading_and_leaves_no_file(
    temp: Path, latgale: Ground
) -> None:
    there: list[list[Path]] = []

    def leave(*_: int) -> None:
        there.append(list(temp.rglob("upload")))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sent(persons(5_000), latgale, on_rows=leave)

    assert [len(files) for files in there] == [1]


def test_what_a_killed_planner_left_is_deleted_and_that_of_a_living_one_is_not(
    temp: Path,
) -> None:
    dead = subprocess.Popen([sys.executable, "-c", ""])
    dead.wait()
    left = temp / f"{uploads._PREFIX}{dead.pid}-x"
    left.mkdir()
    (left / "upload").write_text(persons(3), encoding="utf-8")
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as living:
        used = temp / f"{uploads._PREFIX}{living.pid}-x"
        used.mkdir()

        sweep_uploads()

        assert list(temp.iterdir()) == [used]
        living.communicate(b"\n")
    used.rmdir()


@pytest.mark.usefixtures("temp")
def test_a_file_that_is_too_large_is_not_even_written(latgale: Ground) -> None:
    found = sent(b"x" * (uploads.MOST_BYTES + 1), latgale)

    assert found.faults == (
        Fault("is larger than {most} megabytes; split the file", fields={"most": 50}),
    )


@pytest.mark.usefixtures("temp")
def test_a_reading_that_takes_too_long_is_ended(
    latgale: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "SECONDS", 0.01)

    found = sent(persons(5_000), latgale)

    assert [fault.text for fault in found.faults] == [
        "takes longer than {seconds} seconds to read; it is not read on"
    ]


@pytest.mark.usefixtures("temp")
def test_a_bomb_is_refused_in_words(latgale: Ground) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/workbook.xml", b"")
        archive.writestr("xl/worksheets/sheet1.xml", b"0" * 210_000_000)

    found = sent(packed.getvalue(), latgale)

    assert [fault.text for fault in found.faults] == [
        "unpacks to more than a table can be; it is not opened"
    ]


# --- facilities, sites, boundaries ---------------------------------------------------------------


@pytest.mark.usefixtures("temp")
def test_only_known_columns_of_facilities_are_kept(latgale: Ground) -> None:
    head = "Pakalpojums;Nosaukums;Adrese;Apdzīvota vieta;Vietu skaits;Statuss;Slepens\n"
    row = f"DAC_GRT;Centrs;Skolas iela 1;0002000;8;darbojas;{CANARY}\n"

    found = sent(head + row, latgale, kind="facilities")

    assert found.faults == ()
    assert found.content == (
        "service,name,address,place_id,places,status\n"
        "DAC_GRT,Centrs,Skolas iela 1,0002000,8,darbojas\n"
    )
    assert [note.column for note in found.notes] == ["Slepens"]
    assert found.totals == {"operating": 1, "places": 8, "addresses": 1}


@pytest.mark.usefixtures("temp")
def test_the_same_sites_from_a_spreadsheet_are_the_same_content(latgale: Ground) -> None:
    rows = [["Adrese", "Apdzīvota vieta", "Vietu skaits"], ["Skolas iela 1", "0002000", "8"]]

    texts = {sent(as_file(rows, e), latgale, kind="sites").content for e in ("csv", "xlsx")}

    assert texts == {"address,place_id,places\nSkolas iela 1,0002000,8\n"}


def square(**properties: str) -> bytes:
    ring = [[27.0, 56.4], [27.2, 56.4], [27.2, 56.6], [27.0, 56.4]]
    feature = {
        "type": "Feature",
        "properties": properties,
        "geometry": {"type": "Polygon", "coordinates": [ring]},
    }
    return json.dumps({"type": "FeatureCollection", "features": [feature]}).encode()


@pytest.mark.usefixtures("temp")
def test_boundaries_are_kept_by_code_in_degrees(latgale: Ground) -> None:
    found = sent(square(nosaukums="Ludzas novads", cits=CANARY), latgale, kind="boundaries")

    assert found.faults == ()
    kept = json.loads(found.content)
    assert [f["properties"] for f in kept["features"]] == [{"atvk": "0037000"}]
    assert CANARY not in found.content


@pytest.mark.usefixtures("temp")
def test_metres_that_a_layer_calls_degrees_can_be_confirmed(
    latgale: Ground, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("layer") / "a.gpkg"
    write(path, shapely.box(700_000, 250_000, 710_000, 260_000), crs="EPSG:4326")

    found = sent(path.read_bytes(), latgale, kind="boundaries")

    assert found.faults[0].fields["stated"] == "EPSG:4326"
    assert crs_to_confirm(found) == "EPSG:3059"


@pytest.mark.usefixtures("temp")
def test_boundaries_of_nobody_are_refused(latgale: Ground) -> None:
    found = sent(square(name="Atlantīda"), latgale, kind="boundaries")

    assert [fault.text for fault in found.faults] == [
        "no feature carries the code or the name of a present municipality"
    ]


@pytest.mark.usefixtures("temp")
def test_a_layer_that_is_another_driver_in_disguise_opens_nothing(
    latgale: Ground, tmp_path: Path
) -> None:
    secret = tmp_path / "secret.csv"
    secret.write_text(f"x,y,name\n27,56,{CANARY}\n", encoding="utf-8")
    disguise = (
        f'<OGRVRTDataSource><OGRVRTLayer name="secret"><SrcDataSource>{secret}</SrcDataSource>'
        '<GeometryField encoding="PointFromColumns" x="x" y="y"/></OGRVRTLayer></OGRVRTDataSource>'
    )

    found = sent(disguise, latgale, kind="boundaries")

    assert found.faults
    assert CANARY not in repr(found)


def as_file(rows: list[list[str]], ending: str) -> bytes:
    if ending == "csv":
        return "\n".join(";".join(row) for row in rows).encode()
    book, content = Workbook(), io.BytesIO()
    for row in rows:
        book.worksheets[0].append(row)
    book.save(content)
    return content.getvalue()
