"""Calibration to published trials, and draws of the parameters that the trials leave possible."""
