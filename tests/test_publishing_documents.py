from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

import docx
import pytest
from docx.oxml.ns import qn

from planner.analysis.indicators import service_figures
from planner.disclosure import NOT_SHOWN, REGION, protect_plan
from planner.domain import AimProof, Budget, ProofStatus, Reason, Scenario, Size, Status
from planner.editions import amendment, before_of, standing
from planner.locales import say
from planner.problem import today_of
from planner.publishing.aims import aim_told, proof_sentence
from planner.publishing.coverage import RANGES
from planner.publishing.documents import Dossier, write_amendment
from planner.publishing.people import People, aims_withheld
from planner.publishing.picture import write_picture
from planner.publishing.report import report
from tests.mapped_towns import area_of
from tests.towns import CARE, drawn, enlarged, existing, new, river_town
from tests.towns import standing as stands

SOFFICE = shutil.which("soffice")


class Now(NamedTuple):
    municipality: str
    service: str
    persons: int
    why: str


def river_dossier(**rest: Any) -> Dossier:
    problem = river_town(existing={(CARE, "left"): stands(10)}, build=("right",))
    problem = replace(problem, persons={(CARE, "left"): 9, (CARE, "right"): 12})
    before = today_of(problem)
    today = drawn(before, {(CARE, "left"): existing(10)}, {(CARE, "left", "left"): 9})
    plan = drawn(
        problem,
        {(CARE, "left"): existing(10), (CARE, "right"): new(10)},
        {(CARE, "left", "left"): 9, (CARE, "right", "right"): 10},
    )
    plan = replace(plan, reasons={(CARE, "right"): {Reason.NO_PLACES: 2}})
    area = area_of(
        problem,
        addresses={"left": "Krasta iela 2"},
        names={"left": "Kreisais krasts", "right": "Labais krasts"},
    )
    dossier = Dossier(
        area=area,
        scenario=Scenario("upe", "Upe: divi krasti", "latgale", 2027),
        problem=problem,
        plan=plan,
        amendment=amendment(problem, standing(problem), plan, area, assigned_before=today.assigned),
        figures=service_figures(problem, plan),
        today=service_figures(before, today),
        start_now=[Now("left", CARE, 3, "unserved")],
        made_on=date(2026, 11, 22),
    )
    return replace(dossier, **rest)


def texts_of(document: Any) -> str:
    cells = [c.text for table in document.tables for row in table.rows for c in row.cells]
    return "\n".join([*(p.text for p in document.paragraphs), *cells])


@pytest.mark.parametrize(("served_today", "alike"), [(9, False), (16, True)])
def test_a_share_and_a_range_that_it_lies_in_are_no_rise_and_no_fall(
    tmp_path: Path, served_today: int, *, alike: bool
) -> None:
    d = river_dossier()
    today = drawn(
        d.problem,
        {(CARE, "left"): existing(10), (CARE, "right"): new(10)},
        {(CARE, "left", "left"): 9, (CARE, "right", "right"): served_today - 9},
    )
    d = replace(d, today=service_figures(d.problem, today))

    told = report(d.area, d.problem, d.plan, figures=d.figures, today=d.today, language="lv")
    written = docx.Document(str(write_amendment(tmp_path / "a.docx", d)))

    share = f"{100 * served_today / 21:.0f}\u00a0%"
    for text in (told, texts_of(written)):
        assert share in text
        assert "75–100\u00a0%" in text.replace(say("lv", RANGES), "")
        assert (say("lv", RANGES) in text) is alike


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("amendment")
    dossier = river_dossier()
    picture = write_picture(
        folder / "map.png",
        dossier.area,
        dossier.problem,
        dossier.plan,
        before=standing(dossier.problem),
    )
    return write_amendment(folder / "grozijumi.docx", replace(dossier, map_picture=picture))


def test_the_document_is_latvian_from_styles_to_properties(written: Path) -> None:
    document = docx.Document(str(written))

    tags = document.styles.element.findall(f".//{qn('w:lang')}")
    assert {tag.get(qn("w:val")) for tag in tags} == {"lv-LV"}
    assert document.core_properties.language == "lv-LV"
    assert document.core_properties.title.startswith("Deinstitucionalizācijas plāna")


def test_it_tells_before_and_after_persons_euros_and_why(written: Path) -> None:
    told = texts_of(docx.Document(str(written)))

    assert "atvērt: Labais krasts, adresi nosaka pašvaldība" in told
    assert "jauns pakalpojums pašvaldībā: līdz šim tuvākā pakalpojuma vieta: " in told
    assert "; pakalpojumu sāk saņemt 10\u00a0pers." in told
    assert "10 / 10" in told
    assert "100\u00a0000,00\u00a0EUR" in told
    assert "ERAF 85\u00a0000" in told
    assert "Iesaistīto pašvaldību domes" in told
    assert "22.11.2026." in told
    assert "Ilustratīvi dati" in told


@pytest.mark.parametrize(
    ("budgets", "said"),
    [
        ((), "Būvniecību neierobežo neviens budžets."),
        (
            (Budget("building", 3_500_000), Budget("ERAF", 5_000)),
            "Budžets būvniecībai: 3\u00a0500\u00a0000\u00a0EUR; Budžets ERAF: 5\u00a0000\u00a0EUR.",
        ),
    ],
)
def test_it_tells_the_budget_that_the_plan_was_made_with(
    tmp_path: Path, budgets: tuple[Budget, ...], said: str
) -> None:
    """The title of a scenario may be older than the budget that was set on the screen."""
    dossier = river_dossier(
        scenario=Scenario("upe", "Upe: divi krasti", "latgale", 2027, budgets=budgets)
    )

    file = write_amendment(tmp_path / "grozijumi.docx", dossier)

    assert f"Scenārijs: Upe: divi krasti. {said}" in texts_of(docx.Document(str(file)))


def test_it_tells_which_sites_were_set_by_hand_once(tmp_path: Path) -> None:
    d = river_dossier()
    problem = replace(
        d.problem,
        kept={(CARE, "left"): "pašvaldības ēka", (CARE, "right"): "dāvināta zeme"},
        vetoed={("workshop", "right"): "applūst"},
    )
    today = drawn(d.problem, {(CARE, "left"): existing(10)}, {(CARE, "left", "left"): 9})
    found = amendment(problem, standing(problem), d.plan, d.area, assigned_before=today.assigned)
    d = replace(d, problem=problem, amendment=found)

    file = write_amendment(tmp_path / "a.docx", d)

    document = docx.Document(str(file))
    [table] = [t for t in document.tables if "Kas noteikts" in [c.text for c in t.rows[0].cells]]
    told = [[cell.text for cell in row.cells][-3:] for row in table.rows]
    assert told[1:] == [
        ["Krasta iela 2, Kreisais krasts", "jābūt atvērtai", "pašvaldības ēka"],
        ["Labais krasts", "neko jaunu neatvērt un nepaplašināt", "applūst"],
    ]
    assert texts_of(document).count("dāvināta zeme") == 1  # with its change, and not again
    without = docx.Document(str(write_amendment(tmp_path / "b.docx", river_dossier())))
    assert "Plānotāja noteiktais" not in texts_of(without)


def test_places_that_are_only_approved_are_no_places_that_operate(tmp_path: Path) -> None:
    decided = stands(10, status=Status.COMMITTED, larger=(Size(14, 28_000),))
    problem = river_town(existing={(CARE, "left"): decided}, build=())
    plan = drawn(problem, {(CARE, "left"): enlarged(14)}, {(CARE, "left", "left"): 5})
    area = area_of(problem)
    found = amendment(problem, standing(problem), plan, area)
    dossier = river_dossier(
        area=area,
        problem=problem,
        plan=plan,
        amendment=found,
        figures=service_figures(problem, plan),
    )
    path = tmp_path / "grozijumi.docx"
    picture = write_picture(tmp_path / "map.png", area, problem, plan, before=standing(problem))

    told = texts_of(
        docx.Document(str(write_amendment(path, replace(dossier, map_picture=picture))))
    )

    assert "apstiprinātas, vēl nedarbojas: 10 / 0" in told
    assert "Vietas, kas bija apstiprinātas, bet vēl nedarbojas: 10." in told


def test_few_persons_are_not_told(written: Path) -> None:
    document = docx.Document(str(written))

    rows = [[c.text for c in row.cells] for table in document.tables for row in table.rows]
    assert ["Dienas aprūpes centrs", "nav brīvu vietu", "<\u00a05"] in rows
    assert ["Kreisais krasts", "<\u00a05"] in rows
    assert any(row[0] == "Personas bez pakalpojuma" and row[1] == "<\u00a05" for row in rows)


def test_heads_of_tables_come_again_on_every_page(written: Path) -> None:
    document = docx.Document(str(written))

    numbered = [t for t in document.tables if len(t.rows) > 1]
    assert len(numbered) == 8
    for table in numbered:
        first = table.rows[0]._tr.trPr
        assert first is not None
        assert first.find(qn("w:tblHeader")) is not None
        assert table._tbl.tblPr.find(qn("w:tblCaption")) is not None


def test_the_map_can_be_read_without_seeing_it(written: Path) -> None:
    document = docx.Document(str(written))

    [shape] = document.inline_shapes
    assert shape._inline.docPr.get("descr").startswith("Karte (")


def test_nothing_english_is_left_in_latvian(written: Path) -> None:
    told = texts_of(docx.Document(str(written)))

    words = re.findall(r"\b(the|and|with|persons|not known|of|Total|change)\b", told)
    assert words == []


def test_the_document_also_speaks_english(tmp_path: Path) -> None:
    file = write_amendment(tmp_path / "a.docx", river_dossier(), language="en")

    told = texts_of(docx.Document(str(file)))
    assert "Labais krasts, address decided by the municipality" in told
    assert "Pašvaldība" not in told


def test_a_plan_that_changes_nothing_says_so(tmp_path: Path) -> None:
    dossier = river_dossier()
    nothing = replace(dossier.amendment, changes=())

    file = write_amendment(tmp_path / "a.docx", replace(dossier, amendment=nothing, start_now=()))

    assert "Nekas nemainās." in texts_of(docx.Document(str(file)))


def costing(costs: dict[str, int]) -> Dossier:
    """Return the dossier of a change that costs so much, against an approved edition."""
    dossier = river_dossier()
    problem = replace(dossier.problem, approved={(CARE, "left"): 10})
    found = amendment(problem, before_of(problem, dossier.plan), dossier.plan, dossier.area)
    [opens] = found.changes
    saved = replace(opens, cost_eur=costs["all"], by_source={k: costs[k] for k in opens.by_source})
    return replace(dossier, problem=problem, amendment=replace(found, changes=(saved,)))


@pytest.mark.parametrize(
    ("eu", "municipality", "shares"),
    [(-850, -150, ("85,0 %", "15,0 %")), (-850, 851, ("–", "–")), (-850, 850, ("–", "–"))],
)
def test_shares_of_a_sum_stand_only_where_all_save_or_all_pay(
    tmp_path: Path, eu: int, municipality: int, shares: tuple[str, str]
) -> None:
    costs = {"all": eu + municipality, "eu": eu, "state": 0, "municipality": municipality}

    file = write_amendment(tmp_path / "a.docx", costing(costs))

    rows = [[c.text.replace("\u00a0", " ") for c in row.cells]
            for t in docx.Document(str(file)).tables for row in t.rows]  # fmt: skip
    [of_eu] = [row for row in rows if row[0] == "ERAF"]
    [of_municipality] = [
        row for row in rows if row[0] == "Pašvaldība" and len(row) == 3 and row[2].endswith(" EUR")
    ]
    assert (of_eu[1], of_municipality[1]) == shares
    assert of_eu[2] == "\u2212850,00 EUR"
    [total] = [row for row in rows if row[1:2] == ["Kopā"] and len(row) == 8]
    assert "ERAF \u2212850" in total[6]


@pytest.mark.parametrize(
    ("cost_eur", "unpriced", "said"),
    [
        (-850, False, "jāmaksā par 850,00 EUR mazāk, nekā apstiprināts"),
        (-850, True, "jāmaksā vismaz par 850,00 EUR mazāk, nekā apstiprināts"),
        (0, False, "jāmaksā tikpat, cik apstiprināts"),
        (0, True, "jāmaksā ne vairāk kā 0,00 EUR virs apstiprinātā"),
        (850, True, "jāmaksā ne vairāk kā 850,00 EUR virs apstiprinātā"),
        (850, False, "jāmaksā par 850,00 EUR vairāk, nekā apstiprināts"),
    ],
)
def test_a_sum_with_costs_that_are_not_known_is_the_most_that_it_can_be(
    tmp_path: Path,
    cost_eur: int,
    unpriced: bool,  # noqa: FBT001
    said: str,
) -> None:
    dossier = costing({"all": cost_eur, "eu": cost_eur, "state": 0, "municipality": 0})
    [change] = dossier.amendment.changes
    changes = (replace(change, unpriced=unpriced),)
    found = replace(dossier.amendment, changes=changes)

    file = write_amendment(tmp_path / "a.docx", replace(dossier, amendment=found))

    text = texts_of(docx.Document(str(file))).replace("\u00a0", " ")
    assert f"Pēc aplēses {said}." in text


def test_a_search_that_was_stopped_is_told_on_the_first_page(tmp_path: Path) -> None:
    dossier = river_dossier()
    [(services, aims)] = dossier.plan.proof.groups
    stopped = (replace(aims[0], status=ProofStatus.STOPPED, gap=1.0), *aims[1:])
    proof = replace(dossier.plan.proof, groups=((services, stopped),))

    file = write_amendment(
        tmp_path / "a.docx", replace(dossier, plan=replace(dossier.plan, proof=proof))
    )

    document = docx.Document(str(file))
    assert "Meklēšana pārtraukta" in document.tables[1].cell(0, 0).text


def test_a_few_persons_stay_few_beside_bound_and_gap() -> None:
    few = AimProof("persons_unserved", 12.0, 3.6, 0.7, ProofStatus.BEST_FOUND, 1.0, 0.0, 12.0)
    many = replace(few, value=30.0, bound=27.8, gap=0.08, in_plan=30.0)

    assert proof_sentence(few, "en") == (
        "Persons unserved: 12; no plan under these rules goes below < 5"
    )
    assert "goes below 27 (8.00\u00a0% better at most)" in proof_sentence(many, "en")
    assert proof_sentence(few, "lv").endswith("nav zem < 5")


def test_what_later_aims_gave_back_is_in_what_is_said_of_the_plan() -> None:
    aim = AimProof("persons_beyond_standard", 8.0, 8.0, 0.0, ProofStatus.PROVEN, 1.0, 9.7, 17.0)

    assert proof_sentence(aim, "en") == (
        "Persons served beyond the standard: 17 in the plan, 8 at best; "
        "no plan under these rules goes below 8"
    )
    few = replace(aim, value=0.0, bound=0.0)
    assert "17 in the plan, 0 at best" in proof_sentence(few, "en")


def test_no_sum_of_trips_is_told_for_it_would_tell_who_travels_far() -> None:
    aim = AimProof("person_minutes", 79.0, 78.0, 1 / 79, ProofStatus.PROVEN, 1.0, 0.0, 79.0)

    for language in ("en", "lv"):
        said = proof_sentence(aim, language)
        assert "79" not in said
        assert "78" not in said
        assert "1.27" in said or "1,27" in said
    told = aim_told(aim, language="en")
    assert (told.in_plan, told.at_best, told.bound) == (NOT_SHOWN, NOT_SHOWN, NOT_SHOWN)
    assert told.gap == "1.27\u00a0%"


def test_an_aim_is_withheld_with_the_total_that_it_counts() -> None:
    aim = AimProof("persons_unserved", 30.0, 30.0, 0.0, ProofStatus.PROVEN, 1.0, 0.0, 30.0)

    assert proof_sentence(aim, "en", withheld=True) == "Persons unserved: …"
    assert aims_withheld(None) == frozenset()


def test_the_document_counts_persons_as_the_gate_released_them(tmp_path: Path) -> None:
    dossier = river_dossier()
    before = today_of(dossier.problem)
    today = drawn(before, {(CARE, "left"): existing(10)}, {(CARE, "left", "left"): 9})
    released = protect_plan((before, today), (dossier.problem, dossier.plan), snapshot="river")
    people = People(released)

    file = write_amendment(tmp_path / "a.docx", replace(dossier, released=released), language="en")

    tables = [
        [c.text.replace("\u00a0", " ") for c in row.cells]
        for t in docx.Document(file).tables
        for row in t.rows
    ]
    shown = people.at(REGION, CARE)
    [service] = [row for row in tables if len(row) == 8 and row[0] == "Day care"]
    assert (service[2], service[5]) == (shown.need, shown.unserved)
    [left_out] = [row for row in tables if row[1:2] == ["no places"]]
    assert left_out[2] == people.unserved_because(REGION, CARE, "no places")
    assert "withheld, so that no small number" in texts_of(docx.Document(file))


def test_where_no_reason_is_told_words_stand_beside_the_total_of_the_overview(
    tmp_path: Path,
) -> None:
    d = river_dossier()
    many = replace(d.problem, persons={(CARE, "left"): 9, (CARE, "right"): 22})
    plan = replace(d.plan, reasons={}, unserved={(CARE, "right"): 12})
    today = drawn(today_of(many), {(CARE, "left"): existing(10)}, {(CARE, "left", "left"): 9})
    released = protect_plan((today_of(many), today), (many, plan), snapshot="none")
    d = replace(d, problem=many, plan=plan, figures=service_figures(many, plan), released=released)

    document = docx.Document(str(write_amendment(tmp_path / "a.docx", d)))

    rows = [[cell.text for cell in row.cells] for t in document.tables for row in t.rows]
    [overview] = [row[5] for row in rows if row[0] == d.area.services[0].name_lv and len(row) == 8]
    [unserved] = [row[1:] for row in rows if row[0] == d.area.services[0].name_lv and len(row) == 3]
    assert overview == "12"
    assert unserved == ["iemesli nav rādīti, lai nevarētu aprēķināt mazu skaitli", "12"]


def test_names_with_characters_that_xml_lacks_do_no_harm(tmp_path: Path) -> None:
    dossier = river_dossier()
    points = tuple(replace(p, name=f"{p.name}\x00\x1f\ufffe<b>&") for p in dossier.area.points)

    file = write_amendment(
        tmp_path / "a.docx", replace(dossier, area=replace(dossier.area, points=points))
    )

    assert docx.Document(str(file)).paragraphs


@pytest.mark.skipif(SOFFICE is None, reason="LibreOffice is not installed")
def test_an_office_program_opens_it_and_cuts_nothing(written: Path, tmp_path: Path) -> None:
    command = [
        str(SOFFICE),
        f"-env:UserInstallation={(tmp_path / 'profile').as_uri()}",
        "--headless",
        "--convert-to",
        "txt:Text (encoded):UTF8",
        "--outdir",
        str(tmp_path),
        str(written),
    ]
    subprocess.run(command, check=True, capture_output=True, timeout=120)

    told = (tmp_path / "grozijumi.txt").read_text(encoding="utf-8-sig")
    assert "Pašvaldību kopsummas: bija un būs" in told
    assert "Labais krasts" in told
