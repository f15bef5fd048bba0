//! Drives a scan through the recorder, a bounded number of connections at once.

use futures::{StreamExt, TryStreamExt, stream};
use keur_evidence::{Recorder, Stop, wire::Raw};
use url::Url;

use super::{Scan, facts::Facts};

/// Connections at once: a scan must not look like an attack.
const AT_ONCE: usize = 12;

/// Scans the server at this address. Returns the ids of the connections too.
///
/// # Errors
/// [`Stop`] as in [`Recorder::raw_until`]; what a server refuses is a fact, not an error.
pub async fn run(recorder: &Recorder, url: &Url) -> Result<(Facts, Vec<String>), Stop> {
    let mut scan = Scan::new(url.domain(), recorder.random());
    let mut ids = Vec::new();
    loop {
        let probes = scan.round();
        if probes.is_empty() {
            return Ok((scan.into_facts(), ids));
        }
        let asked = probes.iter().map(|probe| {
            recorder.raw_until(&probe.purpose, url, &probe.bytes, |received| probe.answered(received))
        });
        let answers: Vec<Raw> = stream::iter(asked).buffered(AT_ONCE).try_collect().await?;
        ids.extend(answers.iter().map(|raw| raw.id.clone()));
        scan.learn(&answers);
    }
}
