"""Scores carry their n and an honest interval."""

from datetime import UTC, datetime, timedelta
from random import Random
from zoneinfo import ZoneInfo

import pytest

from app.insight.rules import (
    Day,
    Group,
    Nps,
    Standing,
    Tally,
    against,
    group_of,
    nps,
    same_hours,
    share,
    standing,
    usual,
)
from app.text import sort_key

NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


def test_under_ten_answers_there_is_no_score() -> None:
    assert nps(Tally(5, 2, 2)) is None
    assert nps(Tally()) is None
    assert nps(Tally(5, 3, 2)) is not None


def test_the_point_is_the_plain_score() -> None:
    score = nps(Tally(promoters=50, passives=30, detractors=20))
    assert score
    assert score.score == 30
    assert score.n == 100


def test_the_interval_adds_three_pseudo_answers() -> None:
    score = nps(Tally(promoters=50, passives=30, detractors=20))
    assert score
    # By hand: p = 50.75/103, d = 20.75/103, m = 0.291262, se = sqrt((p + d - m²)/103) = 0.076912.
    assert score.low == pytest.approx(14.05, abs=0.01)
    assert score.high == pytest.approx(44.20, abs=0.01)


def test_the_interval_stays_between_minus_and_plus_a_hundred() -> None:
    best, worst = nps(Tally(promoters=10)), nps(Tally(detractors=10))
    assert best
    assert worst
    assert best.high == 100
    assert worst.low == -100
    assert best.low < 100
    assert worst.high > -100


@pytest.mark.parametrize(("n", "is_rough"), [(10, True), (29, True), (30, False)])
def test_a_score_is_rough_under_thirty_answers(n: int, is_rough: bool) -> None:
    score = nps(Tally(promoters=n))
    assert score
    assert score.is_rough is is_rough


@pytest.mark.parametrize(("promoters", "detractors"), [(0.5, 0.2), (0.9, 0.03)])
@pytest.mark.parametrize("n", [10, 30, 100])
def test_the_interval_covers_the_truth_nineteen_times_in_twenty(
    n: int, promoters: float, detractors: float
) -> None:
    chance, truth = Random(n), 100 * (promoters - detractors)
    trials, covered = 2000, 0
    for _ in range(trials):
        draws = [chance.random() for _ in range(n)]
        p = sum(draw < promoters for draw in draws)
        d = sum(draw >= 1 - detractors for draw in draws)
        score = nps(Tally(p, n - p - d, d))
        assert score
        covered += score.low <= truth <= score.high
    assert 0.915 <= covered / trials <= 0.985


def test_stores_are_pooled_by_their_answers() -> None:
    assert Tally(1, 2, 3) + Tally(10, 20, 30) == Tally(11, 22, 33)


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(-20, 20, Standing.BELOW), (20, 40, Standing.ALIKE), (40, 60, Standing.ABOVE)],
)
def test_a_store_stands_out_only_when_its_interval_leaves_out_the_rest(
    low: float, high: float, expected: Standing
) -> None:
    pool = Nps(score=30, low=25, high=35, n=1000)
    assert standing(Nps(score=(low + high) / 2, low=low, high=high, n=50), pool) is expected


def test_without_a_pool_no_store_stands_out() -> None:
    assert standing(Nps(score=-90, low=-99, high=-80, n=50), None) is Standing.ALIKE


@pytest.mark.parametrize(
    ("rating", "group"),
    [(0, Group.DETRACTOR), (6, Group.DETRACTOR), (7, Group.PASSIVE), (8, Group.PASSIVE), (9, Group.PROMOTER)],
)
def test_ratings_fall_into_three_groups(rating: int, group: Group) -> None:
    assert group_of(rating) is group


def test_a_share_comes_with_wilsons_interval() -> None:
    found = share(3, 20)
    assert found
    assert found.percent == pytest.approx(15)
    assert found.low == pytest.approx(5.2, abs=0.05)
    assert found.high == pytest.approx(36.0, abs=0.05)


def test_a_share_needs_ten_answers() -> None:
    assert share(3, 9) is None


def test_the_usual_is_the_mean_of_days_that_had_answers() -> None:
    found = usual([Day(20, 2), Day(40, 10), Day(0, 0), Day(0, 0)])
    assert found
    assert found.n == 30
    assert found.percent == 20


def test_without_earlier_days_nothing_is_usual() -> None:
    assert usual([Day(0, 0)] * 4) is None
    assert against(Day(50, 25), None) is None


@pytest.mark.parametrize(
    ("today", "expected"),
    [
        (Day(100, 60), Standing.ABOVE),
        (Day(100, 2), Standing.BELOW),
        (Day(100, 22), Standing.ALIKE),
        (Day(9, 9), None),
    ],
)
def test_today_differs_from_the_usual_only_when_that_is_clear(today: Day, expected: Standing | None) -> None:
    assert against(today, usual([Day(100, 20)])) is expected


def test_the_same_hours_are_those_of_the_stores_own_day() -> None:
    today, week_ago, *_ = same_hours(NOW, "Europe/Kyiv")
    assert today == (datetime(2026, 11, 24, 22, 0, tzinfo=UTC), NOW)
    assert week_ago == (datetime(2026, 11, 17, 22, 0, tzinfo=UTC), NOW - timedelta(weeks=1))


def test_the_same_hours_follow_the_clocks_over_the_end_of_summer_time() -> None:
    after_the_change = datetime(2026, 10, 28, 10, 0, tzinfo=ZoneInfo("Europe/Kyiv"))
    _, week_ago, *_ = same_hours(after_the_change, "Europe/Kyiv")
    assert week_ago[1].astimezone(ZoneInfo("Europe/Kyiv")).hour == 10


def test_names_stand_in_the_order_of_the_ukrainian_alphabet() -> None:
    names = ["Ялта", "Ірпінь", "Їжак", "Йосип", "київ", "Ганна", "Ґанок", "Дім", "Євген", "Ельф", "Жук"]
    expected = ["Ганна", "Ґанок", "Дім", "Ельф", "Євген", "Жук", "Ірпінь", "Їжак", "Йосип", "київ", "Ялта"]
    assert sorted(names, key=sort_key) == expected


def test_names_stand_in_the_order_of_the_polish_alphabet() -> None:
    names = ["Żary", "Łódź", "Zamość", "Źródło", "Śrem", "Sopot", "Ćmielów", "Czersk", "Oława", "Ósemka"]
    expected = ["Czersk", "Ćmielów", "Łódź", "Oława", "Ósemka", "Sopot", "Śrem", "Zamość", "Źródło", "Żary"]
    assert sorted(names, key=sort_key) == expected
