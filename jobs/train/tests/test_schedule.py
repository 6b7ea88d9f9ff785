import pytest

from dropforge_train.schedule import learning_rate


def rates(name, *fractions, warmup=0.0):
    return [learning_rate(name, 1.0, warmup, fraction) for fraction in fractions]


def test_constant_stays():
    assert rates("constant", 0, 0.5, 1) == [1, 1, 1]


def test_cosine_climbs_then_falls_to_zero():
    assert rates("cosine", 0, 0.05, 0.1, 0.55, 1, warmup=0.1) == pytest.approx([0.001, 0.5005, 1, 0.5, 0])


def test_steps_divide_by_ten():
    assert rates("2-step", 0, 0.49, 0.5, 0.95, 1) == pytest.approx([1, 1, 0.1, 0.01, 0.01])
    assert rates("3-step", 0, 0.3, 0.34, 0.67, 0.99) == pytest.approx([1, 1, 0.1, 0.01, 0.001])


def test_three_steps_with_warmup_start_at_a_thousandth():
    assert rates("3-step-with-warmup", 0, 0.1, 0.34, warmup=0.1) == pytest.approx([0.001, 1, 0.1])


def test_a_budget_that_is_overspent_counts_as_spent():
    assert rates("cosine", 1.3) == [0]
