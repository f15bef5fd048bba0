//! Servers made by hand: what no library on the machine says any more, or says yet.

use rcgen::{CertificateParams, CustomExtension, KeyPair};

use crate::{
    responder::{Flight, Heard, MASTER_SECRET, RENEGOTIATION, alert, chain, heard, serve},
    scanned, told,
};

type Answer = Box<dyn Fn(&Heard) -> Option<Flight> + Send + Sync>;

/// Answers a version with the first of the suites that is offered.
fn speaks(
    version: u16,
    suites: &'static [u16],
    then: impl Fn(Flight, &Heard) -> Option<Flight> + Send + Sync + 'static,
) -> Answer {
    Box::new(move |hello| {
        let suite = suites.iter().find(|suite| hello.suites.contains(suite))?;
        if hello.version != version {
            return None;
        }
        then(Flight::new(version, *suite), hello)
    })
}

fn self_signed(change: impl FnOnce(&mut CertificateParams)) -> Vec<u8> {
    let mut params = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    change(&mut params);
    params.self_signed(&KeyPair::generate().expect("a key")).expect("a certificate").der().to_vec()
}

/// The first of these groups that is offered.
fn first(hello: &Heard, groups: &[u16]) -> Option<u16> {
    groups.iter().copied().find(|group| hello.groups.contains(group))
}

fn zoo() -> Vec<(&'static str, Answer)> {
    let plain = |flight: Flight, _: &Heard| Some(flight);
    let good: &[u16] = &[0xC02B];
    let certificate = self_signed(|_| {});
    let must_staple = self_signed(|params| {
        let feature =
            CustomExtension::from_oid_content(&[1, 3, 6, 1, 5, 5, 7, 1, 24], vec![0x30, 3, 2, 1, 5]);
        params.custom_extensions.push(feature);
    });
    let named = self_signed(|_| {});
    let with_chain = move |flight: Flight, list: &[Vec<u8>]| flight.message(11, chain(list));
    let p256 = |flight: Flight, hello: &Heard| Some(flight.curve(first(hello, &[0x0017])?, 0x0403));
    vec![
        ("SSL 3.0 with RC4 and 3DES", speaks(0x0300, &[0x0005, 0x000A], plain)),
        ("TLS 1.0 with RC4 and MD5", speaks(0x0301, &[0x0004], plain)),
        ("TLS 1.1 with DES and IDEA", speaks(0x0302, &[0x0009, 0x0007], plain)),
        ("NULL", speaks(0x0303, &[0x003B, 0x0002, 0x0001], plain)),
        (
            "EXPORT over a prime of 512 bits",
            speaks(0x0301, &[0x0014, 0x0011], |flight, _| Some(flight.prime(64))),
        ),
        ("EXPORT with RSA", speaks(0x0301, &[0x0003, 0x0008], plain)),
        ("a prime of 768 bits", speaks(0x0303, &[0x0033], |flight, _| Some(flight.prime(96)))),
        ("a prime of 1024 bits", speaks(0x0303, &[0x009E], |flight, _| Some(flight.prime(128)))),
        (
            "anonymous",
            speaks(0x0303, &[0x00A6, 0xC019], |flight, hello| {
                Some(if flight.suite == 0xC019 {
                    flight.curve(first(hello, &[0x0017])?, 0)
                } else {
                    flight.prime(256)
                })
            }),
        ),
        (
            "a curve of 163 bits",
            speaks(0x0303, good, |flight, hello| Some(flight.curve(first(hello, &[0x0001])?, 0x0403))),
        ),
        ("a curve of its own", speaks(0x0303, good, |flight, _| Some(flight.message(12, vec![1, 0, 1, 2])))),
        (
            "compression",
            speaks(0x0303, good, move |flight, hello| {
                p256(Flight { compression: u8::from(hello.deflate), ..flight }, hello)
            }),
        ),
        ("heartbeats", speaks(0x0303, good, move |flight, hello| p256(flight.with((15, &[1])), hello))),
        (
            "without renegotiation info",
            speaks(0x0303, good, move |flight, hello| p256(flight.without(RENEGOTIATION.0), hello)),
        ),
        (
            "without master secret",
            speaks(0x0303, good, move |flight, hello| p256(flight.without(MASTER_SECRET.0), hello)),
        ),
        (
            "signs with SHA-1",
            speaks(0x0303, good, |flight, hello| {
                let scheme = [0x0403, 0x0203].into_iter().find(|scheme| hello.schemes.contains(scheme))?;
                Some(flight.curve(first(hello, &[0x0017])?, scheme))
            }),
        ),
        (
            "signs with what was not offered",
            speaks(0x0303, good, |flight, hello| Some(flight.curve(first(hello, &[0x0017])?, 0x0201))),
        ),
        (
            "a hybrid with ML-KEM",
            speaks(0x0304, &[0x1302, 0x1301], |flight, hello| {
                let group = first(hello, &[0x11EC, 0x001D])?;
                let retry = Flight { extensions: Vec::new(), retry: true, ..flight };
                Some(retry.with((43, &[3, 4])).with((51, &group.to_be_bytes())))
            }),
        ),
        ("must staple without a staple", {
            let list = vec![must_staple];
            speaks(0x0303, good, move |flight, hello| p256(with_chain(flight, &list), hello))
        }),
        ("a staple that is none", {
            let list = vec![certificate.clone()];
            speaks(0x0303, good, move |flight, hello| {
                let flight = with_chain(flight.with((5, &[])), &list);
                p256(flight.message(22, vec![1, 0, 0, 2, 0x30, 0]), hello)
            })
        }),
        ("another certificate for another name", {
            let lists = [vec![certificate], vec![named]];
            speaks(0x0303, good, move |flight, hello| {
                if hello.name.as_deref().is_some_and(|name| name != "localhost") {
                    return None;
                }
                p256(with_chain(flight, &lists[usize::from(hello.name.is_none())]), hello)
            })
        }),
        (
            "asks for a client certificate",
            speaks(0x0303, good, move |flight, hello| {
                p256(flight, hello)
                    .map(|flight| flight.message(13, vec![1, 64, 0, 2, 4, 3, 0, 6, 0, 4, 0x30, 2, 5, 0]))
            }),
        ),
    ]
}

#[tokio::test]
async fn every_server_made_by_hand_is_seen_through() {
    let mut text = String::new();
    for (name, answer) in zoo() {
        let address = serve(move |bytes| {
            let flight = heard(bytes).and_then(|hello| answer(&hello));
            flight.map_or_else(|| alert(40), |flight| flight.bytes())
        })
        .await;
        text += &told(name, &scanned("localhost", address).await);
    }
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn ssl_2_is_recognised() {
    let address = serve(|bytes| match bytes {
        [0x80, ..] => vec![0x80, 11, 4, 0, 1, 0, 2, 0, 0, 0, 0, 0, 0],
        _ => alert(70),
    })
    .await;
    let facts = scanned("localhost", address).await;
    assert!(facts.ssl2 && facts.suites.is_empty());
}
