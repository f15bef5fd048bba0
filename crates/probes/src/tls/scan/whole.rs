//! What takes a whole handshake: the encrypted part of TLS 1.3, resumption and renegotiation, each tried out.

use keur_evidence::{
    Recorder, Stop,
    look::{By, Look},
};
use url::Url;

use super::{
    facts::{About, Facts, note},
    without,
};
use crate::tls::{
    hello::{TLS_1_2, TLS_1_3},
    ncsc::{Kind, numbers},
    renegotiation::{self, Renegotiated},
};

/// Adds to what the scan found. Returns the ids of the observations too.
///
/// # Errors
/// [`Stop`] as in [`Recorder::http`]; what a server refuses is a fact, not an error.
pub async fn run(
    recorder: &Recorder,
    url: &Url,
    identity: &str,
    facts: &mut Facts,
) -> Result<Vec<String>, Stop> {
    let spoken = |version: u16| facts.suites.contains_key(&version);
    let (modern, former) = (spoken(TLS_1_3), spoken(TLS_1_2));
    let looked = async { if modern { looks(recorder, url).await } else { Ok(Vec::new()) } };
    // What the server does not give cannot be resumed.
    let (id, ticket) = facts.resumption;
    let ways = By::ALL.into_iter().filter(|by| match by {
        By::Id => former && id,
        By::Ticket => former && ticket,
        By::Key => modern,
    });
    let resumed = futures::future::try_join_all(ways.map(|by| async move {
        let purpose = format!("TLS-proef: hervatten met {}", word(by));
        recorder.resumption(&purpose, url, identity, by).await.map(|made| (by, made))
    }));
    let (looked, resumed) = futures::try_join!(looked, resumed)?;
    let mut ids: Vec<String> = looked.iter().map(|look| look.id.clone()).collect();
    for look in looked {
        facts.see(look);
    }
    // A session that could not be begun could not be resumed: that is no fact about resumption.
    facts.resumed = resumed.into_iter().filter_map(|(by, made)| Some((by, made.ok()?))).collect();
    // Last, because it keeps a small server busy.
    if former {
        let (came, id) = renegotiation::run(recorder, url, identity).await?;
        if let Renegotiated::NotTried(seen) | Renegotiated::Unclear(seen) = &came {
            let question = "heronderhandeling door de client".to_owned();
            facts.unclear.push((About::Renegotiation, question, seen.clone()));
        }
        facts.renegotiated = Some(came);
        ids.push(id);
    }
    Ok(ids)
}

/// Looks until the server finds no scheme any more that it can sign with.
async fn looks(recorder: &Recorder, url: &Url) -> Result<Vec<Look>, Stop> {
    let (mut schemes, mut looks) = (numbers(Kind::Scheme).collect::<Vec<_>>(), Vec::new());
    loop {
        let purpose = format!("TLS-proef: handtekeningen van TLS 1.3, blik {}", looks.len() + 1);
        let Ok(look) = recorder.look(&purpose, url, &schemes).await? else { return Ok(looks) };
        let left = look.scheme.and_then(|scheme| without(&schemes, scheme));
        looks.push(look);
        match left {
            Some(left) => schemes = left,
            None => return Ok(looks),
        }
    }
}

/// By what a session is resumed.
#[must_use]
pub fn word(by: By) -> &'static str {
    match by {
        By::Id => "een sessie-id (TLS 1.2)",
        By::Ticket => "een ticket (TLS 1.2)",
        By::Key => "een ticket (TLS 1.3)",
    }
}

impl Facts {
    fn see(&mut self, look: Look) {
        if let Some(scheme) = look.scheme {
            note(&mut self.schemes, scheme);
        }
        if !look.chain.is_empty() && !self.chains.iter().any(|chain| chain.first() == look.chain.first()) {
            self.chains.push(look.chain);
        }
        self.staple = self.staple.take().or(look.staple);
        self.client_certificate = self.client_certificate.take().or(look.issuers);
    }
}
