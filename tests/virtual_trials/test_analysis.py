"""Analyses agree with the libraries called by hand, and err as often as they say."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from scipy import stats

from osteocast.errors import InputError
from osteocast.virtual_trials import Endpoint, Pool, TrialData, TrialDesign, analyse, conduct
from osteocast.virtual_trials.analysis import outcomes, summary_of


@pytest.fixture(scope="module")
def data(design: TrialDesign, pool: Pool) -> TrialData:
    return conduct(design, pool, 0, size=80)


def test_welch_is_scipys(data: TrialData) -> None:
    endpoint = data.design.primary
    found = analyse(data, endpoint, "t", "as_observed")
    y = outcomes(data, endpoint, data.column(12))
    seen = np.isfinite(y)
    ours, others = (y[seen & data.in_arm(arm)] for arm in ("denosumab", "placebo"))
    test = stats.ttest_ind(ours, others, equal_var=False)
    assert found.p == pytest.approx(test.pvalue)
    assert found.estimate == pytest.approx(ours.mean() - others.mean())
    assert found.error == pytest.approx(
        np.sqrt(ours.var(ddof=1) / ours.size + others.var(ddof=1) / others.size)
    )
    assert found.n == (ours.size, others.size)
    assert sum(found.missing) == (~seen).sum()


def test_analysis_of_covariance_is_that_of_a_formula(data: TrialData) -> None:
    import pandas as pd
    import statsmodels.formula.api as formulas

    endpoint = data.design.primary
    y = outcomes(data, endpoint, data.column(12))
    table = pd.DataFrame(
        {
            "y": y,
            "arm": data.in_arm("denosumab").astype(int),
            "base": data.measured["bmd_total_hip"][:, 0],
            "stratum": data.stratum,
        }
    ).dropna()
    fit = formulas.ols("y ~ arm + base + C(stratum)", table).fit()
    found = analyse(data, endpoint, "ancova", "as_observed")
    assert found.estimate == pytest.approx(fit.params["arm"])
    assert (found.low, found.high) == pytest.approx(tuple(fit.conf_int().loc["arm"]))
    assert found.p == pytest.approx(fit.pvalues["arm"])


def test_the_mixed_model_is_that_of_a_formula(data: TrialData) -> None:
    import pandas as pd
    import statsmodels.formula.api as formulas

    endpoint = replace(data.design.primary, month=12.0)
    rows = [
        {"y": outcomes(data, endpoint, column)[i], "arm": float(data.in_arm("denosumab")[i]), "person": i}
        | {"visit": column, "base": data.measured["bmd_total_hip"][i, 0], "stratum": data.stratum[i]}
        for column in (1, 2)
        for i in range(len(data))
    ]
    table = pd.DataFrame(rows).dropna()
    model = "y ~ C(visit, Treatment(2)) * arm + C(visit, Treatment(2)) * base + C(stratum)"
    fit = formulas.mixedlm(model, table, groups="person").fit(reml=True, method="lbfgs")
    found = analyse(data, endpoint, "mixed")
    assert found.method == "REML, level of each person"
    assert found.estimate == pytest.approx(fit.params["arm"], rel=1e-3)
    assert found.error == pytest.approx(fit.bse["arm"], rel=1e-2)


def test_a_model_that_does_not_converge_gives_way_to_a_simpler_one(
    data: TrialData, monkeypatch: pytest.MonkeyPatch
) -> None:
    from statsmodels.regression.mixed_linear_model import MixedLM

    def fail(*args: object, **kwargs: object) -> None:
        raise np.linalg.LinAlgError

    usual = analyse(data, data.design.primary, "mixed")
    monkeypatch.setattr(MixedLM, "fit", fail)
    found = analyse(data, data.design.primary, "mixed")
    assert found.method == "least squares with clustered errors"
    assert found.estimate == pytest.approx(usual.estimate, abs=0.3)


def test_a_last_value_stands_for_those_who_left_by_intention_to_treat_only(data: TrialData) -> None:
    endpoint = replace(data.design.primary, month=24.0)
    all_of_them, seen = (
        analyse(data, endpoint, "t", people) for people in ("intention_to_treat", "as_observed")
    )
    assert sum(all_of_them.n) > sum(seen.n)
    assert all_of_them.missing == seen.missing
    on = analyse(data, endpoint, "t", "on_treatment")
    assert on.n[1] < seen.n[1]
    assert on.n[0] == seen.n[0]


def test_equal_arms_are_found_different_about_as_often_as_alpha_says(design: TrialDesign, pool: Pool) -> None:
    arm = replace(design.arms["placebo"], rules=())
    equal = {name: replace(arm, name=name) for name in design.arms}
    same = replace(design, arms=equal, dropout=dict.fromkeys(equal, 0.05), adherence={})
    # Both arms read the course of the untreated one from the people simulated already.
    course = replace(pool, strands={(0, -1): pool.strands[1, -1], (1, -1): pool.strands[1, -1]})
    endpoint = replace(design.primary)
    p = [analyse(conduct(same, course, k, size=40), endpoint, "ancova").p for k in range(300)]
    # 95% of such counts lie within two and a half points; four standard errors for a test that runs often.
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=4 * np.sqrt(0.05 * 0.95 / 300))
    assert stats.kstest(p, "uniform").pvalue > 1e-3


def test_units_of_endpoints_are_those_of_trial_files(data: TrialData) -> None:
    endpoint = Endpoint("spine", "bmd_lumbar_spine", 24.0, "pct", "denosumab")
    bmd = data.measured["bmd_lumbar_spine"]
    yearly = outcomes(data, replace(endpoint, unit="pct_per_year"), 3)
    np.testing.assert_allclose(outcomes(data, endpoint, 3), 100 * (bmd[:, 3] / bmd[:, 0] - 1))
    np.testing.assert_allclose(2 * yearly, outcomes(data, endpoint, 3))
    np.testing.assert_allclose(outcomes(data, replace(endpoint, unit="g_per_cm2"), 3), bmd[:, 3] - bmd[:, 0])
    np.testing.assert_allclose(outcomes(data, replace(endpoint, unit="absolute"), 3), bmd[:, 3])
    middle = summary_of(data, replace(endpoint, statistic="median"))
    assert middle == np.nanmedian(outcomes(data, endpoint, 3)[data.in_arm("denosumab")])


def test_an_analysis_that_is_not_known_is_refused(data: TrialData) -> None:
    with pytest.raises(InputError, match="bayes"):
        analyse(data, data.design.primary, "bayes")  # type: ignore[arg-type]


def test_too_few_people_give_no_number(data: TrialData) -> None:
    found = analyse(data.first(4), data.design.primary, "t")
    assert found.method == "too few people"
    assert np.isnan(found.estimate)
