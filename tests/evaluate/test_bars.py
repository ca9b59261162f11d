import pytest

from eqmorph.evaluate.bars import Bar, bars_table, check_bars

ACCURACY = Bar("accuracy", "accuracy", 0.9, at_least=True)
ERROR = Bar("error, dB", "error_db", 0.5)


@pytest.mark.parametrize(
    ("bar", "value", "met"),
    [(ACCURACY, 0.9, True), (ACCURACY, 0.899, False), (ERROR, 0.5, True), (ERROR, 0.501, False)],
)
def test_a_bar_is_a_minimum_or_a_maximum_and_its_limit_counts(bar: Bar, value: float, met: bool) -> None:
    (checked,) = check_bars([bar], {bar.key: value})
    assert checked.met is met
    assert checked.to_json()["met"] is met


def test_a_bar_without_its_figure_is_left_out() -> None:
    assert [checked.bar for checked in check_bars([ACCURACY, ERROR], {"error_db": 1.0, "more": 2.0})] == [ERROR]


def test_the_table_has_a_column_for_each_model() -> None:
    ours, theirs = ({"accuracy": 0.95, "error_db": 0.6}, {"accuracy": 0.8912, "error_db": 0.1})
    assert bars_table({name: check_bars([ACCURACY, ERROR], found) for name, found in (("a", ours), ("b", theirs))}) == [
        ["figure", "bar", "a", "b"],
        ["accuracy", "≥ 0.9", "0.95 met", "0.891 missed"],
        ["error, dB", "≤ 0.5", "0.6 missed", "0.1 met"],
    ]


def test_a_model_that_a_bar_does_not_apply_to_has_a_dash() -> None:
    columns = {"a": check_bars([ACCURACY], {"accuracy": 0.95}), "b": check_bars([ERROR], {"error_db": 0.1})}
    assert bars_table(columns)[1:] == [
        ["accuracy", "≥ 0.9", "0.95 met", "–"],
        ["error, dB", "≤ 0.5", "–", "0.1 met"],
    ]
