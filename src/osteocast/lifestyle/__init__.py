"""Exercise, nutrition, habits: what a person does, turned into inputs of the physiology, with grades."""

from osteocast.lifestyle.exposure import Exposure, Grade

__all__ = ["Exposure", "Grade"]
