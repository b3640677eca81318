"""Draws charts in a process of its own: a Vega-Lite specification a line in, an SVG a line out, both as JSON.

Run by path, so that it starts without the rest of osteocast: ``python -P worker.py FONT_FOLDER``. The drawing
engine holds Python's lock while it starts and draws; in a process of its own it holds nobody up.
"""

from __future__ import annotations

import json
import sys


def main() -> None:
    """Answer until the input ends."""
    import vl_convert

    vl_convert.register_font_directory(sys.argv[1])
    for line in sys.stdin:
        try:
            answer = {"svg": vl_convert.vegalite_to_svg(json.loads(line))}
        except ValueError as error:
            answer = {"error": str(error)}
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main()
