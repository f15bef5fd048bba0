//! A hand-made run with every kind of outcome.

use std::collections::BTreeMap;

use keur_catalogue::{
    layers::Layer,
    requirement::{Level, Method, Source, SourceStatus},
};
use keur_evidence::event::{Attested, Event, Failure, Observation, Reason, Reply, RunEnd};
use keur_verdict::{
    CaseOutcome, CaseResult, LayerAttack, LayerCell, LayerMatrix, LayerOutcome, Modality, Outcome, Proof,
    Verdict,
};

use crate::build::{Fixture, case, check, digest, empty, exchange, requirement, response, result, text};

/// A run with every kind of outcome.
pub fn every_outcome() -> Fixture {
    let mut f = empty(Verdict::NotConform);
    f.result.caveats = vec!["Deze toets omvatte niet alle eisen van het profiel (--only).".into()];
    deviations(&mut f);
    open_ones(&mut f);
    harmless_ones(&mut f);
    attested_ones(&mut f);
    f.result.layers = Some(layers());
    f.kills = BTreeMap::from([("WGZ-SEC-010".into(), 2), ("WGZ-SEC-006".into(), 1)]);
    f.journal(Event::RunFinished { how: RunEnd::Completed });
    f
}

/// Two layers, each broken alone and both together.
fn layers() -> LayerMatrix {
    let layer = |id: &str, nl: &str, en: &str| Layer { id: id.into(), title: text(nl, en) };
    let attack = |id: &str, layer: &str, nl: &str, en: &str| LayerAttack {
        id: id.into(),
        layers: vec![layer.into()],
        title: text(nl, en),
    };
    let cell = |attacks: &[&str], broken: &[&str], observed: &str, outcome| LayerCell {
        case: "features/nen-7512/meerlaags.feature#zonder-token".into(),
        requirement: "WGZ-SEC-010".into(),
        attacks: attacks.iter().map(|id| (*id).into()).collect(),
        layers: broken.iter().map(|id| (*id).into()).collect(),
        observed: observed.into(),
        outcome,
    };
    LayerMatrix {
        depth: 2,
        layers: vec![
            layer("transport", "Verbinding", "Connection"),
            layer("authorisation", "Beslissing bij de bron", "Decision at the source"),
        ],
        attacks: vec![
            attack("no-certificate", "transport", "zonder clientcertificaat", "without a client certificate"),
            attack("no-token", "authorisation", "zonder token", "without a token"),
        ],
        smallest: vec![vec!["transport".into(), "authorisation".into()]],
        cells: vec![
            cell(&["no-certificate"], &["transport"], "TLS-alert certificate_required", LayerOutcome::Holds),
            cell(&["no-token"], &["authorisation"], "<b>status 401</b>", LayerOutcome::CantTell),
            cell(
                &["no-certificate", "no-token"],
                &["transport", "authorisation"],
                "status 200 met gegevens",
                LayerOutcome::Exposed,
            ),
        ],
    }
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
