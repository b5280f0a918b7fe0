"""The promised error rate: populations, audits, the sequential test, the certificate."""
