//! For defects alone: a product that goes wherever input points.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;
use url::Url;

const PATIENCE: Duration = Duration::from_secs(2);

/// Asks for an address in the background; what comes back does not matter.
pub(crate) fn fetch(address: &str) {
    let Some(url) = Url::parse(address).ok().filter(|url| url.scheme() == "http") else { return };
    tokio::spawn(async move {
        // A fault of a defect is nobody's concern.
        let _ = timeout(PATIENCE, get(&url)).await;
    });
}

async fn get(url: &Url) -> std::io::Result<()> {
    let host = url.host_str().unwrap_or_default();
    let mut stream = TcpStream::connect((host, url.port_or_known_default().unwrap_or(80))).await?;
    let request = format!("GET {} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n", url.path());
    stream.write_all(request.as_bytes()).await?;
    stream.read_to_end(&mut Vec::new()).await.map(drop)
}
