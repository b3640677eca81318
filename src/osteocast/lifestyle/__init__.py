"""Exercise, nutrition, habits: what a person does, turned into inputs of the physiology, with grades."""

from osteocast.lifestyle.body import Body
from osteocast.lifestyle.effects import Effect, Hazard
from osteocast.lifestyle.exercise import (
    DAYS,
    EXERCISES,
    PROGRAMMES,
    SPEEDS,
    Bout,
    Exercise,
    Programme,
    Session,
    find_exercise,
    find_programme,
)
from osteocast.lifestyle.exposure import Exposure, Grade
from osteocast.lifestyle.foods import FOODS, Food, diet_calcium, diet_protein
from osteocast.lifestyle.habits import GH_SECRETAGOGUES, MEDICINES, SMOKING, STRESS, Habits, Span
from osteocast.lifestyle.loading import loading
from osteocast.lifestyle.model import Lifestyle
from osteocast.lifestyle.nutrition import PATTERNS, SUNLIGHT, Nutrition
from osteocast.lifestyle.nutrition_effects import vitamin_d_rise
from osteocast.lifestyle.uncertainty import loading_range

__all__ = [
    "DAYS",
    "EXERCISES",
    "FOODS",
    "GH_SECRETAGOGUES",
    "MEDICINES",
    "PATTERNS",
    "PROGRAMMES",
    "SMOKING",
    "SPEEDS",
    "STRESS",
    "SUNLIGHT",
    "Body",
    "Bout",
    "Effect",
    "Exercise",
    "Exposure",
    "Food",
    "Grade",
    "Habits",
    "Hazard",
    "Lifestyle",
    "Nutrition",
    "Programme",
    "Session",
    "Span",
    "diet_calcium",
    "diet_protein",
    "find_exercise",
    "find_programme",
    "loading",
    "loading_range",
    "vitamin_d_rise",
]
