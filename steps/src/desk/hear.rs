//! Waiting for what the product asks: as long as it takes, until it is quiet, or until the time is over.

use std::{sync::Arc, time::Duration};

use keur_evidence::{Stop, event::Reason, heard::Heard};

use super::ear::Listened;
use crate::World;

/// How long a handshake that was ended may take to be noticed.
const NOTICING: Duration = Duration::from_secs(2);
/// How long it stays quiet before a product that does not say so is held to be done.
const QUIET: Duration = Duration::from_secs(3);

impl World {
    /// What the product asked, as soon as that is enough, or the time is over. That nothing came at all proves nothing.
    ///
    /// # Errors
    /// [`Stop`] when nothing came, with what had to be done.
    pub async fn heard(&mut self, what: &str, enough: impl Fn(&[Heard]) -> bool) -> Result<Vec<Heard>, Stop> {
        let (heard, listened) = self.listen(what, enough).await?;
        if heard.is_empty() && listened.turned_away.is_empty() {
            let asked = self.desk.pushed.as_ref().map_or("", |pushed| pushed.instruction.as_str());
            let elsewhere = match listened.strays.as_slice() {
                [] => String::new(),
                strays => format!(
                    " Intussen kwam bij keur wel dit binnen, dat bij geen opdracht hoort: {}. Bedoeld was een adres dat begint met {}.",
                    strays.join("; "),
                    self.desk.bases.join(" of ")
                ),
            };
            let detail = format!(
                "het product heeft niets gevraagd ({what}); gevraagd was: {asked}.{elsewhere} Controleer of het product dit adres bereikt en het certificaat van keur vertrouwt: keur doctor"
            );
            return Err(self.recorder.cannot_tell(Reason::Timeout, "nothing_came", &detail));
        }
        Ok(heard)
    }

    /// What the product asked, when it may be right to ask nothing. That is only known where the product itself says that
    /// it is done; a person who did nothing looks the same.
    ///
    /// # Errors
    /// [`Stop`] when nothing came and the product was not asked by its hook.
    pub async fn heard_any(&mut self, what: &str) -> Result<Heards, Stop> {
        let before = self.desk.pushed.as_ref().map_or(0, |pushed| pushed.before);
        let (calls, listened) = self.listen(what, |calls| calls.len() > before).await?;
        let done = self.desk.pushed.as_ref().is_some_and(|pushed| pushed.done);
        // What the product asked earlier in the scenario says nothing of now.
        let nothing_new = calls.len() <= listened.before.unwrap_or_default();
        if !done && nothing_new && listened.turned_away.is_empty() {
            let detail = "dat een product niets vraagt, is alleen vast te stellen als [hooks] trigger is opgegeven en met status 200 zegt dat de opdracht klaar is";
            return Err(self.recorder.cannot_tell(Reason::Precondition, "trigger_missing", detail));
        }
        Ok(Heards { calls, turned_away: listened.turned_away.len(), flood: listened.flood })
    }

    async fn listen(
        &mut self,
        what: &str,
        enough: impl Fn(&[Heard]) -> bool,
    ) -> Result<(Vec<Heard>, Listened), Stop> {
        let live = self.recorder.seam().replay().is_none();
        if live {
            let done = self.desk.pushed.as_ref().is_some_and(|pushed| pushed.done);
            let bound = match (done, &self.desk.door) {
                (false, _) => self.wait(),
                // A product may say that it is done before we have noticed that it turned away.
                (true, Some(_)) => NOTICING,
                (true, None) => Duration::ZERO,
            };
            let hearing = Arc::clone(&self.desk.hearing);
            let all = async {
                hearing.until(&enough).await;
                // What our own request made the product ask, it asked before it answered that.
                if self.desk.pushed.is_some() && !done {
                    hearing.quiet(QUIET).await;
                }
            };
            tokio::select! {
                () = self.recorder.seam().stopped() => return Err(self.recorder.aborted()),
                _ = tokio::time::timeout(bound, all) => {}
            }
            self.acknowledge();
        }
        let hearing = Arc::clone(&self.desk.hearing);
        let before = self.desk.pushed.as_ref().map(|pushed| pushed.before);
        let strays = || {
            let before = self.desk.pushed.as_ref().map_or(0, |pushed| pushed.strays);
            self.run.desk.as_ref().map_or_else(Vec::new, |open| open.strays.after(before))
        };
        let mut now = Vec::new();
        let (_, listened) = self.recorder.witness("desk", what, || {
            let (calls, mut listened) = hearing.so_far();
            if calls.is_empty() && listened.turned_away.is_empty() {
                listened.strays = strays();
            }
            listened.before = before.filter(|count| *count > 0);
            now = calls;
            listened
        })?;
        let calls = if live { now } else { self.recorder.heard_then(&listened.calls)? };
        if listened.flood > 0 {
            let detail = format!(
                "het product bleef vragen: na {} verzoeken aan één adres zijn er {} geweigerd met status 429",
                keur_counterparty::FLOOD,
                listened.flood
            );
            return Err(self.recorder.cannot_tell(Reason::Precondition, "flood", &detail));
        }
        Ok((calls, listened))
    }

    /// Tells the person that what was asked has been seen, or not.
    fn acknowledge(&self) {
        let by_hand = self.run.product.hooks.trigger.is_none();
        let Some(pushed) = self.desk.pushed.as_ref().filter(|_| by_hand) else { return };
        let (calls, listened) = self.desk.hearing.so_far();
        (self.run.voice)(&match (calls.len().saturating_sub(pushed.before), listened.turned_away.len()) {
            (0, 0) => "Er kwam niets binnen.".to_owned(),
            (0, _) => "Gezien: het product brak de verbinding af.".to_owned(),
            (1, _) => "Gezien: 1 verzoek.".to_owned(),
            (count, _) => format!("Gezien: {count} verzoeken."),
        });
    }
}

/// What was heard where silence may be right.
#[derive(Debug, Clone, PartialEq)]
pub struct Heards {
    /// The requests.
    pub calls: Vec<Heard>,
    /// How often a client ended the handshake at the second address.
    pub turned_away: usize,
    /// How many requests came beyond what a place answers.
    pub flood: u64,
}
