"""Files: the data that come along, what is kept from one run to the next, and results for programs.

``data`` reads the YAML of the rooms; ``storage`` keeps machine code, and what else takes long to make, in a
folder of the user's; ``json_text`` writes results.
"""

from osteocast.files.data import read_data

__all__ = ["read_data"]
