"""The command `curve`: what it writes tells sites and euros, and no small count of persons."""

import csv
import json
import re
from pathlib import Path

import pytest
from PIL import Image
from typer.testing import CliRunner

from planner.cli import app
from planner.disclosure import HIDDEN_MARK
from planner.domain import ProofStatus
from planner.publishing.prices import ToldPrice, ToldPrices, price_sentences, write_price_picture
from planner.workflow import load, prices_for, read_prices

TINY = Path(__file__).parents[1] / "scenarios" / "tiny.toml"

FOR_READERS = {"prices.csv", "prices_en.csv", "prices.png", "prices.svg", "prices.txt"}
FILES = FOR_READERS | {"prices.json", "points.json"}


def run(*words):
    return CliRunner().invoke(app, ["--language", "en", *map(str, words)])


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("curve")
    assert run("curve", TINY, "--out", folder).exit_code == 0
    return folder


def test_the_curve_of_two_villages_is_the_one_worked_out_by_hand(folder):
    with (folder / "prices.csv").open(encoding="utf-8") as text:
        rows = {float(row["tolerance_percent"]): row for row in csv.DictReader(text)}

    # 5 % of 14 persons is nobody: one new centre for 80,000 and the old one enlarged for 35,000.
    assert (rows[5.0]["new_sites"], rows[5.0]["cost_eur"]) == ("1", "115000")
    assert rows[5.0]["asked"] == "yes"
    # 8 % is one person more, for whom the old centre need not grow.
    assert (rows[8.0]["new_sites"], rows[8.0]["cost_eur"]) == ("1", "80000")
    # With all beyond the standard nothing new is built, and the old centre takes everyone in.
    assert (rows[100.0]["new_sites"], rows[100.0]["cost_eur"]) == ("0", "154000")
    assert {row["status"] for row in rows.values()} == {"proven"}
    assert {row["least_cost_eur"] == row["cost_eur"] for row in rows.values()} == {True}


def test_every_file_is_there_and_none_tells_a_few(folder):
    assert {file.name for file in folder.iterdir()} == FILES
    for name in ("prices.csv", "prices_en.csv"):
        text = (folder / name).read_text(encoding="utf-8-sig")
        rows = list(csv.DictReader(text.splitlines(), delimiter=";" if "_" in name else ","))
        persons = [
            value
            for row in rows
            for key, value in row.items()
            if key.lower().replace(" ", "_") in {"served", "within_the_standard", "unserved"}
            or key == "within_standard"
        ]
        assert persons
        assert not {"1", "2", "3", "4"} & set(persons)
        assert HIDDEN_MARK in persons
    text = (folder / "prices.txt").read_text(encoding="utf-8")
    assert not re.search(r"(?<![\d\u00a0])[1-4] within", text)


def test_the_curve_is_a_picture_of_some_size(folder):
    with Image.open(folder / "prices.png") as picture:
        assert picture.width > 600
        assert len(picture.convert("L").getcolors() or []) > 10


def test_what_was_saved_is_read_again_and_holds_no_true_count(folder):
    told = read_prices(folder)

    assert told.aim == "persons_beyond_standard"
    assert told.need == "14"
    assert json.loads((folder / "prices.json").read_text(encoding="utf-8"))["asked"] == 0.05
    assert {p.within_standard for p in told.points} == {HIDDEN_MARK}


def test_a_damaged_curve_is_refused(tmp_path):
    (tmp_path / "prices.json").write_text('{"points": [{}]}', encoding="utf-8")

    with pytest.raises(ValueError, match=r"prices\.json"):
        read_prices(tmp_path)


def test_a_curve_without_its_counts_is_refused(folder, tmp_path):
    (tmp_path / "prices.json").write_bytes((folder / "prices.json").read_bytes())
    assert run("plan", TINY, "--out", tmp_path / "plan").exit_code == 0
    plan = load(tmp_path / "plan")

    with pytest.raises(ValueError, match=r"points\.json"):
        prices_for(tmp_path, plan)
    (tmp_path / "points.json").write_text('{"format": 1, "points": 3}', encoding="utf-8")
    with pytest.raises(ValueError, match=r"points\.json"):
        prices_for(tmp_path, plan)


def test_the_true_counts_lie_in_the_file_that_says_so(folder):
    said = json.loads((folder / "points.json").read_text(encoding="utf-8"))

    assert "not for publication" in said["notice"]
    assert {sum(row["need"] for row in point) for point in said["points"]} == {14}


def test_an_aim_without_a_price_is_refused_with_those_that_have_one(tmp_path):
    found = run("curve", TINY, "--out", tmp_path, "--aim", "sites")

    assert found.exit_code == 2
    assert "persons_beyond_standard, persons_unserved" in found.output


def test_the_unserved_have_a_price_too_and_a_plan_can_be_beside(tmp_path):
    assert run("plan", TINY, "--out", tmp_path / "plan").exit_code == 0

    found = run(
        "curve", TINY, "--out", tmp_path, "--plan", tmp_path / "plan", "--aim", "persons_unserved",
        "--json",
    )  # fmt: skip

    assert found.exit_code == 0
    points = json.loads(found.stdout)["prices"]["points"]
    assert points[0]["unserved"] == "0"
    assert (points[-1]["new_units"], points[-1]["cost_eur"]) == (0, 0)


def test_a_curve_that_counts_partners_tells_no_persons_beside_a_region_without_them(tmp_path):
    scenario = tmp_path / "apart.toml"
    scenario.write_text(
        'title = "Apart"\nregion = "kurzeme"\nplan_year = 2027\npartners = ["0052000"]\n'
        'partners_in_totals = false\n[model]\nservices = ["day_care_adults"]\n',
        encoding="utf-8",
    )

    done = run("curve", scenario, "--out", tmp_path / "out", "--time-limit", 5)

    assert done.exit_code == 0

    curve = read_prices(tmp_path / "out")
    assert {curve.need, *(p.served for p in curve.points)} == {HIDDEN_MARK}


def told(status, *, least=100, gap=0.0, least_sites=1):
    return ToldPrice(0.0, "20", "15", "0", 2, 2, least_sites, 120, least, status, gap)


@pytest.mark.parametrize(
    ("point", "words"),
    [
        (told(ProofStatus.PROVEN), "no plan with this tolerance does better"),
        (told(ProofStatus.BEST_FOUND, gap=0.2), "costs less than 100 EUR"),
        (told(ProofStatus.BEST_FOUND, gap=0.5), "fewer than 1 new sites"),
        (told(ProofStatus.STOPPED, least=None, gap=1.0), "stopped before a bound was known"),
    ],
)
def test_a_point_says_how_good_it_is_known_to_be(point, words):
    prices = ToldPrices("persons_beyond_standard", None, "20", (point,))

    assert words in "\n".join(price_sentences(prices, language="en"))


def test_a_curve_of_which_nothing_may_be_told_says_so(tmp_path):
    point = ToldPrice(0.0, "…", "…", "…", 2, 2, 2, 120, 120, ProofStatus.PROVEN, 0.0)
    prices = ToldPrices("persons_beyond_standard", None, "20", (point,))

    write_price_picture(tmp_path / "prices.svg", prices, language="en")

    assert (tmp_path / "prices.svg").stat().st_size > 1000
