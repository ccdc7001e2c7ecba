"""Writes a folder of files that a person might send by mistake or malice, each wrong in its way."""

from __future__ import annotations

import gzip
import io
import json
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

from openpyxl import Workbook

NEEDS = "place_id;group;persons\n"
PERSONS = "person_id;place_id;group;services;assessed_on;at_risk\n"
LEAVERS = "person_id;place_id;group;in_institution;wishes_to_leave;origin;leaves_in\n"
ADDITIONS = "place_id;group;persons;year;source\n"
INSTITUTIONS = (
    "institution;year;children;places;foster_family;guardian;adoption;family_like_home;"
    "youth_house;stays;target_places\n"
)
FACILITIES = "service;name;address;place_id;places;status\n"
SITES = "address;place_id;adapted;places;cost_eur\n"
SETTLEMENTS = "place_id,name,municipality_atvk,lat,lon\n"
CATALOGUE = (
    "id,code,name_lv,name_en,target_group,stay,site_bound,start_without_building,need_share,"
    "sizes_places,persons_per_place,least_load_persons,standard_minutes,limit_minutes,"
    "build_eur_per_place,enlarge_eur_per_place,price_year\n"
)
CARE = "care,C,Aprūpe,Care,adults,day,yes,no,0.5,8;16,1,4,30,60,1000,500,2021\n"
SQUARE = [[27.0, 56.0], [27.1, 56.0], [27.1, 56.1], [27.0, 56.1], [27.0, 56.0]]


def write_bad_files(folder: Path) -> dict[str, str]:
    """Write every bad file and return the kind of each by its name.

    The kind is one of `planner.inputs.kinds.KINDS`, or "settlements", "assessed", "services",
    "municipalities" for a file of a study area.
    """
    kinds: dict[str, str] = {}
    for (kind, name), content in {**_tables(), **_binaries(), **_layers()}.items():
        made = content() if callable(content) else content
        (folder / name).write_bytes(made if isinstance(made, bytes) else made.encode())
        kinds[name] = kind
    return kinds


def _tables() -> dict[tuple[str, str], str | bytes]:
    return {
        # the file as a whole
        ("needs", "empty.csv"): "",
        ("needs", "blank_lines.csv"): "\n\n   \n",
        ("needs", "only_bom.csv"): b"\xef\xbb\xbf",
        ("needs", "only_header.csv"): "place_id;group;persons\n",
        ("needs", "no_header.csv"): "0002000;adults;5\n0006000;adults;7\n",
        ("needs", "no_group_column.csv"): "place_id;persons\n0002000;5\n",
        ("needs", "no_persons_column.csv"): "place_id;group\n0002000;adults\n",
        ("needs", "column_twice.csv"): "place_id;group;persons;skaits\n0002000;adults;5;5\n",
        ("needs", "open_quote.csv"): NEEDS + '0002000;"adults;5\n0006000;adults;7\n',
        ("needs", "quote_inside.csv"): NEEDS + '0002000;"adults"x;5\n',
        ("needs", "long_row.csv"): NEEDS + "0002000;adults;5;6;7\n",
        ("needs", "null_bytes.csv"): b"place_id;group;persons\n0002000;adults;\x00\x00\n",
        ("needs", "not_baltic.csv"): NEEDS.encode() + b"Daug\xa1vpils\xff\xa5;adults;5\n",
        ("needs", "broken_utf16.csv"): b"\xff\xfe\x00\xd8p",
        # places
        ("needs", "lost_zeros.csv"): NEEDS + "2000;adults;5\n604342;adults;1\n",
        ("needs", "misspelt_place.csv"): NEEDS + "Daugavpls;adults;5\n",
        ("needs", "unknown_place.csv"): NEEDS + "Atlantīda;adults;5\n",
        ("needs", "empty_place.csv"): NEEDS + ";adults;5\n",
        ("needs", "ambiguous_place.csv"): NEEDS + "Salas pagasts;adults;5\n",
        (
            "needs",
            "wrong_municipality.csv",
        ): "place_id;ATVK;group;persons\n0002000;0006000;adults;5\n",
        # counts
        ("needs", "negative.csv"): NEEDS + "0002000;adults;-3\n",
        ("needs", "fraction.csv"): NEEDS + "0002000;adults;2,5\n",
        ("needs", "thousands_or_fraction.csv"): NEEDS + "0002000;adults;1.200\n",
        ("needs", "nan.csv"): NEEDS + "0002000;adults;NaN\n",
        ("needs", "not_available.csv"): NEEDS + "0002000;adults;NA\n",
        ("needs", "dash.csv"): NEEDS + "0002000;adults;-\n",
        ("needs", "empty_count.csv"): NEEDS + "0002000;adults;\n",
        ("needs", "huge.csv"): NEEDS + "0002000;adults;1000000000\n",
        ("needs", "endless_digits.csv"): NEEDS + f"0002000;adults;{'9' * 400}\n",
        ("needs", "infinite.csv"): NEEDS + "0002000;adults;inf\n",
        ("needs", "shortened_by_excel.csv"): NEEDS + "0002000;adults;1E+05\n",
        ("needs", "words.csv"): NEEDS + "0002000;adults;daudz\n",
        ("needs", "formula.csv"): NEEDS + "0002000;adults;=1+1\n",
        ("needs", "arabic_digits.csv"): NEEDS + "0002000;adults;٣\n",
        ("needs", "unknown_group.csv"): NEEDS + "0002000;seniori;5\n",
        ("needs", "empty_group.csv"): NEEDS + "0002000;;5\n",
        ("needs", "twice.csv"): NEEDS + "0002000;adults;5\n0006000;adults;1\n0002000;GRT;5\n",
        ("needs", "municipalities_alone.csv"): "Pašvaldība;Grupa;Skaits\nLudzas novads;GRT;9\n",
        (
            "needs",
            "service_of_others.csv",
        ): "place_id;group;service;persons\n0002000;children_ft;DAC_GRT;6\n"
        "0002000;likumiskie pārstāvji;ATB_GR;6\n",
        ("needs", "total_of_a_faulty_row.csv"): NEEDS + "0002000;adults;5\n"
        "Atlantīda;adults;7\n0002000;children_ft;4\nKopā;GRT;12\nKopā;FT;9\n",
        ("needs", "totals_differ.csv"): NEEDS + "0002000;adults;5\n0006000;adults;7\nKopā;GRT;13\n",
        (
            "needs",
            "more_in_institutions.csv",
        ): NEEDS + "0002000;ĀĢA;5\n0002000;BSAC;6\n",
        (
            "needs",
            "service_above_group.csv",
        ): "place_id;group;service;persons\n0002000;adults;;5\n0002000;adults;DAC_GRT;6\n",
        (
            "needs",
            "unknown_service.csv",
        ): "place_id;group;service;persons\n0002000;adults;BALETS;6\n",
        (
            "needs",
            "many_faults.csv",
        ): NEEDS + "2000;adults;-1\nAtlantīda;seniori;2,5\n0006000;adults;NA\n",
        ("needs", "cp1257_fault.csv"): (NEEDS + "Rēzekkņe;adults;5\n").encode("cp1257"),
        ("needs", "utf16_fault.csv"): (NEEDS + "0002000;adults;-5\n").encode("utf-16"),
        # persons
        ("needs", "personal_codes.csv"): PERSONS + "010190-12345;0002000;adults;;2020-01-01;no\n",
        ("needs", "new_personal_code.csv"): NEEDS
        + "0002000;adults;5\n0006000;adults;32123456789\n",
        (
            "needs",
            "names.csv",
        ): "Vārds;Uzvārds;place_id;group;persons\nJānis;Bērziņš;0002000;adults;1\n",
        (
            "needs",
            "personal_code_column.csv",
        ): "Personas kods;place_id;group;persons\nx;0002000;GRT;1\n",
        (
            "needs",
            "birth_dates.csv",
        ): "place_id;group;persons;Dzimšanas datums\n0002000;GRT;1;1990\n",
        ("needs", "diagnoses.csv"): "place_id;group;persons;Diagnoze (SSK-10)\n0002000;GRT;1;F70\n",
        ("needs", "addresses.csv"): "place_id;group;persons;Adrese\n0002000;GRT;1;Rīgas iela 1\n",
        ("needs", "phones.csv"): "place_id;group;persons;Tālrunis\n0002000;GRT;1;29999999\n",
        ("needs", "name_as_pseudonym.csv"): PERSONS
        + "Jānis Bērziņš;0002000;adults;;2020-01-01;no\n",
        ("needs", "no_pseudonym.csv"): PERSONS + ";0002000;adults;;2020-01-01;no\n",
        (
            "needs",
            "column_beside_persons.csv",
        ): "person_id;place_id;group;Piezīmes\nA1;0002000;adults;ļoti jauks\n",
        (
            "needs",
            "person_in_two_places.csv",
        ): PERSONS + "A1;0002000;adults;;2020-01-01;no\nA1;0006000;adults;;2020-01-01;no\n",
        ("needs", "person_in_the_future.csv"): PERSONS + "A1;0002000;adults;;2999-01-01;no\n",
        ("needs", "person_no_date.csv"): PERSONS + "A1;0002000;adults;;30.02.2020;no\n",
        ("needs", "person_unknown_service.csv"): PERSONS + "A1;0002000;adults;DAC_GRT;;no\n"
        "A2;0002000;adults;BALETS,OPERA;;no\n",
        ("needs", "person_service_of_others.csv"): PERSONS + "A1;0002000;children_ft;DAC_GRT;;no\n",
        ("needs", "person_risk_perhaps.csv"): PERSONS + "A1;0002000;adults;;;varbūt\n",
        ("needs", "person_unknown_place.csv"): PERSONS + "A1;Atlantīda;adults;;;no\n",
        ("needs", "municipality_as_place.csv"): NEEDS + "Viļakas novads;adults;5\n",
        ("needs", "leaves_without_centre.csv"): LEAVERS + "A1;0002000;GRT;yes;yes;Jānis;2027\n",
        ("needs", "leaves_from_home.csv"): LEAVERS + "A1;0002000;GRT;no;no;VSAC Latgale;2027\n",
        ("needs", "leaves_long_ago.csv"): LEAVERS + "A1;0002000;VSAC;;;VSAC Latgale;1827\n",
        # who comes on top, and institutions for children
        ("additions", "addition_without_source.csv"): ADDITIONS + "0002000;VSAC;3;2027;\n",
        ("additions", "addition_twice.csv"): ADDITIONS
        + "Preiļu novads;VSAC;3;2027;Kalupe\nPreiļu novads;VSAC;4;2027;Kalupe\n",
        ("additions", "addition_unknown_place.csv"): ADDITIONS + "Atlantīda;VSAC;3;2027;Kalupe\n",
        ("institutions", "child_lost_in_row.csv"): INSTITUTIONS + "A;2026;9;9;1;0;0;0;0;7;\n",
        ("institutions", "child_lost_between_years.csv"): INSTITUTIONS
        + "A;2026;9;9;1;0;0;0;0;8;\nA;2027;7;8;0;0;0;0;0;7;\n",
        ("institutions", "places_rise.csv"): INSTITUTIONS
        + "A;2026;9;9;1;0;0;0;0;8;\nA;2027;8;12;0;0;0;0;0;8;\n",
        ("institutions", "target_missed.csv"): INSTITUTIONS + "A;2026;9;9;1;0;0;0;0;8;4\n",
        ("institutions", "targets_differ.csv"): INSTITUTIONS
        + "A;2026;9;9;1;0;0;0;0;8;4\nA;2027;8;4;4;0;0;0;0;4;3\n",
        ("institutions", "more_stay_than_places.csv"): INSTITUTIONS + "A;2026;9;5;1;0;0;0;0;8;\n",
        # facilities and sites
        ("facilities", "facility_service.csv"): FACILITIES
        + "ballet;N;Iela 1;0002000;8;operating\n",
        ("facilities", "facility_zero_places.csv"): FACILITIES
        + "workshop;N;Iela 1;0002000;0;operating\n",
        ("facilities", "facility_status.csv"): FACILITIES + "workshop;N;Iela 1;0002000;8;maybe\n",
        ("facilities", "facility_no_address.csv"): FACILITIES + "workshop;N;;0002000;8;operating\n",
        ("facilities", "facility_twice.csv"): FACILITIES
        + "workshop;N;Iela 1;0002000;8;operating\nworkshop;M;iela 1;0002000;9;operating\n",
        (
            "facilities",
            "facility_site_id.csv",
        ): "site_id;" + FACILITIES + "a;workshop;N;Iela 1;0002000;8;operating\n"
        "a;group_home;N;Iela 2;0002000;8;operating\n",
        (
            "facilities",
            "facility_latitude.csv",
        ): "lat;lon;" + FACILITIES + "99;26,5;workshop;N;Iela 1;0002000;8;operating\n",
        (
            "facilities",
            "facility_swapped.csv",
        ): "lat;lon;" + FACILITIES + "26,53;55,88;workshop;N;Iela 1;0002000;8;operating\n",
        ("sites", "site_half_coordinates.csv"): "lat;lon;" + SITES + "56,1;;Iela 1;0002000;;;\n",
        ("sites", "site_swapped.csv"): "lat;lon;" + SITES + "26,53;55,88;Iela 1;0002000;;;\n",
        ("sites", "site_far.csv"): "lat;lon;" + SITES + "57,18;27,67;Iela 1;0002000;;;\n",
        ("sites", "site_adapted.csv"): SITES + "Iela 1;0002000;daļēji;8;100000\n",
        ("sites", "site_cost.csv"): SITES + "Iela 1;0002000;jā;8;dārgi\n",
        ("sites", "site_services.csv"): "services;"
        + SITES
        + "DAC_GRT, balets;Iela 1;0002000;;x;-5,50\n",
        ("sites", "site_twice.csv"): SITES + "Iela 1;0002000;;;\nIela 1;0002000;;;\n",
        # files of a study area
        ("settlements", "settlement_coordinates.csv"): SETTLEMENTS
        + "A,Ala,M1,abc,27\nB,Bela,M1,,27\n",
        ("settlements", "settlement_swapped.csv"): SETTLEMENTS
        + "A,Ala,M1,27,56\nB,Bela,M1,27.1,56.1\n",
        ("settlements", "settlement_twice.csv"): SETTLEMENTS + "A,Ala,M1,56,27\nA,Bela,M1,56,27\n",
        ("services", "service_sizes.csv"): CATALOGUE + CARE.replace("8;16", "16;8"),
        ("services", "service_no_sizes.csv"): CATALOGUE + CARE.replace("8;16", ""),
        ("services", "service_words_for_sizes.csv"): CATALOGUE + CARE.replace("8;16", "mazs;liels"),
        ("services", "service_share.csv"): CATALOGUE + CARE.replace("0.5", "1.5"),
        ("services", "service_limit.csv"): CATALOGUE + CARE.replace("30,60", "60,30"),
    }


def _binaries() -> dict[tuple[str, str], Callable[[], bytes]]:
    return {
        ("needs", "old_excel.xls"): lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600),
        ("needs", "portable.csv"): lambda: b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n",
        ("needs", "packed.csv"): lambda: gzip.compress(NEEDS.encode(), mtime=0),
        ("needs", "no_workbook.xlsx"): lambda: _zip({"readme.txt": b"hello"}),
        ("needs", "cut_off.xlsx"): lambda: _sheet([["place_id", "group", "persons"]])[:400],
        ("needs", "bomb.xlsx"): lambda: _zip(
            {"xl/workbook.xml": b"<x/>", "xl/bomb.xml": bytes(300_000_000)}
        ),
        ("needs", "many_entries.xlsx"): lambda: _zip(
            {"xl/workbook.xml": b"<x/>", **{f"xl/{n}.xml": b"" for n in range(2_100)}}
        ),
        ("needs", "entities.xlsx"): lambda: _with_member(
            "xl/worksheets/sheet1.xml",
            b'<?xml version="1.0"?><!DOCTYPE s [<!ENTITY a "aaaaaaaaaa">'
            b'<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><worksheet><sheetData>&b;</sheetData>'
            b"</worksheet>",
        ),
        ("needs", "far_cell.xlsx"): lambda: _with_member(
            "xl/worksheets/sheet1.xml",
            b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
            b'<sheetData><row r="1048576"><c r="XFD1048576" t="n"><v>1</v></c></row></sheetData>'
            b"</worksheet>",
        ),
        ("needs", "wide.xlsx"): lambda: _sheet([["place_id", "group", "persons"], [*range(300)]]),
        ("needs", "zeros_lost_in_excel.xlsx"): lambda: _sheet(
            [["Vietas kods", "Mērķa grupa", "Personas"], [2000, "GRT", 5], ["0006000", "GRT", 2.5]]
        ),
        ("needs", "formula.xlsx"): lambda: _sheet(
            [["place_id", "group", "persons"], ["0002000", "GRT", "=1+1"]]
        ),
        ("needs", "codes.xlsx"): lambda: _sheet(
            [["place_id", "group", "persons", "x"], ["0002000", "GRT", 1, "010190-12345"]]
        ),
    }


def _layers() -> dict[tuple[str, str], str | bytes | Callable[[], bytes]]:
    metres = [[x * 1e4 + 400_000, y * 1e4 - 260_000] for x, y in SQUARE]
    return {
        ("boundaries", "no_layer.txt"): "hello",
        ("boundaries", "broken.geojson"): '{"type": "FeatureCollection", "features": [',
        ("boundaries", "no_features.geojson"): _geojson([]),
        ("boundaries", "metres.geojson"): _geojson([metres]),
        ("boundaries", "swapped.geojson"): _geojson([[[y, x] for x, y in SQUARE]]),
        ("boundaries", "elsewhere.geojson"): _geojson([[[x - 27, y - 56] for x, y in SQUARE]]),
        ("boundaries", "bow_tie.geojson"): _geojson(
            [[[27.0, 56.0], [27.1, 56.1], [27.1, 56.0], [27.0, 56.12], [27.0, 56.0]]]
        ),
        ("boundaries", "twice.geojson"): _geojson([SQUARE, SQUARE], atvk="0002000"),
        ("boundaries", "virtual.geojson"): (
            '<OGRVRTDataSource><OGRVRTLayer name="x"><SrcDataSource>/etc/passwd</SrcDataSource>'
            "</OGRVRTLayer></OGRVRTDataSource>"
        ),
        ("boundaries", "address.geojson"): (
            "<OGRWFSDataSource><URL>http://127.0.0.1:9/wfs</URL></OGRWFSDataSource>"
        ),
        ("boundaries", "esri.geojson"): '{"displayFieldName":"","geometryType":"esriGeometryPoint",'
        '"features":[{"attributes":{},"geometry":{"x":1,"y":2}}]}',
        ("boundaries", "plain_database.gpkg"): _database,
        ("boundaries", "half_shape.shp"): b"\x00\x00\x27\x0a" + bytes(96),
    }


def _geojson(rings: list[list[list[float]]], *, atvk: str = "") -> str:
    features = [
        {
            "type": "Feature",
            "properties": {"atvk": atvk},
            "geometry": {"type": "Polygon", "coordinates": [ring]},
        }
        for ring in rings
    ]
    return json.dumps({"type": "FeatureCollection", "features": features})


def _zip(members: dict[str, bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)
    return packed.getvalue()


def _sheet(rows: list[list[object]]) -> bytes:
    book = Workbook()
    sheet = book.active
    for row in rows:
        sheet.append(row)
    packed = io.BytesIO()
    book.save(packed)
    return packed.getvalue()


def _with_member(name: str, content: bytes) -> bytes:
    """Return a workbook with one of its members exchanged."""
    members = {}
    with zipfile.ZipFile(io.BytesIO(_sheet([["place_id", "group", "persons"]]))) as archive:
        for entry in archive.namelist():
            members[entry] = archive.read(entry)
    return _zip({**members, name: content})


def _database() -> bytes:
    with sqlite3.connect(":memory:") as database:
        database.execute("CREATE TABLE t (a TEXT)")
        database.commit()
        return bytes(database.serialize())
