"""The same for programs: JSON in, JSON out, one shape of errors."""
