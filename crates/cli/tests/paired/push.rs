//! The notified pull of a referral: `bgz-verwijzing-verzenden`, in which Keur is the receiver, against
//! `bgz-verwijzing-ontvangen`, in which Keur is the sender. For each referral the receiver asks for, a sender begins.

use std::{
    collections::BTreeMap,
    fs, mem,
    path::{Path, PathBuf},
    sync::{Arc, Condvar, Mutex, MutexGuard},
    thread,
    time::Duration,
};

use keur_evidence::event::Exchange;
use serde_json::{Value, json};

use crate::{
    common::{keur, run_folder, text},
    declared::{Declared, RECEIVER, SENDER},
    glue::{ById, Run, certificates, exchanges, free, hook, json_of, reply, same_exchange},
};

const BSN: &str = "999900018";
/// A patient whom no referral is about.
const OTHER: &str = "999914947";
/// One who refused consent.
const REFUSED: &str = "999916579";
/// What the receiver asks about a patient whom the referral is not about: no address of the sender's desk.
const ELSEWHERE: &str = "opvraging over een andere patiënt";
/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(240);

/// What stands between the receiver and its senders.
struct Between {
    folder: PathBuf,
    /// Where each sender listens in turn.
    desk: String,
    /// The requirement a sender's run is about.
    about: &'static str,
    /// Whether the receiver is told what became of a notification, or always that it arrived.
    honest: bool,
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Default)]
struct State {
    /// How often a referral was asked for; once more when the receiver has ended.
    asked: usize,
    /// By sender: the Task of which its notification was taken.
    notified: BTreeMap<usize, String>,
    /// The senders that have ended.
    senders: Vec<Run>,
}

impl Between {
    /// Where its receiver knows every sender.
    fn sender_address(&self) -> String {
        format!("https://{}/dienst/verzender", self.desk)
    }

    /// Changes the state, and waits until it is as it has to be.
    fn wait(
        &self,
        change: impl FnOnce(&mut State),
        enough: impl Fn(&State) -> bool,
    ) -> MutexGuard<'_, State> {
        let mut state = self.state.lock().unwrap();
        change(&mut state);
        self.changed.notify_all();
        let waited = self.changed.wait_timeout_while(state, PATIENCE, |state| !enough(state));
        let (state, late) = waited.unwrap();
        assert!(!late.timed_out(), "one of the two runs hangs");
        state
    }

    /// The receiver is done with what was there, and with all when it has ended: the sender of it ends too.
    fn next(&self) -> MutexGuard<'_, State> {
        self.wait(|state| state.asked += 1, |state| state.senders.len() + 1 == state.asked)
    }

    /// The receiver asks for a referral: a sender begins, and notifies it.
    fn send(self: &Arc<Self>, asked: &Value) -> Value {
        assert_eq!((&asked["action"], &asked["kind"]), (&json!("send"), &json!("referral")));
        let number = self.next().asked;
        let (between, told) = (Arc::clone(self), asked.clone());
        thread::spawn(move || {
            let run = between.sender(number, &told);
            drop(between.wait(|state| state.senders.push(run), |_| true));
        });
        let state =
            self.wait(|_| {}, |state| state.notified.contains_key(&number) || state.senders.len() == number);
        let task = state.notified.get(&number);
        let sent = task.is_some() || !self.honest;
        json!({ "task": task, "sent": sent, "error": (!sent).then_some("de melding is niet aangekomen") })
    }

    /// A run of the sender, to its end.
    fn sender(self: &Arc<Self>, number: usize, asked: &Value) -> Run {
        let between = Arc::clone(self);
        let trigger = hook(move |told| between.receive(number, told));
        let out = self.folder.join(format!("verzender-{number}"));
        fs::create_dir(&out).unwrap();
        let product = out.join("product.toml");
        let text = |name: &str| asked[name].as_str().unwrap();
        assert_eq!(text("receiver_ura"), RECEIVER.ura);
        let declared = Declared {
            parties: [&SENDER, &RECEIVER],
            desk: &self.desk,
            more: format!(
                "notification = \"{}\"\n[patients]\nalso_present = [\"{OTHER}\"]\n[patients.complete]\nbsn = \"{}\"\n",
                text("notification"),
                text("bsn")
            ),
            token: text("token_endpoint"),
            trigger: &trigger,
        };
        declared.write(&self.folder, &product);
        run("bgz-verwijzing-ontvangen", self.about, &product, &out)
    }

    /// A sender asks what became of its notification: it hears so when the receiver is done with it.
    fn receive(&self, number: usize, asked: &Value) -> Value {
        assert_eq!((&asked["action"], &asked["sender_ura"]), (&json!("receive"), &json!(SENDER.ura)));
        let task = asked["task"].as_str().unwrap().to_owned();
        drop(
            self.wait(
                |state| drop(state.notified.insert(number, task.clone())),
                |state| state.asked > number,
            ),
        );
        fetched(&run_folder(&self.folder.join("ontvanger")), &task)
    }
}

/// What the receiver has on record of a Task: the last status that was taken, and the first answer that was none.
fn fetched(receiver: &Path, task: &str) -> Value {
    let all = exchanges(receiver);
    let case = all.iter().find(|one| one.url.ends_with(&format!("/Task/{task}"))).map(|one| &one.case);
    let own = || all.iter().filter(|one| one.inbound.is_none() && Some(&one.case) == case);
    let taken = |one: &&Exchange| one.method == "PUT" && reply(one).is_some_and(|(status, _)| status < 300);
    let status = own().rfind(taken).map(|one| json_of(receiver, &one.request_body)["status"].clone());
    let error = own().find(|one| reply(one).is_none_or(|(status, _)| status >= 400));
    let error = error.map(|one| format!("geen goed antwoord: {}", one.purpose));
    json!({ "task": task, "status": status, "error": error })
}

fn run(profile: &str, only: &str, product: &Path, out: &Path) -> Run {
    let (product, out_text) = (product.to_str().unwrap(), out.to_str().unwrap());
    let how = ["--quiet", "--jobs", "1", "--timeout", "10"];
    let output = keur(
        &[&["run", profile, "--only", only, "--product", product, "--out", out_text][..], &how].concat(),
    );
    assert!(output.status.code().is_some_and(|code| [0, 1, 3].contains(&code)), "{}", text(&output));
    Run::below(out)
}

/// A receiver, and the senders of each referral it asked for.
struct Pair {
    receiver: Run,
    senders: Vec<Run>,
    between: Arc<Between>,
}

impl Pair {
    fn new(folder: &Path, only: &str, about: &'static str, honest: bool) -> Self {
        certificates(folder);
        let (state, changed) = Default::default();
        let folder = folder.to_owned();
        let between = Arc::new(Between { folder, desk: free(), about, honest, state, changed });
        let asks = Arc::clone(&between);
        let trigger = hook(move |asked| asks.send(asked));
        let (sender, desk) = (between.sender_address(), free());
        let declared = Declared {
            parties: [&RECEIVER, &SENDER],
            desk: &desk,
            more: format!(
                "fhir_base = \"{sender}/fhir\"\n[patients.complete]\nbsn = \"{BSN}\"\n[patients.other]\nbsn = \"{OTHER}\"\n[patients.no_consent]\nbsn = \"{REFUSED}\"\n"
            ),
            token: &format!("{sender}/oauth/token"),
            trigger: &trigger,
        };
        let (product, out) = (between.folder.join("ontvanger.toml"), between.folder.join("ontvanger"));
        declared.write(&between.folder, &product);
        let receiver = run("bgz-verwijzing-verzenden", only, &product, &out);
        let senders = mem::take(&mut between.next().senders);
        Self { receiver, senders, between }
    }

    /// It is one exchange: what the receiver asked the senders heard, and the other way round.
    fn is_one(&self) {
        let address = self.between.sender_address();
        let mut asked = self.receiver.by_id(false, &address);
        asked.retain(|_, all| all[0].purpose != ELSEWHERE);
        let heard: ById<'_> = self.senders.iter().flat_map(|sender| sender.by_id(true, &address)).collect();
        same_exchange(&asked, &heard);
        let notified: ById<'_> =
            self.senders.iter().flat_map(|sender| sender.by_id(false, "https://")).collect();
        same_exchange(&notified, &self.receiver.by_id(true, "https://"));
    }

    /// The case of the receiver in which a sender's notification came.
    fn case(&self, sender: &Run) -> String {
        let told = self.receiver.by_id(true, "https://");
        let ids = sender.by_id(false, "https://");
        ids.keys().find_map(|id| Some(told.get(id)?[0].case.clone())).unwrap()
    }

    /// The receiver's requirements with this outcome.
    fn with(&self, outcome: &str) -> Vec<String> {
        let all = self.receiver.outcomes().into_iter().filter(|(_, one)| one == outcome);
        all.map(|(id, _)| id).collect()
    }
}

#[test]
fn a_referral_is_notified_and_exactly_what_it_opens_is_fetched() {
    let place = tempfile::tempdir().unwrap();
    let ids = ["WGZ-VRW-001", "WGZ-VRW-002", "WGZ-VRW-003", "WGZ-VRW-004", "WGZ-VRW-009"];
    let pair = Pair::new(place.path(), &ids.join(","), "WGZ-VRW-022", true);
    assert!(pair.receiver.faults().is_empty(), "{:#?}", pair.receiver.faults());
    assert_eq!(pair.with("satisfied"), ids);
    pair.is_one();
    assert_eq!(pair.senders.len(), 6);
    // A sender sees who fetches all that its Task lists, and who does not.
    for sender in &pair.senders {
        let whole = pair.case(sender).contains("elke-zoekvraag");
        assert_eq!(sender.outcomes()["WGZ-VRW-022"] == "satisfied", whole, "{:#?}", sender.faults());
    }
    let elsewhere = pair.receiver.exchanges.iter().filter(|one| one.purpose == ELSEWHERE);
    assert_eq!(elsewhere.count(), 2, "nobody heard what was asked about another patient");
}

#[test]
fn the_task_moves_to_its_end_on_both_sides_and_what_is_not_taken_is_told() {
    let place = tempfile::tempdir().unwrap();
    let ids = ["WGZ-VRW-006", "WGZ-VRW-007", "WGZ-VRW-008"];
    let pair = Pair::new(place.path(), &ids.join(","), "WGZ-VRW-023", true);
    assert!(pair.receiver.faults().is_empty(), "{:#?}", pair.receiver.faults());
    assert_eq!(pair.with("satisfied"), ids);
    pair.is_one();
    // Two in each case in which the second notification fails.
    assert_eq!(pair.senders.len(), 3 + 1 + 2 * 3);
    for sender in &pair.senders {
        let (case, outcome) = (pair.case(sender), sender.outcomes()["WGZ-VRW-023"].clone());
        let expected = if case.contains("neemt-de-verwijzing-aan") || case.contains("na-het-afronden") {
            "satisfied"
        } else if case.contains("zegt-dat-de-melding-niet-aankwam") {
            "undetermined"
        } else {
            // It stays accepted, or goes back after its end.
            "not_satisfied"
        };
        assert_eq!(outcome, expected, "{case}: {:#?}", sender.faults());
    }
}

#[test]
fn what_a_sender_does_wrong_its_receiver_sees_there_alone() {
    let place = tempfile::tempdir().unwrap();
    let pair = Pair::new(place.path(), "WGZ-VRW-003,WGZ-VRW-004", "WGZ-VRW-026", true);
    assert_eq!(pair.with("satisfied"), ["WGZ-VRW-003"]);
    assert_eq!(pair.with("not_satisfied"), ["WGZ-VRW-004"]);
    let faults = pair.receiver.faults();
    assert!(faults.len() == 1 && faults[0].contains("elke-zoekvraag"), "{faults:#?}");
    assert!(pair.receiver.passed("een-andere-patient"));
    // The sender sees that its receiver does not take that for a success.
    let seen = pair.senders.iter().find(|sender| pair.case(sender).contains("elke-zoekvraag")).unwrap();
    assert!(seen.passed("een-fout-is"), "{:#?}", seen.faults());
}

#[test]
fn who_says_that_a_notification_arrived_which_did_not_is_seen() {
    let place = tempfile::tempdir().unwrap();
    let pair = Pair::new(place.path(), "WGZ-VRW-002,WGZ-VRW-008", "WGZ-VRW-023", false);
    assert_eq!(pair.with("satisfied"), ["WGZ-VRW-002"]);
    assert_eq!(pair.with("not_satisfied"), ["WGZ-VRW-008"]);
    assert_eq!(pair.receiver.faults().len(), 3, "{:#?}", pair.receiver.faults());
}
