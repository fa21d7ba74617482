"""A time-stamping authority of our own, as tests need it."""

import subprocess
from pathlib import Path

CONFIG = """
[tsa]
default_tsa = own
[own]
dir = {folder}
serial = $dir/serial
crypto_device = builtin
signer_cert = $dir/tsa.pem
certs = $dir/ca.pem
signer_key = $dir/tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ordering = yes
tsa_name = yes
ess_cert_id_chain = no
[ext]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
"""


class Authority:
    """Answers RFC 3161 requests with openssl; its root is `ca`."""

    def __init__(self, folder: Path, name: str = "Authority") -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "tsa.cnf").write_text(CONFIG.format(folder=folder))
        (folder / "serial").write_text("01\n")
        key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
        self._run(
            "req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", f"/CN={name} root", "-days", "9"
        )
        self._run("req", "-new", *key, "-keyout", "tsa.key", "-out", "tsa.csr", "-subj", f"/CN={name}")
        signed = ("-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "9")
        self._run(
            "x509", "-req", "-in", "tsa.csr", *signed, "-extfile", "tsa.cnf", "-extensions", "ext", "-out", "tsa.pem"
        )

    @property
    def ca(self) -> Path:
        return self.folder / "ca.pem"

    def __call__(self, request: bytes) -> bytes:
        (self.folder / "query").write_bytes(request)
        self._run("ts", "-reply", "-config", "tsa.cnf", "-queryfile", "query", "-out", "reply")
        return (self.folder / "reply").read_bytes()

    def _run(self, *arguments: str) -> None:
        done = subprocess.run(["openssl", *arguments], cwd=self.folder, capture_output=True, check=False)
        assert done.returncode == 0, done.stderr.decode()
