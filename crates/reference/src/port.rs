//! Ports for what is opened later. They lie below those that systems hand out by themselves (from 32768 on Linux, 49152
//! elsewhere), so that no connection takes one in the meantime; within a process none is given twice in a row.

use std::{
    io,
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{
        LazyLock,
        atomic::{AtomicU16, Ordering},
    },
};

use ring::rand::{SecureRandom, SystemRandom};

const FIRST: u16 = 20_000;
const COUNT: u16 = 12_000;
/// Processes side by side begin at different places.
static NEXT: LazyLock<AtomicU16> = LazyLock::new(|| {
    let mut start = [0; 2];
    // Without chance they all begin at the first port, and the taken ones are skipped.
    let _ = SystemRandom::new().fill(&mut start);
    AtomicU16::new(u16::from_le_bytes(start) % COUNT)
});

/// A loopback address that nobody listens on.
///
/// # Errors
/// When every port of the range is taken.
pub fn free() -> io::Result<SocketAddr> {
    let mut last = io::ErrorKind::AddrInUse.into();
    for _ in 0..COUNT {
        let step = |at: u16| Some((at + 1) % COUNT);
        let at = NEXT.fetch_update(Ordering::Relaxed, Ordering::Relaxed, step).unwrap_or_default();
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, FIRST + at));
        match TcpListener::bind(address) {
            Ok(_) => return Ok(address),
            Err(error) => last = error,
        }
    }
    Err(last)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn ports_differ_and_skip_what_is_taken() {
        let first = free().unwrap();
        let next = SocketAddr::from((Ipv4Addr::LOCALHOST, FIRST + (first.port() - FIRST + 1) % COUNT));
        let taken = TcpListener::bind(next);
        let others: BTreeSet<SocketAddr> = (0..50).map(|_| free().unwrap()).collect();
        assert!(others.len() == 50 && !others.contains(&first));
        assert!(taken.is_err() || !others.contains(&next));
        assert!(others.iter().all(|one| (FIRST..FIRST + COUNT).contains(&one.port())));
    }
}
