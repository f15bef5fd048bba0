//! A hand-made run with every kind of outcome.

use std::collections::BTreeMap;

use keur_catalogue::{
    Lang, Text,
    profile::Profile,
    requirement::{Level, Method, Requirement, Source, SourceStatus, Spoor},
};
use keur_evidence::event::{
    Attested, Body, Entry, Event, Exchange, Failure, Observation, ProductIdentity, Reason, Reply, RunEnd,
    Timing, TlsFacts,
};
use keur_reports::{Blobs, Report};
use keur_verdict::{
    CaseOutcome, CaseResult, CheckResult, Counts, Harness, Modality, Outcome, ProfileRef, Proof,
    RequirementResult, Run, RunResult, SpoorVerdicts, Verdict,
};

const PROFILE: &str = r#"
format = "keur/profile"
version = "1.0"
id = "bgz-beschikbaarstellen"
release = "2026.1"
title = { nl = "BgZ beschikbaarstellen", en = "Making the BgZ available" }
summary = { nl = "Een bron stelt de BgZ beschikbaar.", en = "A source makes the BgZ available." }
role = "bron"
exchange = "BgZ"
fhir = "stu3"
default_variant = "gisa-2026-b"
select = ["WGZ-SEC-001..019"]

[legal]
status = "prioritised"
date = "2026-08-31"
source = "Meerjarenagenda Wegiz"

[legal.note]
nl = "De uitwisseling staat op de meerjarenagenda, maar is nog niet aangewezen."
en = "The exchange is on the multi-year agenda, but not designated yet."

[[variant]]
id = "gisa-2026-b"
title = { nl = "Organisaties vertrouwen elkaar (ontwerp B)", en = "Organisations trust each other (draft B)" }
source = "Conceptnotitie authenticatie en autorisatie, 8 juli 2026"

[[variant]]
id = "nen7512-persoon"
title = { nl = "De persoon is bekend", en = "The person is known" }
source = "NEN 7512:2022"
"#;

/// Bodies in memory.
#[derive(Default)]
pub struct Store(pub BTreeMap<String, Vec<u8>>);

impl Blobs for Store {
    fn get(&self, digest: &str) -> Option<Vec<u8>> {
        self.0.get(digest).cloned()
    }
}

/// All a report needs, owned.
pub struct Fixture {
    pub result: RunResult,
    pub profile: Profile,
    pub requirements: Vec<Requirement>,
    pub entries: Vec<Entry>,
    pub blobs: Store,
    pub kills: BTreeMap<String, usize>,
}

impl Fixture {
    pub fn report(&self, lang: Lang) -> Report<'_> {
        Report {
            result: &self.result,
            profile: &self.profile,
            requirements: &self.requirements,
            entries: &self.entries,
            blobs: &self.blobs,
            lang,
            kill_scores: Some(&self.kills),
        }
    }

    fn push(&mut self, requirement: Requirement, result: RequirementResult) {
        self.requirements.push(requirement);
        self.result.requirements.push(result);
    }

    fn journal(&mut self, event: Event) {
        let seq = self.entries.len() as u64;
        self.entries.push(Entry { seq, at: "2026-11-22T13:04:05.250Z".into(), prev: digest(9), event });
    }
}

pub fn digest(n: u8) -> String {
    format!("{n:02x}").repeat(32)
}

pub fn text(nl: &str, en: &str) -> Text {
    Text { nl: nl.into(), en: en.into() }
}

pub fn requirement(id: &str, nl: &str, en: &str) -> Requirement {
    Requirement {
        id: id.into(),
        title: text(nl, en),
        level: Level::Must,
        spoor: Spoor::One,
        roles: vec!["bron".into()],
        method: Method::Test,
        source: vec![
            Source {
                reference: "Kamerstuk 35 824 nr. 47".into(),
                clause: None,
                status: SourceStatus::Letter,
            },
            Source {
                reference: "NEN 7512:2022".into(),
                clause: Some("unknown".into()),
                status: SourceStatus::Norm,
            },
        ],
        why: text(
            "Als één slot openbreekt, moet het volgende slot de gegevens nog beschermen.",
            "When one lock breaks, the next lock must still protect the data.",
        ),
        fix: text(
            "Laat het eindpunt elk verzoek zonder geldig token weigeren, ook met een vertrouwd clientcertificaat.",
            "Let the endpoint refuse every request without a valid token, also with a trusted client certificate.",
        ),
        since: "2026.1".into(),
        retired: None,
        aliases: vec![],
        variants: vec![],
        not_tested: None,
        look_at: None,
        parameters: BTreeMap::new(),
    }
}

pub fn result(id: &str, outcome: Outcome, cases: Vec<CaseResult>) -> RequirementResult {
    RequirementResult {
        id: id.into(),
        level: Level::Must,
        spoor: Spoor::One,
        method: Method::Test,
        gates: true,
        outcome,
        modality: Modality::Automatic,
        remark: false,
        cases,
        attestation: None,
    }
}

pub fn case(slug: &str, title: &str, outcome: CaseOutcome, checks: Vec<CheckResult>) -> CaseResult {
    CaseResult {
        id: format!("features/nen-7512/meerlaags.feature#{slug}"),
        title: title.into(),
        line: 12,
        outcome,
        reason: None,
        cause: None,
        detail: None,
        proof: None,
        exchanges: checks.iter().flat_map(|check| check.evidence.clone()).collect(),
        checks,
        evidence: vec![],
        ms: 42,
    }
}

pub fn check(step: &str, expected: &str, observed: &str, holds: Option<bool>, evidence: &str) -> CheckResult {
    CheckResult {
        step: step.into(),
        expected: expected.into(),
        observed: observed.into(),
        holds,
        evidence: if evidence.is_empty() { vec![] } else { vec![evidence.into()] },
    }
}

fn stopped(mut case: CaseResult, reason: Option<Reason>, cause: &str, detail: &str) -> CaseResult {
    case.reason = reason;
    case.cause = Some(cause.into());
    case.detail = Some(detail.into());
    case
}

fn attested(id: &str, outcome: &str) -> Attested {
    Attested {
        requirement: id.into(),
        outcome: outcome.into(),
        statement: "Het certificaat geldt voor de dienst en het bereik klopt.".into(),
        basis: "certificate".into(),
        by: "Voorbeeld Beoordelaar, Voorbeeldinstelling, auditor".into(),
        date: "2026-11-01".into(),
        expires: "2027-11-01".into(),
        artefact: format!("Voorbeeldcertificaat sha256:{}", digest(7)),
    }
}

pub fn exchange(id: &str, case: &str, reply: Reply) -> Event {
    Event::Exchange(Box::new(Exchange {
        id: id.into(),
        case: case.into(),
        purpose: "opvraging met certificaat, zonder token".into(),
        method: "GET".into(),
        url: "https://127.0.0.1:8443/90000382/fhir/Patient?identifier=http://fhir.nl/fhir/NamingSystem/bsn|999911120".into(),
        request_headers: vec![
            ("host".into(), "127.0.0.1:8443".into()),
            ("accept".into(), "application/fhir+json".into()),
            ("authorization".into(), "DPoP eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJrZXVyLWEifQ.$KEUR_SIGNATURE:0a1b2c3d4e5f".into()),
            ("x-request-id".into(), "0195f3c2-7e1a-7000-8000-000000000001".into()),
        ],
        request_body: Body::default(),
        identity: "party_a".into(),
        reply,
        timing: Timing { head_ms: 9, total_ms: 12 },
    }))
}

pub fn response(status: u16, blob: Option<String>) -> Reply {
    Reply::Response {
        status,
        version: "HTTP/2.0".into(),
        headers: vec![
            ("content-type".into(), "application/fhir+json; charset=utf-8".into()),
            ("cache-control".into(), "no-store".into()),
        ],
        body: Body { wire_bytes: if blob.is_some() { 4_711 } else { 0 }, blob, truncated: false },
        tls: Some(TlsFacts {
            version: "TLSv1.3".into(),
            suite: Some("TLS_AES_256_GCM_SHA384".into()),
            peer: format!("sha256:{}", digest(8)),
        }),
    }
}

/// A run without requirements.
pub fn empty(verdict: Verdict) -> Fixture {
    let product = ProductIdentity {
        vendor: "Voorbeeld Zorgsoftware B.V.".into(),
        name: "Voorbeeldbron".into(),
        version: "4.2.0".into(),
        kvk: Some("00000000".into()),
        roles: vec!["bron".into()],
        endpoint: "https://127.0.0.1:8443/90000382/fhir".into(),
        claims: vec!["person = \"none\"".into()],
        declaration_digest: format!("sha256:{}", digest(1)),
    };
    Fixture {
        result: RunResult {
            format: "keur/result".into(),
            version: "1.0".into(),
            run: Run {
                id: "2026-11-22-0007".into(),
                started: "2026-11-22T13:04:05.250Z".into(),
                finished: "2026-11-22T13:04:08.510Z".into(),
                mode: "practice".into(),
                seed: "00112233445566778899aabbccddeeff".into(),
                journal_head: digest(0xab),
            },
            profile: ProfileRef {
                id: "bgz-beschikbaarstellen".into(),
                version: "2026.1".into(),
                digest: format!("sha256:{}", digest(2)),
                variant: "gisa-2026-b".into(),
            },
            product,
            harness: Harness {
                version: "0.1.0".into(),
                digest: format!("sha256:{}", digest(3)),
                features_digest: format!("sha256:{}", digest(4)),
                catalogue_digest: format!("sha256:{}", digest(5)),
            },
            verdict,
            spoor: SpoorVerdicts { one: verdict, two: Verdict::Incomplete },
            counts: Counts::default(),
            requirements: vec![],
            caveats: vec![],
        },
        profile: toml::from_str(PROFILE).expect("the profile parses"),
        requirements: vec![],
        entries: vec![],
        blobs: Store::default(),
        kills: BTreeMap::new(),
    }
}

/// A run with every kind of outcome.
pub fn every_outcome() -> Fixture {
    let mut f = empty(Verdict::NotConform);
    f.result.caveats = vec!["Deze toets omvatte niet alle eisen van het profiel (--only).".into()];
    deviations(&mut f);
    open_ones(&mut f);
    harmless_ones(&mut f);
    attested_ones(&mut f);
    f.kills = BTreeMap::from([("WGZ-SEC-010".into(), 2), ("WGZ-SEC-006".into(), 1)]);
    f.journal(Event::RunFinished { how: RunEnd::Completed });
    f
}

fn deviations(f: &mut Fixture) {
    let control = case(
        "controle",
        "een geslaagde opvraging met certificaat en token",
        CaseOutcome::Passed,
        vec![check(
            "Dan komt er een antwoord met gegevens",
            "status 200",
            "status 200",
            Some(true),
            "x-000001",
        )],
    );
    let failed = case(
        "zonder-token",
        "het product weigert een opvraging met certificaat maar zonder token",
        CaseOutcome::Failed,
        vec![
            check(
                "Dan wordt de opvraging geweigerd met status 401",
                "status 401",
                "status 200",
                Some(false),
                "x-000002",
            ),
            check(
                "En bevat het antwoord geen patiëntgegevens",
                "geen patiëntgegevens",
                "Bundle met 3 resources",
                Some(false),
                "x-000002",
            ),
        ],
    );
    let blob = format!("sha256:{}", digest(0x11));
    let body = r#"{"resourceType":"Bundle","type":"searchset","total":1,"entry":[{"resource":{"resourceType":"Patient","id":"p-1","name":[{"text":"Test <b>Patiënt</b>"}],"extension":[{"valueDecimal":1.10}]}}]}"#;
    f.blobs.0.insert(blob.clone(), body.as_bytes().to_vec());
    f.journal(exchange("x-000001", &control.id, response(200, Some(blob.clone()))));
    f.journal(exchange("x-000002", &failed.id, response(200, Some(blob))));
    f.push(
        requirement(
            "WGZ-SEC-010",
            "Een geldig certificaat zonder token geeft geen gegevens",
            "A valid certificate without a token yields no data",
        ),
        result("WGZ-SEC-010", Outcome::NotSatisfied, vec![control, failed]),
    );
    let tls = case(
        "tls-1-0",
        "het product weigert TLS 1.0",
        CaseOutcome::Failed,
        vec![check(
            "Dan mislukt de handdruk",
            "de handdruk mislukt",
            "TLS 1.0 aanvaard",
            Some(false),
            "o-000001",
        )],
    );
    f.journal(Event::Observation(Observation {
        id: "o-000001".into(),
        case: tls.id.clone(),
        what: "tls_handshake".into(),
        purpose: "handdruk met alleen TLS 1.0".into(),
        facts: serde_json::json!({ "offered": "TLSv1.0", "accepted": true, "alert": null }),
    }));
    f.push(
        requirement(
            "WGZ-SEC-002",
            "De dienst accepteert alleen TLS 1.2 en TLS 1.3",
            "The service accepts only TLS 1.2 and TLS 1.3",
        ),
        result("WGZ-SEC-002", Outcome::NotSatisfied, vec![tls]),
    );
}

fn open_ones(f: &mut Fixture) {
    let unreachable = stopped(
        case(
            "zonder-mtls",
            "een token over een andere verbinding geeft niets",
            CaseOutcome::CantTell,
            vec![],
        ),
        Some(Reason::Environment),
        "unreachable",
        "Er kwam geen verbinding met 127.0.0.1:8443.",
    );
    let mut unreachable = unreachable;
    unreachable.exchanges = vec!["x-000003".into()];
    f.journal(exchange(
        "x-000003",
        &unreachable.id,
        Reply::Failure { failure: Failure::Connect, message: "connection refused".into() },
    ));
    f.push(
        requirement(
            "WGZ-SEC-011",
            "Een token zonder certificaat geeft geen gegevens",
            "A token without a certificate yields no data",
        ),
        result("WGZ-SEC-011", Outcome::Undetermined, vec![unreachable]),
    );
    let broken = stopped(
        case("tweede-keer", "een bewijs werkt één keer", CaseOutcome::Error, vec![]),
        None,
        "step_undefined",
        "De zin 'Als het bewijs terugkomt' bestaat niet.",
    );
    f.push(
        requirement("WGZ-SEC-014", "Een bewijs werkt één keer", "A proof works once"),
        result("WGZ-SEC-014", Outcome::Undetermined, vec![broken]),
    );
    f.push(
        requirement(
            "WGZ-SEC-013",
            "Een verkeerd sleutelbewijs geeft geen gegevens",
            "A wrong proof of key yields no data",
        ),
        result(
            "WGZ-SEC-013",
            Outcome::NotTested,
            vec![case("bewijs", "een bewijs voor een ander adres", CaseOutcome::Untested, vec![])],
        ),
    );
    let mut attest = requirement("WGZ-ATT-002", "De risicoanalyse is er", "The risk analysis exists");
    attest.method = Method::Examine;
    attest.look_at = Some(text("Het ondertekende document.", "The signed document."));
    let mut pending = result("WGZ-ATT-002", Outcome::NotTested, vec![]);
    pending.method = Method::Examine;
    f.push(attest, pending);
}

fn harmless_ones(f: &mut Fixture) {
    let weak = case(
        "zwak",
        "het product weigert CBC",
        CaseOutcome::Failed,
        vec![check(
            "Dan mislukt de handdruk",
            "de handdruk mislukt",
            "TLS_RSA_WITH_AES_128_CBC_SHA aanvaard",
            Some(false),
            "",
        )],
    );
    let mut should = result("WGZ-SEC-003", Outcome::NotSatisfied, vec![weak]);
    (should.level, should.remark, should.gates) = (Level::Should, true, false);
    let mut entry = requirement(
        "WGZ-SEC-003",
        "De dienst gebruikt alleen sterke suites",
        "The service uses strong suites only",
    );
    entry.source = vec![Source {
        reference: "Conceptnotitie, ontwerp B".into(),
        clause: None,
        status: SourceStatus::Concept,
    }];
    f.push(entry, should);

    let mut skipped = case("xml", "het product antwoordt in XML", CaseOutcome::Inapplicable, vec![]);
    skipped.proof = Some(Proof {
        predicate: "het product zegt XML te kunnen".into(),
        declared: "claims.xml = false".into(),
        observed: "o-000002: CapabilityStatement noemt alleen json".into(),
    });
    f.push(
        requirement(
            "WGZ-API-004",
            "Het product antwoordt in de gevraagde vorm",
            "The product answers in the asked form",
        ),
        result("WGZ-API-004", Outcome::NotApplicable, vec![skipped]),
    );
    for (id, nl, en) in [
        (
            "WGZ-SEC-006",
            "De verbinding eist een clientcertificaat",
            "The connection demands a client certificate",
        ),
        (
            "WGZ-SEC-012",
            "Een gestolen token geeft een ander geen gegevens",
            "A stolen token yields no data to another",
        ),
    ] {
        let passed = case(
            "geen-gegevens",
            "het product geeft geen gegevens",
            CaseOutcome::Passed,
            vec![check(
                "Dan wordt de verbinding geweigerd",
                "geen gegevens",
                "TLS-alert certificate_required",
                Some(true),
                "x-000009",
            )],
        );
        f.push(requirement(id, nl, en), result(id, Outcome::Satisfied, vec![passed]));
    }
}

fn attested_ones(f: &mut Fixture) {
    for (id, word, outcome) in [
        ("WGZ-ATT-001", "satisfied", Outcome::Satisfied),
        ("WGZ-ATT-003", "not_satisfied", Outcome::NotSatisfied),
    ] {
        let statement = attested(id, word);
        f.journal(Event::Attested(statement.clone()));
        let mut entry =
            requirement(id, "De informatiebeveiliging is geregeld", "Information security is arranged");
        entry.method = Method::Examine;
        let mut one = result(id, outcome, vec![]);
        (one.modality, one.method, one.attestation) = (Modality::Attested, Method::Examine, Some(statement));
        f.push(entry, one);
    }
}
