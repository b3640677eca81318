"""Cards in the record: CDS Hooks 2.0, answered from guidance and a fast forecast.

A record sends what it prefetched with a hook; what comes back are cards, with actions that somebody may take.
Nothing is asked of the record in return, and nothing of a person is kept.
"""
