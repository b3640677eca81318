"""Other programs' languages: models (SBML, PEtab), doses and measurements, results as tables.

Each part needs libraries of its own (extras ``sbml``, ``cohort``, ``fhir``), and is imported when it
is asked for.
"""
