//! Builders of requirements, cases, exchanges and runs.

use std::collections::BTreeMap;

use keur_catalogue::{
    Lang, Text,
    profile::Profile,
    requirement::{Level, Method, Requirement, Source, SourceStatus, Spoor},
};
use keur_evidence::event::{Body, Entry, Event, Exchange, ProductIdentity, Reply, Timing, TlsFacts};
use keur_reports::{Blobs, Report};
use keur_verdict::{
    CaseOutcome, CaseResult, CheckResult, Counts, Harness, Modality, Outcome, ProfileRef, RequirementResult,
    Run, RunResult, SpoorVerdicts, Verdict,
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
    pub conformity: keur_catalogue::conformity::Conformity,
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
            conformity: &self.conformity,
            entries: &self.entries,
            blobs: &self.blobs,
            lang,
            kill_scores: Some(&self.kills),
            stamps: &[],
            signed: &[],
        }
    }

    pub fn push(&mut self, requirement: Requirement, result: RequirementResult) {
        self.requirements.push(requirement);
        self.result.requirements.push(result);
    }

    pub fn journal(&mut self, event: Event) {
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
        waiver: None,
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
        inbound: None,
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
        body: Body {
            wire_bytes: if blob.is_some() { 4_711 } else { 0 },
            blob,
            truncated: false,
            undecoded: None,
        },
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
            layers: None,
            declaration: None,
            options: vec![],
            product_log: None,
            requirements: vec![],
            caveats: vec![],
        },
        profile: toml::from_str(PROFILE).expect("the profile parses"),
        requirements: vec![],
        conformity: keur_catalogue::embedded::conformity(),
        entries: vec![],
        blobs: Store::default(),
        kills: BTreeMap::new(),
    }
}
