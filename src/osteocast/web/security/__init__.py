"""Who may send what: hosts, origins, tokens against forged requests, sizes, rates, headers."""
