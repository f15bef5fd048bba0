//! Servers of OpenSSL, where the machine has it: each a process of its own with pinned settings.

use std::{
    fs,
    io::{BufRead, BufReader},
    net::SocketAddr,
    path::Path,
    process::{Child, Command, Stdio},
};

use crate::{told, wholly_scanned};

/// A server that ends with its owner.
struct Server(Child, SocketAddr);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn openssl(folder: &Path, arguments: &str) -> bool {
    let done = Command::new("openssl")
        .current_dir(folder)
        .args(arguments.split_whitespace())
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    done.is_ok_and(|status| status.success())
}

/// Starts a server; it says itself on which port.
fn serve(folder: &Path, arguments: &str) -> Server {
    let mut child = Command::new("openssl")
        .current_dir(folder)
        .args(["s_server", "-accept", "127.0.0.1:0", "-www"])
        .args(arguments.split_whitespace())
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("openssl starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let said = lines.find_map(|line| line.ok()?.strip_prefix("ACCEPT ")?.trim().parse().ok());
    // What it says further must be read, or it waits.
    std::thread::spawn(move || lines.for_each(drop));
    Server(child, said.unwrap_or_else(|| panic!("openssl s_server {arguments} does not start")))
}

/// Keys, certificates and primes.
fn material(folder: &Path) {
    let leaf = |name: &str, key: &str, hash: &str| {
        format!(
            "req -x509 -newkey {key} -nodes -keyout {name}.key -out {name}.pem -days 30 -subj /CN={name} -addext subjectAltName=DNS:localhost -{hash}"
        )
    };
    let all = [
        leaf("rsa2048", "rsa:2048", "sha256"),
        leaf("rsa1024", "rsa:1024", "sha256"),
        leaf("sha1", "rsa:2048", "sha1"),
        leaf("p256", "ec -pkeyopt ec_paramgen_curve:P-256", "sha256"),
        leaf("ed25519", "ed25519", "sha256").replace(" -sha256", ""),
        "genpkey -genparam -algorithm DH -pkeyopt group:modp_2048 -out modp2048.pem".to_owned(),
        "genpkey -genparam -algorithm DH -pkeyopt group:ffdhe3072 -out ffdhe3072.pem".to_owned(),
    ];
    fs::copy(STAPLE, folder.join("staple.der")).expect("a staple");
    for arguments in all {
        assert!(openssl(folder, &arguments), "openssl {arguments}");
    }
}

const STAPLE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../fuzz/seeds/tls_staple/good");

const ZOO: [(&str, &str); 25] = [
    (
        "sound RSA",
        "-cert rsa2048.pem -key rsa2048.key -cipher ECDHE-RSA-AES256-GCM-SHA384:ECDHE-RSA-AES128-GCM-SHA256 -ciphersuites TLS_AES_256_GCM_SHA384 -groups X25519:P-256 -serverpref",
    ),
    (
        "sound ECDSA",
        "-cert p256.pem -key p256.key -cipher ECDHE-ECDSA-AES256-GCM-SHA384 -ciphersuites TLS_AES_256_GCM_SHA384:TLS_CHACHA20_POLY1305_SHA256 -groups X25519:P-256:P-384",
    ),
    (
        "Ed25519",
        "-cert ed25519.pem -key ed25519.key -cipher ECDHE-ECDSA-AES256-GCM-SHA384 -ciphersuites TLS_AES_256_GCM_SHA384 -groups X25519",
    ),
    ("TLS 1.3 only", "-cert p256.pem -key p256.key -tls1_3 -groups P-384:X25519"),
    (
        "TLS 1.2 only with CCM",
        "-cert p256.pem -key p256.key -tls1_2 -cipher ECDHE-ECDSA-AES128-CCM:ECDHE-ECDSA-AES128-CCM8 -groups P-256",
    ),
    (
        "TLS 1.0 to 1.2",
        "-cert rsa2048.pem -key rsa2048.key -no_tls1_3 -cipher ECDHE-RSA-AES128-SHA:AES128-SHA:@SECLEVEL=0 -groups P-256",
    ),
    ("TLS 1.1 only", "-cert rsa2048.pem -key rsa2048.key -tls1_1 -cipher AES256-SHA:@SECLEVEL=0"),
    ("static RSA", "-cert rsa2048.pem -key rsa2048.key -tls1_2 -cipher AES128-SHA:AES256-GCM-SHA384"),
    (
        "Camellia and ARIA",
        "-cert rsa2048.pem -key rsa2048.key -tls1_2 -cipher ECDHE-RSA-CAMELLIA256-SHA384:ECDHE-ARIA128-GCM-SHA256 -groups X25519",
    ),
    (
        "NULL",
        "-cert rsa2048.pem -key rsa2048.key -tls1_2 -cipher NULL-SHA256:ECDHE-RSA-NULL-SHA:@SECLEVEL=0 -groups P-256",
    ),
    (
        "anonymous",
        "-nocert -tls1_2 -cipher ADH-AES128-GCM-SHA256:AECDH-AES128-SHA:@SECLEVEL=0 -groups P-256 -dhparam ffdhe3072.pem",
    ),
    (
        "a prime that is not of RFC 7919",
        "-cert rsa2048.pem -key rsa2048.key -tls1_2 -cipher DHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0 -dhparam modp2048.pem",
    ),
    (
        "ffdhe3072",
        "-cert rsa2048.pem -key rsa2048.key -tls1_2 -cipher DHE-RSA-AES256-GCM-SHA384 -dhparam ffdhe3072.pem",
    ),
    (
        "a curve of 192 bits",
        "-cert rsa2048.pem -key rsa2048.key -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0 -groups P-192",
    ),
    (
        "brainpool",
        "-cert rsa2048.pem -key rsa2048.key -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256 -groups brainpoolP256r1:brainpoolP512r1",
    ),
    (
        "RSA of 1024 bits",
        "-cert rsa1024.pem -key rsa1024.key -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0 -groups X25519",
    ),
    (
        "certificate with SHA-1",
        "-cert sha1.pem -key sha1.key -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0 -groups X25519",
    ),
    (
        "signs with SHA-1 only",
        "-cert rsa2048.pem -key rsa2048.key -tls1_2 -cipher ECDHE-RSA-AES128-GCM-SHA256:@SECLEVEL=0 -groups X25519 -sigalgs RSA+SHA1",
    ),
    (
        "asks for a client certificate",
        "-cert p256.pem -key p256.key -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256 -groups P-256 -verify 1 -CAfile rsa2048.pem",
    ),
    (
        "demands a client certificate",
        "-cert p256.pem -key p256.key -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256 -groups P-256 -Verify 1 -no_ticket",
    ),
    (
        "RSA and ECDSA, a stray certificate",
        "-cert rsa2048.pem -key rsa2048.key -dcert p256.pem -dkey p256.key -cert_chain sha1.pem -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-RSA-AES128-GCM-SHA256 -groups P-256 -alpn h2",
    ),
    (
        "lets a client renegotiate, RSA",
        "-cert rsa2048.pem -key rsa2048.key -tls1_2 -cipher ECDHE-RSA-AES256-GCM-SHA384 -groups X25519 -client_renegotiation",
    ),
    (
        "lets a client renegotiate, ChaCha20, asks for a client certificate",
        "-cert p256.pem -key p256.key -tls1_2 -cipher ECDHE-ECDSA-CHACHA20-POLY1305 -groups P-384 -client_renegotiation -verify 1",
    ),
    (
        "lets a client renegotiate, no tickets",
        "-cert p256.pem -key p256.key -tls1_2 -cipher ECDHE-ECDSA-AES128-GCM-SHA256 -groups P-256 -client_renegotiation -no_ticket",
    ),
    (
        "TLS 1.3 only with a staple, demands a client certificate",
        "-cert p256.pem -key p256.key -tls1_3 -groups X25519 -Verify 1 -CAfile rsa2048.pem -status_file staple.der",
    ),
];

#[tokio::test]
async fn every_server_of_openssl_is_seen_through() {
    let folder = tempfile::tempdir().expect("a folder");
    if !openssl(folder.path(), "version") {
        return;
    }
    material(folder.path());
    let mut text = String::new();
    for (name, arguments) in ZOO {
        let server = serve(folder.path(), arguments);
        text += &told(name, &wholly_scanned("localhost", server.1).await);
    }
    insta::assert_snapshot!(text);
}
