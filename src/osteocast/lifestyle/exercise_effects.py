"""What exercise does: one row per stretch of time, because programmes done together do not simply add up."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from osteocast.lifestyle.data import data
from osteocast.lifestyle.effects import Effect, Hazard, hazard_from
from osteocast.lifestyle.exercise import Programme
from osteocast.lifestyle.exposure import Grade
from osteocast.lifestyle.loading import loading, segments

__all__ = ["effects_of_exercise"]

# Loading below this is nothing that a scan could tell from none.
_NOTHING = 1e-6


@cache
def _hazards() -> tuple[Hazard, ...]:
    return tuple(hazard_from(entry) for entry in data("hazards")["exercise"])


def effects_of_exercise(programmes: Sequence[Programme]) -> Iterator[Effect]:
    """Yield one row for each stretch of time with the same programmes.

    Parameters
    ----------
    programmes : sequence of Programme
        With their times.
    """
    for start, stop, running in segments(programmes):
        by_site = loading(running)
        inputs = {f"loading_{site}": value for site, value in by_site.items() if abs(value) > _NOTHING}
        yield Effect(
            item="exercise",
            label=" and ".join(programme.label or programme.name for programme in running),
            group="exercise",
            grade=_grade(running),
            sentence=" ".join(_sentence(programme, by_site) for programme in running),
            sources=tuple(dict.fromkeys(source for programme in running for source in programme.sources)),
            inputs=inputs,
            hazards=_hazards() if any(programme.trains_falls for programme in running) else (),
            start_day=start,
            stop_day=stop,
        )


def _grade(running: Sequence[Programme]) -> Grade:
    """Return the grade of what is done together: that of the part known least."""
    return running[0].grade if len(running) == 1 else max(programme.grade for programme in running)


def _sentence(programme: Programme, by_site: dict[str, float]) -> str:
    if programme.sentence:
        return programme.sentence
    if all(abs(value) <= _NOTHING for value in by_site.values()):
        return (
            "None of these exercises brings a force to spine or hip that bone answers to; they serve heart, "
            "muscle and balance."
        )
    return (
        "Sized against the trials of high-intensity training by the forces it brings; "
        "this very programme was not tested."
    )
