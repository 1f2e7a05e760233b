"""The site's signature: its Ed25519 key, and the public keys by which older signatures can still be checked."""

from base64 import b64decode, b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import current_app, has_app_context

from config import Config, key_bytes
from exam.receipts.rules import Seal

LABEL = b"jieye receipt signing key 1"
"""Tells the derived key apart from anything else that may ever be derived from SECRET_KEY. Never change it."""


@dataclass(frozen=True)
class Keyring:
    """The key that signs, and by their ids all public keys that count."""

    private: Ed25519PrivateKey
    public: Mapping[str, Ed25519PublicKey]
    id: str
    """Of the key that signs: the first 16 hex digits of the SHA-256 of its public key."""

    def sign(self, text: str) -> str:
        """The signature over a text, in base64."""
        return b64encode(self.private.sign(text.encode())).decode()

    def examine(self, key_id: str, text: str, signature: str) -> Seal:
        """What a signature over a text is worth that names this key."""
        if key_id not in self.public:
            return Seal.UNKNOWN_KEY
        try:
            self.public[key_id].verify(b64decode(signature, validate=True), text.encode())
        except (ValueError, InvalidSignature):
            return Seal.BROKEN
        return Seal.OURS

    def public_key(self) -> str:
        """The public half of the key that signs, as PEM: it checks, and can't sign."""
        return self.private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).decode()

    def public_setting(self) -> str:
        """The same as JIEYE_RECEIPT_OLD_KEYS takes it."""
        return b64encode(self.private.public_key().public_bytes_raw()).decode()


def new_key() -> str:
    """A key as JIEYE_RECEIPT_KEY takes it."""
    return b64encode(Ed25519PrivateKey.generate().private_bytes_raw()).decode()


def keyring() -> Keyring:
    """The keys of the site we are in; outside any site, those of the settings' defaults."""
    config: Config = current_app.config["JIEYE"] if has_app_context() else Config()
    return make_keyring(config.receipt_key, config.secret_key, config.receipt_old_keys)


@lru_cache(maxsize=8)
def make_keyring(receipt_key: str, secret_key: str, old_keys: str) -> Keyring:
    """The keys that these settings stand for: a receipt key of its own, or else one derived from the secret key."""
    private = Ed25519PrivateKey.from_private_bytes(key_bytes(receipt_key) if receipt_key else _derived(secret_key))
    current = private.public_key()
    old = [Ed25519PublicKey.from_public_bytes(key_bytes(one)) for one in old_keys.replace(",", " ").split()]
    return Keyring(private, {_id(key): key for key in (*old, current)}, _id(current))


def _derived(secret_key: str) -> bytes:
    return HKDF(SHA256(), 32, salt=None, info=LABEL).derive(secret_key.encode())


def _id(key: Ed25519PublicKey) -> str:
    return sha256(key.public_bytes_raw()).hexdigest()[:16]
