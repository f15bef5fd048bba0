"""Makes a test PKI, the client's settings and a product.toml in a folder. Usage: python make_pki.py FOLDER"""

import datetime as dt
import ipaddress
import json
import sys
from pathlib import Path

import jwt
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

FOLDER = Path(sys.argv[1])
NOW = dt.datetime.now(dt.timezone.utc)
DAY = dt.timedelta(days=1)
URA = "90000382"


def name(text):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])


def made(subject, issuer, key, signer, *, alternatives=(), usage=None, ca=False, over=False):
    start, end = (NOW - 60 * DAY, NOW - DAY) if over else (NOW - DAY, NOW + 365 * DAY)
    builder = (
        x509.CertificateBuilder()
        .subject_name(name(subject))
        .issuer_name(name(issuer))
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(end)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()), critical=False
        )
        .add_extension(
            x509.KeyUsage(not ca, False, False, False, False, ca, ca, False, False), critical=True
        )
    )
    if alternatives:
        builder = builder.add_extension(x509.SubjectAlternativeName(list(alternatives)), critical=False)
    if usage:
        builder = builder.add_extension(x509.ExtendedKeyUsage([usage]), critical=False)
    return builder.sign(signer, hashes.SHA256())


def write(stem, certificate, key):
    (FOLDER / f"{stem}.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    (FOLDER / f"{stem}.key").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )


def authority(text):
    key = ec.generate_private_key(ec.SECP256R1())
    return text, key, made(text, text, key, key, ca=True)


def leaf(stem, issuer, alternatives, usage, over=False):
    key = ec.generate_private_key(ec.SECP256R1())
    text, signer, _ = issuer
    write(stem, made(stem, text, key, signer, alternatives=alternatives, usage=usage, over=over), key)


FOLDER.mkdir(parents=True, exist_ok=True)
ours, foreign = authority("Test-CA"), authority("Vreemde CA")
write("ca", ours[2], ours[1])
here = [x509.IPAddress(ipaddress.ip_address("127.0.0.1")), x509.DNSName("localhost")]
server, client = ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH
leaf("desk", ours, here, server)
leaf("expired", ours, here, server, over=True)
leaf("foreign-ca", foreign, here, server)
leaf("foreign-name", ours, [x509.DNSName("elders.example")], server)
uzi = f"2.16.528.1.1007.99.2110-1-99999998-S-{URA}-00.000-00000000".encode()
utf8 = b"\x0c" + bytes([len(uzi)]) + uzi
leaf("client", ours, [x509.OtherName(x509.ObjectIdentifier("2.5.5.5"), utf8)], client)

signing = ec.generate_private_key(ec.SECP256R1())
write("signing", ours[2], signing)
jwk = json.loads(jwt.algorithms.ECAlgorithm.to_jwk(signing.public_key()))
(FOLDER / "client.jwks.json").write_text(json.dumps({"keys": [{**jwk, "kid": "een", "use": "sig"}]}))
settings = {
    "port": 8455,
    "client_id": "fhirpy-epd",
    "kid": "een",
    "signing_key": str(FOLDER / "signing.key"),
    "certificate": str(FOLDER / "client.pem"),
    "key": str(FOLDER / "client.key"),
    "ca": str(FOLDER / "ca.pem"),
}
(FOLDER / "settings.json").write_text(json.dumps(settings, indent=2))
wrong = "".join(
    f'\n[counterparty.hostile.{kind}]\ncertificate = {{ file = "{stem}.pem" }}\nkey = {{ file = "{stem}.key" }}\n'
    for kind, stem in [("expired", "expired"), ("foreign_ca", "foreign-ca"), ("foreign_name", "foreign-name")]
)
(FOLDER / "product.toml").write_text(
    f"""format = "keur/product"
version = "1.0"
environment = "test"

[product]
vendor = "Voorbeeld"
name = "BgZ-client op fhirpy"
version = "2.3.1"
roles = ["raadpleger"]

[counterparty]
listen = "127.0.0.1:8453"
base = "https://127.0.0.1:8453"
certificate = {{ file = "desk.pem" }}
key = {{ file = "desk.key" }}
hostile_listen = "127.0.0.1:8454"
hostile_base = "https://127.0.0.1:8454"
client_id = "fhirpy-epd"
client_ura = "{URA}"
client_jwks = "client.jwks.json"
wait_s = 60
{wrong}
[trust]
ca = [{{ file = "ca.pem" }}]

[patients.complete]
bsn = "999990019"

[hooks]
trigger = "http://127.0.0.1:8455/trigger"
"""
)
