"""Numbers only: the declared model compiled, and integrated for one patient or a million.

``schedule`` holds what happens to a patient and when, ``solver`` integrates a batch of them on all cores,
``reference`` is the slow second opinion, and ``generate`` writes the kernel from the declaration. Behind the
solver, ``compiled`` finds or makes the machine code: ``lanes``, ``rodas`` and ``integrator`` are what it
compiles, ``layout`` and ``codes`` what both sides agree on; ``gpu`` retargets the same to graphics
processors.
"""
