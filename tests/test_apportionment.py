from hypothesis import given
from hypothesis import strategies as st

from planner.inputs.apportionment import apportion, apportion_in_parts

WEIGHTS = st.lists(st.integers(0, 50), min_size=1, max_size=12).filter(any)


def test_the_largest_remainders_get_what_is_left_over():
    assert apportion(10, [1, 1, 1]) == [4, 3, 3]
    assert apportion(10, [1, 1, 1], rotate=2) == [3, 3, 4]
    assert apportion(7, [0, 5, 2]) == [0, 5, 2]


def test_parts_first_and_places_then():
    weights = {"a": 1, "b": 1, "c": 2}

    shares = apportion_in_parts(2, weights, {"a": "north", "b": "north", "c": "south"})

    assert shares == {"a": 1, "b": 0, "c": 1}


@given(st.integers(0, 1000), WEIGHTS, st.integers(0, 20))
def test_shares_add_up_and_stay_within_one_of_their_quota(total, weights, rotate):
    shares = apportion(total, weights, rotate=rotate)

    assert sum(shares) == total
    for share, weight in zip(shares, weights, strict=True):
        assert abs(share - total * weight / sum(weights)) < 1
