"""OR-Library's formats are read as they are meant, and what is malformed is named with its line."""

import json

import numpy as np
import pytest

from benchmarks.orlib import main, read_cap, read_pmed
from benchmarks.orlib_instances import cap_text, large_cap_text, pmed_text
from planner.errors import InputError
from planner.facility_location import p_median

TRIANGLE = "3 4 1\n1 2 9\n2 3 4\n2 1 5\n1 3 20\n"
TWO_WAREHOUSES = "2 2\n10 5.\n10 6.\n4\n 1. 8.\n8\n 8. 2.\n"


def written(folder, text):
    path = folder / "instance.txt"
    path.write_text(text, "ascii")
    return path


def lines_of(capsys):
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_the_last_of_repeated_edges_counts_and_ways_are_shortest(tmp_path):
    graph = read_pmed(written(tmp_path, TRIANGLE))

    assert graph.p == 1
    assert graph.minutes.tolist() == [[0, 5, 9], [5, 0, 4], [9, 4, 0]]


def test_a_later_longer_edge_replaces_a_shorter_one(tmp_path):
    graph = read_pmed(written(tmp_path, "2 2 1\n1 2 3\n2 1 7\n"))

    assert graph.minutes[0, 1] == 7


def test_costs_are_those_of_all_of_a_demand(tmp_path):
    cap = read_cap(written(tmp_path, TWO_WAREHOUSES))

    assert cap.costs.tolist() == [[1, 8], [8, 2]]
    assert cap.demand.tolist() == [4, 8]
    assert cap.fixed.tolist() == [5, 6]
    assert cap.capacity.tolist() == [10, 10]


def test_pmed_prints_one_line_with_every_field(tmp_path, capsys):
    path = written(tmp_path, TRIANGLE)

    code = main(["pmed", str(path), str(path), "--time-limit", "20"])

    lines = lines_of(capsys)
    assert code == 0
    assert len(lines) == 2
    assert lines[0] | {"seconds": 0} == {
        "file": str(path), "opened": [1], "assignment": [1, 1, 1], "value": 9.0, "bound": 9.0,
        "gap": 0.0, "status": "proven", "seconds": 0,
    }  # fmt: skip


def test_pcenter_prints_the_longest_way(tmp_path, capsys):
    assert main(["pcenter", str(written(tmp_path, TRIANGLE))]) == 0

    assert lines_of(capsys)[0]["value"] == 5.0


def test_cap_splits_demand_and_names_the_shares(tmp_path, capsys):
    assert main(["cap", str(written(tmp_path, TWO_WAREHOUSES))]) == 0

    (line,) = lines_of(capsys)
    assert line["value"] == 5 + 6 + 1 + 2
    assert line["assignment"] == [[[0, 1.0]], [[1, 1.0]]]


def test_cap_without_capacities_assigns_whole_customers(tmp_path, capsys):
    assert main(["cap", "--uncapacitated", str(written(tmp_path, TWO_WAREHOUSES))]) == 0

    (line,) = lines_of(capsys)
    assert line["value"] == 5 + 1 + 8
    assert line["assignment"] == [0, 0]


def test_the_word_capacity_takes_the_number_given(tmp_path, capsys):
    path = written(tmp_path, TWO_WAREHOUSES.replace("10 ", "capacity "))

    assert main(["cap", str(path)]) == 2
    assert "--capacity" in capsys.readouterr().err
    assert main(["cap", str(path), "--capacity", "12"]) == 0
    assert lines_of(capsys)[0]["value"] == 14.0


@pytest.mark.parametrize(
    ("text", "row"),
    [
        ("", 1),
        ("3 1\n", 1),
        ("3 1 4\n1 2 3\n", 1),
        ("3 2 1\n1 2 3\n1 4 3\n", 3),
        ("3 2 1\n1 2 3\n1 3 x\n", 3),
        ("3 2 1\n1 2 3\n1 3 -1\n", 3),
        ("3 2 1\n1 2 3\n", 2),
        ("3 1 1\n1 2 3\n9\n", 3),
        ("2.5 1 1\n1 2 3\n", 1),
        ("3 1 1\n1 2 nan\n", 2),
    ],
)
def test_a_malformed_graph_is_refused_with_its_line(tmp_path, capsys, text, row):
    path = written(tmp_path, text)

    with pytest.raises(InputError) as raised:
        read_pmed(path)

    assert raised.value.faults[0].row == row
    assert main(["pmed", str(path)]) == 2
    assert f"row {row}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text", ["2 1\n1 2\n", "1 1\n1 2\n3\ninf\n", "0 1\n", "1 1\n1 2\n3\n4 5\n"]
)
def test_malformed_warehouses_are_refused(tmp_path, text):
    with pytest.raises(InputError):
        read_cap(written(tmp_path, text))


def test_a_missing_file_is_an_error_and_the_others_are_answered(tmp_path, capsys):
    code = main(["pmed", str(tmp_path / "none.txt"), str(written(tmp_path, TRIANGLE))])

    assert code == 2
    assert len(lines_of(capsys)) == 1


def test_graphs_of_the_published_form_are_proven(tmp_path):
    graph = read_pmed(written(tmp_path, pmed_text(200, 5, seed=3)))

    answer = p_median(graph.minutes, np.ones(200), graph.p)

    assert np.isfinite(graph.minutes).all()
    assert answer.gap == 0.0


def test_warehouses_of_the_published_form_are_proven(tmp_path, capsys):
    path = written(tmp_path, cap_text(16, 50, seed=1, fill=0.15, fixed=7500))

    assert main(["cap", str(path)]) == 0
    assert lines_of(capsys)[0]["status"] == "proven"


def test_numbers_may_be_broken_over_lines_and_written_as_floats(tmp_path):
    text = " 2   2 \n 10.  5.00000e+00\n10\n6.\n\n 4.\t1. \n 8.00000\r\n0 8.  \n2. \n\n\x1a"

    cap = read_cap(written(tmp_path, text))

    assert cap.costs.tolist() == [[1, 8], [8, 2]]
    assert cap.demand.tolist() == [4, 0]
    assert cap.fixed.tolist() == [5, 6]
    assert cap.capacity.tolist() == [10, 10]


@pytest.mark.parametrize("capacity", [8000, 14000])
def test_large_warehouses_of_the_published_form_are_proven(tmp_path, capsys, capacity):
    path = written(tmp_path, large_cap_text(seed=1, fixed=2_600_000))
    cap = read_cap(path, capacity=capacity)

    assert main(["cap", "--capacity", str(capacity), str(path)]) == 0

    (line,) = lines_of(capsys)
    load = np.zeros(100)
    paid = cap.fixed[line["opened"]].sum()
    for row, parts in enumerate(line["assignment"]):
        for site, share in parts:
            load[site] += share * cap.demand[row]
            paid += share * cap.costs[row, site]
    assert line["status"] == "proven"
    assert line["bound"] == line["value"] == pytest.approx(paid, rel=1e-9)
    assert (load <= capacity * (1 + 1e-7)).all()
    assert set(np.flatnonzero(load)) <= set(line["opened"])


def test_a_time_limit_leaves_a_value_above_a_true_bound(tmp_path, capsys):
    path = written(tmp_path, pmed_text(300, 30, seed=3))
    assert main(["pmed", str(path)]) == 0
    assert main(["pmed", str(path), "--time-limit", "0.01"]) == 0

    best, hurried = lines_of(capsys)
    assert best["status"] == "proven"
    assert hurried["bound"] <= best["value"] <= hurried["value"]
