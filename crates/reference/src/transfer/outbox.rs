//! The Tasks the product sent: who may see them, how they move, and what they open.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use serde_json::Value;

use super::Kind;
use crate::defects::Defects;

/// The most Tasks that are kept.
const CAPACITY: usize = 10_000;
/// Nothing follows these.
const FINAL: [&str; 4] = ["completed", "rejected", "cancelled", "failed"];
/// How far a Task is: it moves on, never back.
const ORDER: [&str; 4] = ["requested", "received", "accepted", "in-progress"];

/// A Task that was sent.
#[derive(Debug, Clone)]
struct Sent {
    kind: Kind,
    bsn: String,
    receiver: String,
    task: Value,
}

/// Why an update is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Refused {
    /// There is no such Task for this organisation.
    Unknown,
    /// This is no update of that Task.
    Invalid,
    /// The status cannot become this.
    Jump,
    /// The defect `transfer-second-put-409`.
    Again,
}

/// All Tasks that were sent.
#[derive(Debug)]
pub(crate) struct Outbox {
    sent: Mutex<BTreeMap<String, Sent>>,
    defects: Defects,
}

impl Outbox {
    pub(crate) fn new(defects: Defects) -> Self {
        Self { sent: Mutex::default(), defects }
    }

    /// Keeps a Task; false when the memory is full.
    pub(crate) fn keep(&self, kind: Kind, bsn: &str, receiver: &str, task: Value) -> bool {
        let mut sent = self.sent();
        let Some(id) = task["id"].as_str().map(str::to_owned).filter(|_| sent.len() < CAPACITY) else {
            return false;
        };
        sent.insert(id, Sent { kind, bsn: bsn.to_owned(), receiver: receiver.to_owned(), task });
        true
    }

    /// The Task as this organisation may see it.
    pub(crate) fn read(&self, id: &str, ura: &str) -> Option<Value> {
        self.sent().get(id).filter(|sent| self.is_for(sent, ura)).map(|sent| sent.task.clone())
    }

    /// The patient whose handover this organisation may fetch.
    pub(crate) fn handed_over(&self, id: &str, ura: &str) -> Option<String> {
        let sent = self.sent();
        let found = sent.get(id).filter(|sent| sent.kind == Kind::Handover && self.is_for(sent, ura));
        found.map(|sent| sent.bsn.clone())
    }

    /// What the receiver says of the Task.
    pub(crate) fn update(&self, id: &str, ura: &str, wanted: &Value) -> Result<Value, Refused> {
        let mut all = self.sent();
        let sent = all.get_mut(id).filter(|sent| self.is_for(sent, ura)).ok_or(Refused::Unknown)?;
        let status = wanted["status"].as_str().filter(|_| wanted["resourceType"] == "Task");
        let status = status.filter(|_| wanted["id"] == id).ok_or(Refused::Invalid)?;
        let now = sent.task["status"].as_str().unwrap_or_default();
        if now == status && self.defects.has("transfer-second-put-409") {
            return Err(Refused::Again);
        }
        if !follows(now, status) && !self.defects.has("transfer-task-jumps") {
            return Err(Refused::Jump);
        }
        if !self.defects.has("transfer-put-ignored") {
            sent.task["status"] = status.into();
        }
        Ok(sent.task.clone())
    }

    /// Whether a referral to this organisation opens the data of this patient.
    pub(crate) fn opens(&self, bsn: &str, ura: &str) -> bool {
        let all = self.sent();
        let to_them = || all.values().filter(|sent| sent.kind == Kind::Referral && sent.receiver == ura);
        let open = |sent: &Sent| {
            let status = sent.task["status"].as_str().unwrap_or_default();
            let stays = status == "completed" && self.defects.has("referral-access-stays");
            !FINAL.contains(&status) || stays
        };
        if !to_them().any(|sent| sent.bsn == bsn) {
            return self.defects.has("referral-opens-all") && to_them().any(open);
        }
        to_them().any(|sent| sent.bsn == bsn && open(sent))
    }

    fn is_for(&self, sent: &Sent, ura: &str) -> bool {
        sent.receiver == ura || self.defects.has("transfer-served-to-all")
    }

    fn sent(&self) -> MutexGuard<'_, BTreeMap<String, Sent>> {
        self.sent.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether a status may follow another: the same one again, a later one, or an end.
fn follows(now: &str, next: &str) -> bool {
    let place = |status: &str| ORDER.iter().position(|one| *one == status);
    now == next
        || match (place(now), place(next)) {
            (Some(now), Some(next)) => now < next,
            (Some(_), None) => FINAL.contains(&next),
            _ => false,
        }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn task(status: &str) -> Value {
        json!({ "resourceType": "Task", "id": "t", "status": status })
    }

    #[test]
    fn a_task_moves_on_and_never_back() {
        let outbox = Outbox::new(Defects::default());
        assert!(outbox.keep(Kind::Referral, "999900018", "90000111", task("requested")));
        assert!(outbox.opens("999900018", "90000111") && !outbox.opens("999900018", "90000222"));
        assert_eq!(outbox.read("t", "90000222"), None);
        assert_eq!(outbox.update("t", "90000222", &task("accepted")), Err(Refused::Unknown));
        assert_eq!(outbox.update("t", "90000111", &task("accepted")).as_ref(), Ok(&task("accepted")));
        assert_eq!(outbox.update("t", "90000111", &task("requested")), Err(Refused::Jump));
        for _ in 0..2 {
            assert_eq!(outbox.update("t", "90000111", &task("completed")).as_ref(), Ok(&task("completed")));
        }
        assert_eq!(outbox.update("t", "90000111", &task("in-progress")), Err(Refused::Jump));
        assert_eq!(outbox.update("t", "90000111", &json!({ "resourceType": "Task" })), Err(Refused::Invalid));
        assert!(!outbox.opens("999900018", "90000111"));
    }
}
