"""Makes Ed25519 pairs; what becomes of the private half is left to the caller."""

from Crypto.PublicKey import ECC


def new_ed25519_pair() -> tuple[str, str]:
    """A new pair as PEM: the private half (PKCS #8), then the public one, which an exchange is
    given."""
    key = ECC.generate(curve="Ed25519")
    return str(key.export_key(format="PEM")), str(key.public_key().export_key(format="PEM")) + "\n"
