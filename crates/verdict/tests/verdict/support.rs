//! A small norm, and journals about it.

use keur_catalogue::{Catalogue, Profile, Selection};
use keur_evidence::event::{
    Attested, Body, CheckOutcome, CheckRecord, Entry, Event, Exchange, FORMAT, Phase, PlannedCase,
    PlannedStep, ProductIdentity, Reason, Reply, RunEnd, RunStarted, StopKind, Stopped, Timing,
};
use keur_verdict::{CaseResult, RequirementResult, RunResult};

/// must, specification, spoor 1.
pub const MUST: &str = "WGZ-TST-001";
/// must, specification, spoor 2.
pub const MUST_TWO: &str = "WGZ-TST-002";
/// should, specification, spoor 1.
pub const SHOULD: &str = "WGZ-TST-003";
/// must, concept, spoor 2: does not gate.
pub const CONCEPT: &str = "WGZ-TST-004";
/// must, norm, spoor 1, examined by a person.
pub const EXAMINED: &str = "WGZ-TST-005";
/// All of them.
pub const ALL: [&str; 5] = [MUST, MUST_TWO, SHOULD, CONCEPT, EXAMINED];

/// The norm: one requirement of each kind.
pub fn catalogue() -> Catalogue {
    let mut text = String::from(
        "format = \"keur/requirements\"\nversion = \"1.0\"\nnorm = { id = \"TST\", title = \"Test\", edition = \"1\" }\n",
    );
    let rows = [
        (MUST, "must", "1", "test", "specification"),
        (MUST_TWO, "must", "2", "test", "specification"),
        (SHOULD, "should", "1", "test", "specification"),
        (CONCEPT, "must", "2", "test", "concept"),
        (EXAMINED, "must", "1", "examine", "specification"),
    ];
    for (id, level, spoor, method, status) in rows {
        let look = if method == "test" { "" } else { "look_at = { nl = \"x\", en = \"x\" }\n" };
        text.push_str(&format!(
            "[[requirement]]\nid = \"{id}\"\ntitle = {{ nl = \"Eis {id}\", en = \"Demand {id}\" }}\n\
             level = \"{level}\"\nspoor = \"{spoor}\"\nroles = [\"bron\"]\nmethod = \"{method}\"\n\
             source = [{{ ref = \"S\", status = \"{status}\" }}]\nwhy = {{ nl = \"w\", en = \"w\" }}\n\
             fix = {{ nl = \"f\", en = \"f\" }}\nsince = \"2026.1\"\n{look}"
        ));
    }
    Catalogue::load(&[("profiles/eisen/test.toml".to_owned(), text)])
        .unwrap_or_else(|problems| panic!("{problems}"))
}

/// A profile of these requirements.
pub fn profile(ids: &[&str]) -> Profile {
    let text = format!(
        "format = \"keur/profile\"\nversion = \"1.0\"\nid = \"proef\"\nrelease = \"2026.1\"\n\
         title = {{ nl = \"Proef\", en = \"Trial\" }}\nsummary = {{ nl = \"s\", en = \"s\" }}\nrole = \"bron\"\n\
         exchange = \"x\"\nfhir = \"stu3\"\ndefault_variant = \"a\"\n\
         legal = {{ status = \"none\", date = \"2026-11-22\", source = \"s\", note = {{ nl = \"n\", en = \"n\" }} }}\n\
         select = {ids:?}\n[[variant]]\nid = \"a\"\ntitle = {{ nl = \"A\", en = \"A\" }}\nsource = \"s\"\n"
    );
    Profile::parse("profiles/proef.toml", &text, &catalogue()).unwrap_or_else(|problems| panic!("{problems}"))
}

/// The selection of a whole profile, or a part of it.
pub fn selection(profile: &Profile, only: Option<&str>) -> Selection {
    Selection::new(&catalogue(), profile, None, only).unwrap_or_else(|error| panic!("{error}"))
}

/// Numbers the events.
pub fn entries(events: Vec<Event>) -> Vec<Entry> {
    (0_u64..)
        .zip(events)
        .map(|(seq, event)| Entry {
            seq,
            at: format!("2026-11-22T10:00:{:02}.000Z", seq % 60),
            prev: String::new(),
            event,
        })
        .collect()
}

/// The first event.
pub fn started(profile: &Profile) -> RunStarted {
    RunStarted {
        format: FORMAT.to_owned(),
        run: "2026-11-22-0001".to_owned(),
        mode: "practice".to_owned(),
        seed: "00".to_owned(),
        seed_commitment: None,
        harness_version: "0.1.0".to_owned(),
        harness_digest: digest('a'),
        profile: profile.id.clone(),
        profile_release: profile.release.clone(),
        profile_digest: profile.digest.clone(),
        variant: "a".to_owned(),
        catalogue_digest: digest('b'),
        features_digest: digest('c'),
        product: ProductIdentity {
            vendor: "Leverancier".to_owned(),
            name: "Bron".to_owned(),
            version: "1".to_owned(),
            kvk: Some("00000000".to_owned()),
            roles: vec!["bron".to_owned()],
            endpoint: "https://127.0.0.1/fhir".to_owned(),
            claims: vec!["person = none".to_owned()],
            declaration_digest: digest('d'),
        },
        only: None,
        host: "linux x86_64".to_owned(),
    }
}

/// A digest that is well-formed.
pub fn digest(of: char) -> String {
    format!("sha256:{}", String::from(of).repeat(64))
}

/// A planned case: one Given, one When, one Then.
pub fn planned(case: &str, requirement: &str) -> Event {
    let step = |phase, text: &str| PlannedStep { phase, text: text.to_owned() };
    Event::CasePlanned(PlannedCase {
        case: case.to_owned(),
        requirement: requirement.to_owned(),
        title: format!("scenario {case}"),
        line: 7,
        steps: vec![
            step(Phase::Given, "Gegeven een testpatiënt"),
            step(Phase::When, "Als zijn gegevens worden opgevraagd"),
            step(Phase::Then, "Dan worden ze geweigerd"),
        ],
    })
}

/// The case begins.
pub fn begin(case: &str) -> Event {
    Event::CaseStarted { case: case.to_owned() }
}

/// A request in the case.
pub fn exchange(case: &str) -> Event {
    Event::Exchange(Box::new(Exchange {
        id: id(case),
        case: case.to_owned(),
        purpose: "opvraging".to_owned(),
        method: "GET".to_owned(),
        url: "https://127.0.0.1/fhir/Patient".to_owned(),
        request_headers: Vec::new(),
        request_body: Body::default(),
        identity: "party_a".to_owned(),
        reply: Reply::Response {
            status: 401,
            version: "HTTP/1.1".to_owned(),
            headers: Vec::new(),
            body: Body { blob: Some(digest('e')), wire_bytes: 3, truncated: false, undecoded: None },
            tls: None,
        },
        timing: Timing { head_ms: 1, total_ms: 2 },
        inbound: None,
    }))
}

/// The id of the case's exchange.
pub fn id(case: &str) -> String {
    format!("x-{case}")
}

/// A check in one of the three steps.
pub fn check(case: &str, phase: Phase, outcome: CheckOutcome) -> Event {
    let step = match phase {
        Phase::Given => 0,
        Phase::When => 1,
        Phase::Then => 2,
    };
    Event::Check(CheckRecord {
        case: case.to_owned(),
        step,
        phase,
        expected: "status 401".to_owned(),
        observed: if outcome == CheckOutcome::Holds { "status 401" } else { "status 200" }.to_owned(),
        outcome,
        evidence: vec![id(case)],
    })
}

/// The case ends early.
pub fn stop(case: &str, stop: StopKind) -> Event {
    let detail = "uitleg".to_owned();
    Event::Stopped(Stopped { case: case.to_owned(), step: 1, phase: Phase::When, stop, detail })
}

/// It cannot be told.
pub fn cant_tell(case: &str, reason: Reason) -> Event {
    stop(case, StopKind::CantTell { reason, cause: "unreachable".to_owned() })
}

/// It does not apply.
pub fn inapplicable(case: &str, observed: &str) -> Event {
    let [predicate, declared] = ["kan X", "X = nee"].map(str::to_owned);
    stop(case, StopKind::Inapplicable { predicate, declared, observed: observed.to_owned() })
}

/// The case ends.
pub fn end(case: &str, steps_done: usize) -> Event {
    Event::CaseFinished { case: case.to_owned(), steps_done, ms: 5 }
}

/// The run ends.
pub fn finished(how: RunEnd) -> Event {
    Event::RunFinished { how }
}

/// Everything of a case that passes.
pub fn passing(case: &str) -> Vec<Event> {
    vec![begin(case), exchange(case), check(case, Phase::Then, CheckOutcome::Holds), end(case, 3)]
}

/// Everything of a case that fails.
pub fn failing(case: &str) -> Vec<Event> {
    vec![begin(case), exchange(case), check(case, Phase::Then, CheckOutcome::Violated), end(case, 2)]
}

/// A statement valid from and until these days.
pub fn statement(requirement: &str, outcome: &str, date: &str, expires: &str) -> Event {
    Event::Attested(Attested {
        requirement: requirement.to_owned(),
        outcome: outcome.to_owned(),
        statement: "gezien".to_owned(),
        basis: "document".to_owned(),
        by: "Voorbeeld Beoordelaar, Voorbeeld, beoordelaar".to_owned(),
        date: date.to_owned(),
        expires: expires.to_owned(),
        artefact: format!("Stuk ({})", digest('f')),
    })
}

/// A statement that holds on the day of the run.
pub fn valid_statement(requirement: &str, outcome: &str) -> Event {
    statement(requirement, outcome, "2026-11-01", "2027-11-01")
}

/// A journal of one planned case of [`MUST`] with these events, judged against a profile of that one requirement.
pub fn judge_one(events: Vec<Event>) -> RunResult {
    let profile = profile(&[MUST]);
    let mut all = vec![Event::RunStarted(Box::new(started(&profile))), planned("c", MUST)];
    all.extend(events);
    all.push(finished(RunEnd::Completed));
    judge(&profile, None, all)
}

/// Judges events that must be judgeable.
pub fn judge(profile: &Profile, only: Option<&str>, events: Vec<Event>) -> RunResult {
    keur_verdict::judge(&selection(profile, only), profile, &entries(events))
        .unwrap_or_else(|error| panic!("{error}"))
}

/// The only case of [`judge_one`].
pub fn only_case(result: &RunResult) -> &CaseResult {
    &result.requirements[0].cases[0]
}

/// A requirement's result.
pub fn requirement<'r>(result: &'r RunResult, id: &str) -> &'r RequirementResult {
    result.requirements.iter().find(|result| result.id == id).unwrap_or_else(|| panic!("no {id}"))
}
