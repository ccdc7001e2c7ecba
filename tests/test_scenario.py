from dataclasses import replace
from pathlib import Path

import pytest

from planner.domain import AimTerms, Audience, Budget, Commitment, OpeningYear, Readers, SiteWish
from planner.errors import InputError
from planner.inputs.scenario import read_scenario, scenario_to_toml
from planner.locales import say_fault

ROOT = Path(__file__).parent.parent


def _read(folder: Path, text: str):
    file = folder / "question.toml"
    file.write_text('title = "T"\nregion = "latgale"\nplan_year = 2027\n' + text)
    return read_scenario(file)


@pytest.mark.parametrize("file", sorted((ROOT / "scenarios").glob("*.toml")), ids=lambda f: f.stem)
def test_every_shipped_scenario_is_read_and_written_back_alike(file, tmp_path):
    scenario = read_scenario(file)

    copy = tmp_path / file.name
    copy.write_text(scenario_to_toml(scenario))

    assert read_scenario(copy) == scenario


def test_everything_that_may_be_asked_survives_being_written(tmp_path):
    asked = replace(
        _read(tmp_path, ""),
        services=("workshop",),
        standards={"workshop": (20.0, 45.0)},
        need_shares={"workshop": 0.3},
        budgets=(Budget("ERAF", 5, "capital", 2027, 850, frozenset({"workshop"}), None),),
        new_sites_at_most={"*": 3},
        kept=(SiteWish("workshop", "a", 'a "promise"\n'),),
        vetoed=(SiteWish("workshop", "b", "too small"),),
        committed=(Commitment("workshop", "c", 10, "the council's decision"),),
        opening_years=(OpeningYear("*", "c", 2026),),
        agreements=frozenset({("workshop", "1", "2")}),
        least_share_served={"*": 0.5},
        most_loss_minutes=10.0,
        detour_at_most={"workshop": 5.0},
        aims=(AimTerms("cost_eur", absolute=1.0),),
        audience=Audience.INSTITUTIONS,
        thresholds={Audience.PUBLIC: 10, Audience.STAFF: 3},
    )

    file = tmp_path / "question.toml"
    file.write_text(scenario_to_toml(asked))

    assert read_scenario(file) == asked


def test_nobody_may_cross_is_not_the_same_as_anybody_may(tmp_path):
    asked = _read(tmp_path, "agreement = []\n")
    assert asked.agreements == frozenset()

    file = tmp_path / "question.toml"
    file.write_text(scenario_to_toml(asked))

    assert read_scenario(file) == asked
    assert _read(tmp_path, "").agreements is None


def test_every_fault_of_a_scenario_is_told_at_once(tmp_path):
    text = """
    [model]
    candidats = "all"
    unknown_places = "many"
    [standards.workshop]
    standard_minutes = 50
    limit_minutes = 40
    [[keep]]
    service = "workshop"
    site = "a"
    [[aim]]
    name = "beauty"
    """

    with pytest.raises(InputError) as caught:
        _read(tmp_path, text)

    assert sorted(f.key for f in caught.value.faults) == [
        "aim[1].name",
        "keep[1].reason",
        "model.candidats",
        "model.unknown_places",
        "standards.workshop",
    ]
    assert "did you mean candidates?" in str(caught.value)


def test_a_scenario_is_faulted_in_the_readers_language_at_its_keys(tmp_path):
    file = tmp_path / "question.toml"
    file.write_text(
        'title = " "\nregion = "latgala"\nplan_year = 1000\n[model]\ncandidates = "al"\n'
        'existing_may_close = "no"\nservices = "workshop"\n[[growth]]\ngroup = "adults"\n'
        'source = "x"\nrate_per_year = true\n'
    )

    with pytest.raises(InputError) as caught:
        read_scenario(file)

    assert sorted(say_fault("lv", fault) for fault in caught.value.faults) == [
        "question.toml, atslēga base_year: trūkst; norādiet izvērtēšanas gadu",
        (
            "question.toml, atslēga growth[1].rate_per_year: atrasts true; norādiet skaitli no -1 "
            "līdz 1"
        ),
        (
            "question.toml, atslēga model.candidates: atrasts 'al'; norādiet vienu no: all, towns, "
            "none"
        ),
        (
            "question.toml, atslēga model.existing_may_close: atrasts 'no'; norādiet true (jā) vai "
            "false (nē)"
        ),
        "question.toml, atslēga model.services: atrasts 'workshop'; norādiet tekstu sarakstu",
        "question.toml, atslēga plan_year: atrasts 1000; norādiet veselu skaitli no 2000 līdz 2100",
        (
            "question.toml, atslēga region: plānošanas reģiona 'latgala' nav; norādiet vienu no: "
            "latgale, kurzeme, zemgale, riga, vidzeme"
        ),
        "question.toml, atslēga title: atrasts ' '; norādiet tekstu, kas nav tukšs",
    ]


def test_a_file_that_is_no_toml_is_an_input_error(tmp_path):
    with pytest.raises(InputError, match="not a TOML file"):
        _read(tmp_path, "[[[")
    with pytest.raises(InputError, match="not there"):
        read_scenario(tmp_path / "absent.toml")


def test_without_a_word_the_public_reads_counts_from_five_on(tmp_path):
    scenario = _read(tmp_path, "")

    assert scenario.readers() == Readers(Audience.PUBLIC, 5)
    assert "audience" not in scenario_to_toml(scenario)
    assert "thresholds" not in scenario_to_toml(scenario)


@pytest.mark.parametrize(
    ("said", "public", "institutions", "staff"),
    [
        ("public = 10\nstaff = 3", 10, 5, 3),
        ("public = 4", 4, 4, 4),
        ("staff = 8", 8, 8, 8),
        ("public = 12\ninstitutions = 7", 12, 7, 5),
    ],
)
def test_a_threshold_that_is_not_told_is_as_usual_as_the_others_allow(
    tmp_path, said, public, institutions, staff
):
    scenario = _read(tmp_path, f'audience = "staff"\n[thresholds]\n{said}')

    told = [scenario.readers(audience).threshold for audience in Audience]
    assert told == [public, institutions, staff]
    assert scenario.readers() == Readers(Audience.STAFF, staff)


def test_what_is_named_in_the_call_goes_before_the_scenario(tmp_path):
    scenario = _read(tmp_path, 'audience = "staff"\n[thresholds]\ninstitutions = 7')

    assert scenario.readers(Audience.PUBLIC, 20) == Readers(Audience.PUBLIC, 20)
    assert scenario.readers(threshold=4) == Readers(Audience.STAFF, 4)
    with pytest.raises(InputError, match="give public 7 or more"):
        scenario.readers(Audience.PUBLIC, 5)
    with pytest.raises(InputError, match="give 3 or more"):
        scenario.readers(threshold=2)


@pytest.mark.parametrize(
    ("said", "fault"),
    [
        ('audience = "everybody"', "key audience: found 'everybody'; give one of: public, "),
        (
            "[thresholds]\npublic = 2",
            "key thresholds.public: found 2; give a whole number from 3",
        ),
        ("[thresholds]\npublik = 5", "key thresholds.publik: unknown key; did you mean public"),
        (
            "[thresholds]\npublic = 5\nstaff = 10",
            (
                "key thresholds: public would read counts from 5 persons on, institutions only "
                "from 10; a wider audience never reads smaller counts: give public 10 or more"
            ),
        ),
    ],
)
def test_readers_that_cannot_be_are_faults_with_their_key(tmp_path, said, fault):
    with pytest.raises(InputError) as refused:
        _read(tmp_path, said)

    assert f"question.toml, {fault}" in str(refused.value)
