"""Numbers only: the declared model compiled, and integrated for one patient or a million.

``schedule`` holds what happens to a patient and when, ``solver`` integrates a batch of them on all cores,
``reference`` is the slow second opinion, and ``generate`` writes the kernel from the declaration. Importing
this package loads none of them: `solver` brings the compiler along.
"""
