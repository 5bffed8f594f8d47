"""SMS, against a gateway on a socket of this machine."""
