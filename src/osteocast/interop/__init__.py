"""Other programs' languages: the model as SBML.

`osteocast.interop.sbml` needs SymPy and libSBML (``pip install 'osteocast[sbml]'``), and is imported when it
is asked for.
"""
