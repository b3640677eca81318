"""A lifestyle as a whole: exercise, nutrition and habits, and what they do to a given body."""

from __future__ import annotations

from dataclasses import dataclass

from osteocast.lifestyle.body import Body
from osteocast.lifestyle.effects import Effect, Hazard
from osteocast.lifestyle.exercise import Programme
from osteocast.lifestyle.exercise_effects import effects_of_exercise
from osteocast.lifestyle.exposure import Exposure
from osteocast.lifestyle.habit_effects import effects_of_habits
from osteocast.lifestyle.habits import Habits
from osteocast.lifestyle.nutrition import Nutrition
from osteocast.lifestyle.nutrition_effects import effects_of_nutrition

__all__ = ["Lifestyle"]


@dataclass(frozen=True)
class Lifestyle:
    """Exercise, nutrition and habits.

    Parameters
    ----------
    exercise : tuple of Programme
    nutrition : Nutrition, optional
    habits : Habits, optional

    Examples
    --------
    >>> from osteocast.lifestyle import PROGRAMMES
    >>> life = Lifestyle(exercise=(PROGRAMMES["high-intensity-resistance-and-impact"].at(weeks=35),))
    >>> life.exposures(Body())[0].inputs["loading_lumbar_spine"]
    1.0
    """

    exercise: tuple[Programme, ...] = ()
    nutrition: Nutrition | None = None
    habits: Habits | None = None

    def effects(self, body: Body) -> tuple[Effect, ...]:
        """Return one row per item, also for what does nothing: what enters where, how sure, and why."""
        rows = list(effects_of_exercise(self.exercise))
        if self.nutrition is not None:
            rows += effects_of_nutrition(self.nutrition, body)
        if self.habits is not None:
            rows += effects_of_habits(self.habits, body)
        return tuple(rows)

    def exposures(self, body: Body) -> tuple[Exposure, ...]:
        """Return what is added to the inputs of the physiology, from when to when."""
        made = (row.exposure for row in self.effects(body))
        return tuple(exposure for exposure in made if exposure is not None)

    def hazards(self) -> tuple[Hazard, ...]:
        """Return what multiplies the rates of fractures and falls beside bone density."""
        return tuple(hazard for row in self.effects(Body()) for hazard in row.hazards)
