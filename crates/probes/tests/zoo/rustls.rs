//! Servers of a library of today.

use std::{net::SocketAddr, sync::Arc};

use rcgen::{CertificateParams, KeyPair};
use tokio::net::TcpListener;
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig, SupportedProtocolVersion,
        crypto::ring,
        pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer},
        version::{TLS12, TLS13},
    },
};

use crate::{told, wholly_scanned};

async fn serve(
    versions: &[&'static SupportedProtocolVersion],
    change: impl FnOnce(&mut ServerConfig),
) -> SocketAddr {
    let key = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let certificate = params.self_signed(&key).expect("a certificate").der().clone();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(key.serialize_der()));
    let mut config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_protocol_versions(versions)
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .expect("a pair");
    change(&mut config);
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let acceptor = acceptor.clone();
            tokio::spawn(async move { acceptor.accept(stream).await.map(drop) });
        }
    });
    address
}

#[tokio::test]
async fn every_server_of_the_library_is_seen_through() {
    let mut text = String::new();
    let both = serve(&[&TLS13, &TLS12], |config| config.alpn_protocols = vec![b"h2".to_vec()]).await;
    text += &told("both versions", &wholly_scanned("localhost", both).await);
    let modern = serve(&[&TLS13], |_| {}).await;
    text += &told("TLS 1.3 only", &wholly_scanned("localhost", modern).await);
    let former = serve(&[&TLS12], |config| config.ignore_client_order = true).await;
    text += &told("TLS 1.2 only, in its own order", &wholly_scanned("localhost", former).await);
    insta::assert_snapshot!(text);
}
