"""The equations of the model, one chapter a file, in the order in which a signal travels.

aromatase -> oestradiol -> gonads -> RANKL/OPG -> cells -> calcium and PTH (to RANKL) -> matrix -> markers

`declare` reads all chapters and returns the finished `Declaration`, from which everything else is made: the
compiled kernel, its Jacobian, the page of equations and the SBML file. This package needs SymPy; the running
engine does not.
"""

from __future__ import annotations

from osteocast.physiology.equations import (
    aromatase,
    cells,
    gonads,
    markers,
    matrix,
    mineral,
    oestradiol,
    rankl,
)
from osteocast.physiology.equations.writing import Declaration, Writer

CHAPTERS = (aromatase, oestradiol, gonads, rankl, cells, mineral, matrix, markers)


def declare() -> Declaration:
    """Write all chapters and check that every state has a rate and every observable a definition.

    Returns
    -------
    Declaration
        Assignments in order of use, a rate for each state, an expression for each observable.
    """
    writer = Writer()
    for chapter in CHAPTERS:
        chapter.write(writer.chapter(chapter.__name__.rsplit(".", 1)[-1], chapter.__doc__ or ""))
    return writer.finish()
