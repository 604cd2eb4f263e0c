"""Signatures and the encryption of pushes, and the signature of the JS-SDK, as the platform defines them."""

import base64
import hashlib
import struct

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

BLOCK = 32
"""PKCS#7 pads to 32 bytes here, not to the cipher's 16."""


def sha1(text: str) -> str:
    """Return the hexadecimal SHA-1, which the platform prescribes."""
    return hashlib.sha1(text.encode(), usedforsecurity=False).hexdigest()


def push_signature(token: str, timestamp: str, nonce: str, *encrypted: str) -> str:
    """Sign a push: with the ciphertext it is ``msg_signature``, without it ``signature``."""
    return sha1("".join(sorted([token, timestamp, nonce, *encrypted])))


def aes_key(encoding_aes_key: str) -> bytes:
    """Return the 32 bytes that 43 signs of an EncodingAESKey stand for."""
    return base64.b64decode(encoding_aes_key + "=")


def frame(message: bytes, appid: str, random16: bytes) -> bytes:
    """Put a message between random bytes, its length and the appid."""
    return random16 + struct.pack("!I", len(message)) + message + appid.encode()


def encrypt(encoding_aes_key: str, framed: bytes) -> str:
    """Encrypt a framed message with AES-256-CBC, the key's first half being the IV."""
    missing = BLOCK - len(framed) % BLOCK
    return encrypt_blocks(encoding_aes_key, framed + bytes([missing]) * missing)


def encrypt_blocks(encoding_aes_key: str, padded: bytes) -> str:
    """Encrypt whole blocks, whatever their padding."""
    key = aes_key(encoding_aes_key)
    encryptor = Cipher(algorithms.AES256(key), modes.CBC(key[:16])).encryptor()
    return base64.b64encode(encryptor.update(padded) + encryptor.finalize()).decode()


def jsapi_signature(ticket: str, noncestr: str, timestamp: str, url: str) -> str:
    """Sign a page for the JS-SDK: raw values, the address without its fragment."""
    page = url.partition("#")[0]
    return sha1(f"jsapi_ticket={ticket}&noncestr={noncestr}&timestamp={timestamp}&url={page}")
