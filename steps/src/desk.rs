//! Playing the other party in a scenario: an address of its own, the push that makes the product ask, and what it asked.

mod ear;
mod hear;
mod open;
mod stray;

use std::{sync::Arc, time::Duration};

use keur_counterparty::{Clerk, Hostile, HostileDoor, Place, Script};
use keur_evidence::{Stop, event::Reason, http::Request};
use serde_json::{Value, json};
use url::Url;

use self::ear::{Ear, Hearing};
pub use self::{
    hear::Heards,
    open::{OpenDesk, OpenError, Opening, prepare, step_limit},
    stray::Strays,
};
use crate::{World, run::Party};

/// Where the product can ask us something in a scenario.
#[derive(Default)]
pub struct Places {
    hearing: Arc<Hearing>,
    open: Vec<Place>,
    /// The addresses of this scenario.
    bases: Vec<String>,
    door: Option<HostileDoor>,
    /// What the product was asked to do.
    pushed: Option<Pushed>,
}

struct Pushed {
    instruction: String,
    /// The product said that it is done, so nothing more will come.
    done: bool,
    /// How much was heard before.
    before: usize,
    /// How much had come that belongs to no scenario.
    strays: usize,
}

impl Places {
    /// From now on nothing is heard any more.
    pub fn close(&mut self) {
        self.hearing.close();
        self.open.clear();
        self.door = None;
    }
}

impl Drop for Places {
    fn drop(&mut self) {
        self.close();
    }
}

/// What came of asking the product to do something.
#[derive(Debug, Clone, PartialEq)]
pub struct Said {
    /// Id of the exchange; none when a person was asked.
    pub id: Option<String>,
    /// What the product tells of it, as JSON; none when it tells nothing, or a person was asked.
    pub body: Option<Value>,
    /// A person was asked.
    pub by_hand: bool,
}

impl World {
    /// An address of this scenario's own, where the product is answered by a script. Without slash at the end.
    ///
    /// # Errors
    /// [`Stop`] when `[counterparty]` is not declared.
    pub async fn desk(&mut self, service: &'static str, script: Arc<dyn Script>) -> Result<String, Stop> {
        let key = self.recorder.uuid();
        let base = self.declared_desk()?;
        let clerk = self.ear(service, script);
        if let Some(open) = &self.run.desk {
            self.desk.open.push(open.desk.place(&key, clerk));
        }
        Ok(self.opened(format!("{base}/{key}")))
    }

    /// The address of a service that has one for all scenarios. What speaks of `content` is for this scenario; another
    /// one with the same content waits until this one ends.
    ///
    /// # Errors
    /// [`Stop`] when `[counterparty]` is not declared.
    pub async fn desk_at(
        &mut self,
        service: &'static str,
        content: &str,
        script: Arc<dyn Script>,
    ) -> Result<String, Stop> {
        let base = self.declared_desk()?;
        let clerk = self.ear(service, script);
        if let Some(open) = &self.run.desk {
            let place = open.desk.place_at(self.recorder.case(), service, content, clerk).await;
            self.desk.open.push(place);
        }
        Ok(self.opened(format!("{base}/dienst/{service}")))
    }

    /// An address at the second address of the desk, which shows a wrong certificate there, or is merely another
    /// origin when no kind is given. One scenario at a time has it.
    ///
    /// # Errors
    /// [`Stop`] when it is not declared.
    pub async fn desk_hostile(
        &mut self,
        kind: impl Into<Option<Hostile>>,
        service: &'static str,
        script: Arc<dyn Script>,
    ) -> Result<String, Stop> {
        let kind = kind.into();
        let key = self.recorder.uuid();
        self.declared_desk()?;
        let declared = self.run.product.counterparty.as_ref();
        let Some(base) =
            declared.and_then(|declared| declared.hostile.as_ref()).map(|side| side.base.clone())
        else {
            return Err(self.recorder.not_declared("[counterparty] hostile_listen"));
        };
        let shows = |kind: Hostile| declared.is_some_and(|d| d.wrong.iter().any(|one| one.0 == kind.name()));
        if let Some(kind) = kind.filter(|kind| !shows(*kind)) {
            return Err(self.recorder.not_declared(&format!("[counterparty.hostile.{}]", kind.name())));
        }
        self.hold(Arc::clone(&self.run.second_address)).await;
        let clerk = self.ear(service, script);
        if let Some(open) = &self.run.desk {
            self.desk.open.push(open.desk.place(&key, Arc::clone(&clerk)));
            self.desk.door = open.desk.hostile(kind, clerk).map(|(_, door)| door);
        }
        Ok(self.opened(format!("{base}/{key}")))
    }

    /// Has the product do something: by its hook, or by asking the person at the terminal.
    ///
    /// # Errors
    /// [`Stop`] when the hook does not work.
    pub async fn trigger(&mut self, action: &str, about: Value, person: &str) -> Result<Said, Stop> {
        let wait = self.wait();
        let told = members(&about, "\n    ");
        let instruction = format!("{person} ({})", members(&about, "; ").trim_start_matches("; "));
        let before = self.desk.hearing.so_far().0.len();
        let strays = self.run.desk.as_ref().map_or(0, |open| open.strays.count());
        let Some(hook) = self.run.product.hooks.trigger.clone() else {
            if self.recorder.seam().replay().is_none() {
                (self.run.voice)(&format!("Wacht op u (hoogstens {} s): {person}{told}", wait.as_secs()));
            }
            self.desk.pushed = Some(Pushed { instruction, done: false, before, strays });
            return Ok(Said { id: None, body: None, by_hand: true });
        };
        let url = Url::parse(&hook).map_err(|_| self.recorder.not_declared("[hooks] trigger"))?;
        let mut body = json!({ "action": action });
        if let (Value::Object(body), Value::Object(about)) = (&mut body, about) {
            body.extend(about);
        }
        let trace = self.recorder.uuid().replace('-', "");
        let purpose = format!("het product aansturen: {action}");
        let mut request = Request::new(&purpose, "POST", url, self.run.tls_identity(Party::A))
            .header("X-Request-Id", &self.recorder.uuid())
            .header("traceparent", &format!("00-{trace}-{}-01", &trace[..16]))
            .header("Accept", "application/json")
            .content("application/json", body.to_string())
            .exactly();
        if let Some(token) = &self.run.hook_token {
            request = request.header("Authorization", &format!("Bearer {token}"));
        }
        request.timeout = Some(wait);
        let answer = self.recorder.http(request).await?;
        let response = answer.response().filter(|response| (200..300).contains(&response.status));
        let Some(response) = response else {
            let detail = format!(
                "het product voert de opdracht `{action}` niet uit: {} op {hook}; gevraagd was: {instruction}",
                answer.describe()
            );
            return Err(self.recorder.cannot_tell(Reason::Precondition, "trigger", &detail));
        };
        let done = response.status != 202;
        self.desk.pushed = Some(Pushed { instruction, done, before, strays });
        Ok(Said { id: Some(answer.id.clone()), body: response.json().cloned(), by_hand: false })
    }

    /// Remembers an address of this scenario.
    fn opened(&mut self, base: String) -> String {
        self.desk.bases.push(base.clone());
        base
    }

    fn ear(&self, service: &'static str, script: Arc<dyn Script>) -> Arc<dyn Clerk> {
        Arc::new(Ear::new(self.recorder.clone(), service, script, Arc::clone(&self.desk.hearing)))
    }

    fn declared_desk(&self) -> Result<String, Stop> {
        let declared = self.run.product.counterparty.as_ref();
        let declared = declared.ok_or_else(|| self.recorder.not_declared("[counterparty]"))?;
        if self.run.desk.is_none() && self.recorder.seam().replay().is_none() {
            return Err(self.recorder.broken("het profiel heeft geen `counterparty = true`"));
        }
        Ok(declared.desk.base.clone())
    }

    fn wait(&self) -> Duration {
        Duration::from_secs(self.run.product.counterparty.as_ref().map_or(1, |declared| declared.wait_s))
    }
}

/// Names and values of what an action is about, each after `before`.
fn members(about: &Value, before: &str) -> String {
    let members = about.as_object().into_iter().flatten();
    let member = |(name, value): (&String, &Value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{before}{name}: {value}")
    };
    members.map(member).collect()
}
