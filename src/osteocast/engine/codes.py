"""What the numbers mean that go to the compiled integrator and come back from it."""

from __future__ import annotations

# Status of a patient after integration; the order is stored in result files, so only append.
OK, RESCUED, STEP_TOO_SMALL, TOO_MANY_STEPS, NOT_FINITE, OUT_OF_RANGE = range(6)

# Kind of an event.
SET_INPUT, ADD_TO_STATE = 0, 1
