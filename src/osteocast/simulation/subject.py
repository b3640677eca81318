"""A subject of a simulation: who starts, with which skeleton, eating and drinking what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from osteocast.lifestyle.exposure import Exposure

PEAK_AGE = 30.0  # years; life histories start from peak bone mass
NATURAL_MENOPAUSE = 50.5  # years; for a premenopausal woman whose menopause is still to come
MALE_TESTOSTERONE = 400.0  # ng/dL; for a man whose own is not known
USUAL_WEIGHT = {"female": 66.0, "male": 80.0}  # kg; of somebody whose own is not known
REFERENCE_WEIGHT = 66.0  # kg; of the population that denosumab's volumes and clearance were fitted in
MALE_ESTRADIOL_PER_TESTOSTERONE = 0.065  # pg/mL per ng/dL (26/343 and 27/397 pg/mL per ng/dL, Leder 2004)
#: Parameters that grow with body weight.
SIZED_BY_WEIGHT = tuple(f"denosumab_{name}" for name in ("volume", "tissue_volume", "clearance", "exchange"))


@dataclass(frozen=True)
class Subject:
    """One person on day 0.

    Parameters
    ----------
    age : float
        Years on day 0.
    menopause_age : float, optional
        Age at the final period (or at surgery); none means still premenopausal. Without meaning in a man.
    surgical : bool
        Whether the ovaries were removed at `menopause_age`, so that oestradiol fell within days.
    calcium_intake, calcium_intake_after : float, optional, mg/day
        Total calcium eaten in life so far, and from day 0 on (a trial's supplement); the same when not given.
    vitamin_d, vitamin_d_after : float, optional, ng/mL
        25OHD so far, and from day 0 on.
    bmd : mapping of site to g/cm2
        Density measured on day 0. Sites not named stay relative to day 0 (1.0).
    estradiol : float, optional, pg/mL
        Own oestradiol without treatment (of a woman: after the menopause); the population's mean when not
        given.
    weight_kg : float
        Body weight; scales denosumab's volume and clearance (reference 66 kg).
    parameters : mapping of str to float
        Further parameters of the model that differ in this subject.
    sex : {"female", "male"}
    testosterone : float, optional, ng/dL
        A man's own total testosterone, without treatment.
    exposures : tuple of Exposure
        What acts on the subject besides drugs, whatever the plan: habits, exercise, diseases.
    """

    age: float
    menopause_age: float | None = NATURAL_MENOPAUSE
    surgical: bool = False
    calcium_intake: float = 800.0
    calcium_intake_after: float | None = None
    vitamin_d: float = 25.0
    vitamin_d_after: float | None = None
    bmd: Mapping[str, float] = field(default_factory=dict)
    estradiol: float | None = None
    weight_kg: float = 66.0
    parameters: Mapping[str, float] = field(default_factory=dict)
    sex: Literal["female", "male"] = "female"
    testosterone: float | None = None
    exposures: tuple[Exposure, ...] = ()

    def own_parameters(self, population: Mapping[str, float]) -> dict[str, float]:
        """Return the population's parameters with what is this subject's own."""
        own = dict(population)
        if self.sex == "male":
            own |= self._man()
        elif self.menopause_age is None:
            # Still to come: at the usual age, or two years from now for a woman already past it.
            own["menopause_age"] = max(NATURAL_MENOPAUSE, self.age + 2.0)
        elif self.surgical:
            own["menopause_age"] = max(NATURAL_MENOPAUSE, self.menopause_age)
        else:
            own["menopause_age"] = self.menopause_age
        if self.estradiol is not None and self.sex == "female":
            own["postmenopausal_e2"] = self.estradiol
        for name in SIZED_BY_WEIGHT:
            own[name] *= self.weight_kg / REFERENCE_WEIGHT
        own.update(self.parameters)
        return own

    def _man(self) -> dict[str, float]:
        testosterone = self.testosterone or MALE_TESTOSTERONE
        estradiol = self.estradiol or MALE_ESTRADIOL_PER_TESTOSTERONE * testosterone
        return {"male": 1.0, "testosterone_own": testosterone, "male_e2_own": estradiol}
