"""What may be done besides drugs: a programme of exercise and nutrition, one for home, nutrition alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from osteocast.forecast.regimens import usual_lifestyle
from osteocast.forecast.verdict_plans import sensible_lifestyle
from osteocast.person import Case
from osteocast.planning.data import data

if TYPE_CHECKING:
    from osteocast.lifestyle import Body, Lifestyle

__all__ = ["Programmes", "is_supervised", "programmes_of"]


@dataclass(frozen=True)
class Programmes:
    """What a person may do besides drugs.

    Parameters
    ----------
    programme : Lifestyle
        That of the verdict, or of the case's own plans.
    home : Lifestyle or None
        Training that needs nobody to supervise it; None where the programme is that already.
    nutrition : Lifestyle or None
        Calcium, vitamin D and protein without exercise; None if that would change nothing.
    said : tuple of str
        What was chosen, in words.
    """

    programme: Lifestyle
    home: Lifestyle | None
    nutrition: Lifestyle | None
    said: tuple[str, ...]

    def of(self, *names: str) -> Iterator[tuple[str, Lifestyle | None]]:
        """Yield what is added to the name of a drug, and the lifestyle beside it."""
        if "none" in names:
            yield "", None
        if "programme" in names:
            yield ", and the programme", self.programme
        if "home" in names and self.home is not None:
            yield ", and training at home", self.home

    def alone(self) -> Iterator[tuple[str, Lifestyle]]:
        """Yield names and lifestyles of plans without a drug."""
        if self.nutrition is not None:
            yield "Nutrition alone", self.nutrition
        yield "Programme alone", self.programme
        if self.home is not None:
            yield "Training at home alone", self.home


def programmes_of(case: Case, body: Body) -> Programmes:
    """Choose what a person may do besides drugs.

    Parameters
    ----------
    case : Case
        With its own plans: a lifestyle among them is the programme.
    body : Body
        As the simulation takes the person today.
    """
    from osteocast.lifestyle import PROGRAMMES, Lifestyle

    programme, said = sensible_lifestyle(case, body.calcium_intake, body.vitamin_d)
    home = None
    if is_supervised(programme):
        week = PROGRAMMES[data("options")["home"]].at(0.0, None, float(usual_lifestyle()["adherence"]))
        home = replace(programme, exercise=(week,))
        said = [*said, f"training at home: {week.label}"]
    nutrition = None if programme.nutrition is None else Lifestyle(nutrition=programme.nutrition)
    if nutrition is not None and not nutrition.exposures(body):
        # What the person eats is enough: it would be doing nothing under another name.
        nutrition = None
    return Programmes(programme, home, nutrition, tuple(said))


def is_supervised(lifestyle: Lifestyle | None) -> bool:
    """Whether the training was supervised in the trials that tested it."""
    names = data("options")["supervised"]
    return lifestyle is not None and any(one.name in names for one in lifestyle.exercise)
