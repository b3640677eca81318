"""Files: the data that come along, and what is kept from one run to the next.

``data`` reads the YAML of the rooms; ``storage`` keeps machine code, and what else takes long to make, in a
folder of the user's.
"""

from osteocast.files.data import read_data

__all__ = ["read_data"]
