"""Ten questions that no plan answers: the rules in conflict, by name, with who and how much."""

from pathlib import Path

import pytest
from typer.testing import CliRunner

from planner.cli import app
from tests.test_scenario_reaches import asked

CARE_LV = "„Dienas aprūpes centrs pilngadīgām personām ar GRT”"
CARE_EN = "“Day care centre, adults with mental impairment”"
ABOUT = 'service = "day_care_adults"\n'
KEEP = f'[[keep]]\n{ABOUT}site = "liepas"\nreason = "promised"\n'
KEEP_OZOLI = f'[[keep]]\n{ABOUT}site = "ozoli"\nreason = "a school stands empty"\n'
FORBID = f'[[forbid]]\n{ABOUT}site = "{{}}"\nreason = "flooded"\n'
CLOSE = f'[[close]]\n{ABOUT}site = "ozoli-a1"\nreason = "sold"\n'
ALL_SERVED = '[least_share_served]\n"*" = 1.0\n'
NOTHING_NEW = '[new_sites_at_most]\n"*" = 0\n'


CASES = {
    "a small budget and a promise": (
        {"tables": f'{KEEP}[[budget]]\nid = "ERAF"\namount_eur = 50_000\n'},
        [f"keep {CARE_EN} at Liepas open: promised", "budget ERAF of 50,000 EUR: 30,000 EUR short"],
        [
            f"saglabāt atvērtu pakalpojumu {CARE_LV} vietā Liepas: promised",
            "budžets ERAF, 50 000 EUR: pietrūkst 30 000 EUR",
        ],
    ),
    "a fund that pays 85 % of a promise": (
        {
            "tables": f'{KEEP}[[budget]]\nid = "ERAF"\namount_eur = 60_000\nshare_permille = 850\n'
        },
        [f"keep {CARE_EN} at Liepas open: promised", "budget ERAF of 60,000 EUR: 8,000 EUR short"],
        [
            f"saglabāt atvērtu pakalpojumu {CARE_LV} vietā Liepas: promised",
            "budžets ERAF, 60 000 EUR: pietrūkst 8 000 EUR",
        ],
    ),
    "money of a year in which a promise opens": (
        {
            "tables": f'{KEEP}[[budget]]\nid = "2026"\namount_eur = 10_000\nyear = 2026\n'
            f'[[opening_year]]\n{ABOUT}site = "liepas"\nyear = 2026\n'
        },
        [f"keep {CARE_EN} at Liepas open: promised", "budget 2026 of 10,000 EUR: 70,000 EUR short"],
        [
            f"saglabāt atvērtu pakalpojumu {CARE_LV} vietā Liepas: promised",
            "budžets 2026, 10 000 EUR: pietrūkst 70 000 EUR",
        ],
    ),
    "a floor and a distance": (
        {
            "tables": ALL_SERVED
            + NOTHING_NEW
            + "[standards.day_care_adults]\nstandard_minutes = 10\nlimit_minutes = 20\n"
        },
        [
            "at most 0 new sites (all services together): 1 more are needed",
            f"at least 100 % of the need for {CARE_EN} served in Līvānu novads: < 5 persons short",
        ],
        [
            "jaunas vietas – ne vairāk kā 0 (visi pakalpojumi kopā): vajadzīgas vēl 1",
            (f"vismaz 100 % vajadzības pēc pakalpojuma {CARE_LV} pašvaldībā Līvānu novads: "
            "pietrūkst < 5 personu"),
        ],
    ),
    "one site and two that must be": (
        {"tables": f"{KEEP}[sites_at_most]\nday_care_adults = 1\n"},
        [
            f"keep {CARE_EN} at Liepas open: promised",
            f"{CARE_EN} at Ozoli, Skolas iela 1 exists and may not close",
            f"at most 1 sites ({CARE_EN}): 1 more are needed",
        ],
        [
            f"saglabāt atvērtu pakalpojumu {CARE_LV} vietā Liepas: promised",
            f"pakalpojums {CARE_LV} vietā Ozoli, Skolas iela 1 jau darbojas, un to nedrīkst slēgt",
            f"vietas – ne vairāk kā 1 ({CARE_LV}): vajadzīgas vēl 1",
        ],
    ),
    "who is served today and a site that closes": (
        {"tables": CLOSE + FORBID.format("ozoli"), "model": "most_loss_minutes = 10"},
        [
            f"nothing new or larger of {CARE_EN} at Ozoli: flooded",
            f"close {CARE_EN} at Ozoli, Skolas iela 1: sold",
            f"nobody served by {CARE_EN} today may lose more than 10 minutes: 8 persons would",
        ],
        [
            f"pakalpojumam {CARE_LV} vietā Ozoli neko nebūvēt un nepaplašināt: flooded",
            f"slēgt pakalpojumu {CARE_LV} vietā Ozoli, Skolas iela 1: sold",
            (f"neviens, kas šodien saņem pakalpojumu {CARE_LV}, nedrīkst zaudēt vairāk par 10 "
            "minūtēm: zaudētu 8 personas"),
        ],
    ),
    "places at an address, and everyone served": (
        {
            "tables": f"[address_places_at_most]\nday_care_adults = 8\n{ALL_SERVED}{NOTHING_NEW}"
        },
        [
            f"places of {CARE_EN}: 6 persons too many",
            "at most 0 new sites (all services together): 1 more are needed",
            f"at least 100 % of the need for {CARE_EN} served in Līvānu novads: 6 persons short",
            f"at most 8 places at one address ({CARE_EN}): 22 places too many",
        ],
        [
            f"vietu skaits pakalpojumam {CARE_LV}: par 6 personām par daudz",
            "jaunas vietas – ne vairāk kā 0 (visi pakalpojumi kopā): vajadzīgas vēl 1",
            (f"vismaz 100 % vajadzības pēc pakalpojuma {CARE_LV} pašvaldībā Līvānu novads: "
            "pietrūkst 6 personu"),
            f"ne vairāk kā 8 vietas vienā adresē ({CARE_LV}): par 22 vietām par daudz",
        ],
    ),
    "a promise larger than an address may hold": (
        {"tables": f"{KEEP}[address_places_at_most]\nday_care_adults = 6\n"},
        [
            f"at most 6 places at one address ({CARE_EN}): 2 places too many",
            f"keep {CARE_EN} at Liepas open: promised",
        ],
        [
            f"ne vairāk kā 6 vietas vienā adresē ({CARE_LV}): par 2 vietām par daudz",
            f"saglabāt atvērtu pakalpojumu {CARE_LV} vietā Liepas: promised",
        ],
    ),
    "kept and forbidden": (
        {"tables": KEEP + FORBID.format("liepas")},
        [
            f"keep {CARE_EN} at Liepas open: promised",
            f"nothing new or larger of {CARE_EN} at Liepas: flooded",
        ],
        [
            f"saglabāt atvērtu pakalpojumu {CARE_LV} vietā Liepas: promised",
            f"pakalpojumam {CARE_LV} vietā Liepas neko nebūvēt un nepaplašināt: flooded",
        ],
    ),
    "two promises for too few people": (
        {"tables": KEEP + KEEP_OZOLI, "share": "0.5"},
        [
            f"least load of {CARE_EN}: < 5 persons short",
            f"keep {CARE_EN} at Liepas open: promised",
            f"keep {CARE_EN} at Ozoli open: a school stands empty",
        ],
        [
            f"mazākā dzīvotspējīgā slodze pakalpojumam {CARE_LV}: pietrūkst < 5 personu",
            f"saglabāt atvērtu pakalpojumu {CARE_LV} vietā Liepas: promised",
            f"saglabāt atvērtu pakalpojumu {CARE_LV} vietā Ozoli: a school stands empty",
        ],
    ),
}  # fmt: skip


def said(folder: Path, language: str, *options: str, share: str = "1.0", **parts: str) -> list[str]:
    file = asked(folder, **parts)
    text = file.read_text(encoding="utf-8")
    file.write_text(
        text.replace("day_care_adults = 1.0", f"day_care_adults = {share}", 1), encoding="utf-8"
    )
    found = CliRunner().invoke(
        app, ["--language", language, "plan", str(file), "--out", str(folder / "out"), *options]
    )
    assert found.exit_code == 4, found.output
    return found.stderr.replace("\u00a0", " ").splitlines()


@pytest.mark.parametrize("case", CASES)
def test_a_conflict_names_its_rules_with_who_and_how_much(case: str, tmp_path: Path) -> None:
    parts, english, latvian = CASES[case]

    first, *rules = said(tmp_path, "en", **parts)

    assert first == f"these {len(rules)} rules cannot all hold:"
    assert rules == [line.replace(",000", " 000") for line in english]
    first, *rules = said(tmp_path, "lv", **parts)
    assert first == f"šos {len(rules)} nosacījumus visus kopā nevar izpildīt:"
    assert rules == latvian


def test_who_may_read_counts_from_ten_on_reads_of_no_fewer_in_a_conflict(tmp_path: Path) -> None:
    parts, english, _ = CASES["who is served today and a site that closes"]

    told = said(tmp_path, "en", "--threshold", "10", **parts)

    assert told[-1] == english[-1].replace(": 8 persons", ": < 10 persons")
