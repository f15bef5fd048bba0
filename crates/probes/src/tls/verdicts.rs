//! Checks on the findings of a scan.

use keur_evidence::{
    Check,
    event::{Failure, Reason},
    http::Answer,
};

use super::{
    checks::Shake,
    findings::{Finding, Topic},
    ncsc::{Edition, Level},
    scan::facts::Facts,
};
use crate::http::reason;

/// A year, in seconds.
const HSTS: u64 = 31_536_000;

/// The product spoke TLS or SSL: what it refused besides is a refusal and not silence.
#[must_use]
pub fn answered(facts: &Facts) -> Check {
    let expected = "het product beantwoordt de TLS-proef";
    if facts.spoke() {
        let versions: Vec<String> =
            facts.suites.keys().map(|version| super::hello::version_name(*version)).collect();
        return Check::that(
            true,
            expected,
            format!("{} verbindingen; {}", facts.connections, versions.join(", ")),
        );
    }
    let seen = facts.unclear.first().map_or("elke TLS-groet wordt geweigerd", |(.., seen)| seen.as_str());
    Check::undecided(Reason::Environment, expected, seen)
}

/// Nothing about the topic is insufficient in the edition.
#[must_use]
pub fn sufficient(facts: &Facts, findings: &[Finding], topic: Topic, edition: Edition) -> Check {
    let expected = format!("{}: niets is onvoldoende volgens NCSC {}", topic.word(), edition.name());
    let about: Vec<&Finding> = findings.iter().filter(|finding| finding.topic == topic).collect();
    let bad = worst(&about, Level::Insufficient, edition);
    if !bad.is_empty() {
        return Check::that(false, expected, bad.join("; "));
    }
    let open = facts.unclear.iter().find(|(open, ..)| topic.rests_on().contains(open));
    if let Some((_, question, seen)) = open {
        return Check::undecided(Reason::Timeout, expected, format!("{question}: {seen}"));
    }
    if about.is_empty() {
        return Check::undecided(Reason::Environment, expected, "hierover is niets te zien");
    }
    let seen: Vec<String> = about.iter().map(|finding| described(finding, edition)).collect();
    Check::that(true, expected, seen.join("; "))
}

/// Nothing at all is to be phased out in the edition.
#[must_use]
pub fn lasting(facts: &Facts, findings: &[Finding], edition: Edition) -> Check {
    let expected = format!("niets is uit te faseren volgens NCSC {}", edition.name());
    let all: Vec<&Finding> = findings.iter().collect();
    let fading = worst(&all, Level::PhaseOut, edition);
    if !fading.is_empty() {
        return Check::that(false, expected, fading.join("; "));
    }
    match facts.unclear.first() {
        Some((_, question, seen)) => {
            Check::undecided(Reason::Timeout, expected, format!("{question}: {seen}"))
        }
        None => {
            Check::that(true, expected, format!("{} bevindingen, geen daarvan uit te faseren", all.len()))
        }
    }
}

/// A client certificate that is asked for is also demanded.
#[must_use]
pub fn demanded(facts: &Facts, (id, without): &Shake) -> Check {
    let expected = "een gevraagd clientcertificaat is ook verplicht";
    let check = match (without, &facts.client_certificate) {
        (Ok(_), None) => Check::that(true, expected, "het product vraagt geen clientcertificaat"),
        (Ok(_), Some(_)) => {
            Check::that(false, expected, "het product vraagt een clientcertificaat en gaat zonder verder")
        }
        (Err(transport), _) if transport.failure == Failure::TlsRefused => {
            Check::that(true, expected, format!("zonder clientcertificaat: {transport}"))
        }
        (Err(transport), _) => Check::undecided(reason(transport.failure), expected, transport.to_string()),
    };
    check.on([id.clone()])
}

/// The answer tells browsers to use TLS only, for a year at least.
#[must_use]
pub fn strict_transport(answer: &Answer) -> Check {
    let expected = format!("de header Strict-Transport-Security met max-age van ten minste {HSTS}");
    let check = match &answer.reply {
        Err(transport) => Check::undecided(reason(transport.failure), expected, transport.to_string()),
        Ok(response) => match response.header("strict-transport-security") {
            None => Check::that(false, expected, "de header ontbreekt"),
            Some(value) => Check::that(max_age(value).is_some_and(|age| age >= HSTS), expected, value),
        },
    };
    check.on([answer.id.clone()])
}

fn max_age(value: &str) -> Option<u64> {
    let ages = value.split(';').filter_map(|part| part.trim().split_once('='));
    let mut ages = ages.filter(|(name, _)| name.trim().eq_ignore_ascii_case("max-age"));
    ages.next()?.1.trim().trim_matches('"').parse().ok()
}

fn worst(findings: &[&Finding], level: Level, edition: Edition) -> Vec<String> {
    let bad = findings.iter().filter(|finding| finding.level(edition) == Some(level));
    bad.map(|finding| described(finding, edition)).collect()
}

/// The finding with its level.
#[must_use]
pub fn described(finding: &Finding, edition: Edition) -> String {
    match finding.level(edition) {
        Some(level) => format!("{} ({})", finding.text, level.word()),
        None => finding.text.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tls::{
        findings,
        renegotiation::Renegotiated,
        scan::facts::{About, Order, Prime},
    };

    fn facts() -> Facts {
        Facts {
            suites: [(0x0303, vec![0xC02B, 0xC023]), (0x0304, vec![0x1302])].into(),
            groups: [(0x0303, vec![0x0017]), (0x0304, vec![0x11EC])].into(),
            schemes: vec![0x0403],
            order: [(0x0303, Order { strongest_first: Some(0xC02B), weakest_first: Some(0xC02B) })].into(),
            renegotiation_info: Some(true),
            master_secret: Some(true),
            ..Facts::default()
        }
    }

    fn of(facts: &Facts) -> Vec<Finding> {
        findings::all(facts, None, None, "bron.example", time::OffsetDateTime::UNIX_EPOCH)
    }

    fn judge(facts: &Facts, topic: Topic) -> [Check; 2] {
        Edition::ALL.map(|edition| sufficient(facts, &of(facts), topic, edition))
    }

    #[test]
    fn a_sound_server_holds_everywhere() {
        let facts = facts();
        for topic in [
            Topic::Versions,
            Topic::Suites,
            Topic::Order,
            Topic::Exchange,
            Topic::Schemes,
            Topic::Staple,
            Topic::Compression,
            Topic::Renegotiation,
            Topic::MasterSecret,
        ] {
            assert!(judge(&facts, topic).iter().all(Check::holds), "{topic:?}");
        }
        // Nothing was seen of a certificate.
        assert!(judge(&facts, Topic::Certificates).iter().all(|check| !check.holds()));
        // A suite to be phased out.
        assert!(!lasting(&facts, &of(&facts), Edition::May2025).holds());
        assert!(lasting(&facts, &of(&facts), Edition::TwoOne).holds());
        assert!(answered(&facts).holds() && !answered(&Facts::default()).holds());
    }

    #[test]
    fn each_topic_can_fail() {
        type Spoil = fn(&mut Facts);
        let cases: [(Topic, Spoil, [bool; 2]); 13] = [
            (Topic::Versions, |f| drop(f.suites.insert(0x0301, vec![0xC009])), [false, true]),
            (Topic::Versions, |f| f.ssl2 = true, [false, false]),
            (Topic::Suites, |f| drop(f.suites.insert(0x0303, vec![0x0005])), [false, false]),
            (Topic::Suites, |f| drop(f.suites.insert(0x0303, vec![0x002F])), [false, true]),
            (
                Topic::Order,
                |f| {
                    f.order = [(0x0303, Order { strongest_first: Some(0xC02B), weakest_first: Some(0xC023) })]
                        .into()
                },
                [false, false],
            ),
            (Topic::Exchange, |f| drop(f.groups.insert(0x0303, vec![0x0013])), [false, false]),
            (
                Topic::Exchange,
                |f| f.primes = [Prime { bits: 2048, known: Some("ffdhe2048") }].into(),
                [false, true],
            ),
            (Topic::Schemes, |f| f.schemes.push(0x0201), [false, true]),
            (Topic::Compression, |f| f.compression = Some(1), [false, false]),
            (Topic::Renegotiation, |f| f.renegotiation_info = Some(false), [false, false]),
            (Topic::ClientRenegotiation, |f| f.renegotiated = Some(Renegotiated::Unlimited), [false, true]),
            (Topic::ClientRenegotiation, |f| f.renegotiated = Some(Renegotiated::Times(3)), [true, true]),
            (Topic::MasterSecret, |f| f.master_secret = Some(false), [false, true]),
        ];
        for (topic, spoil, expected) in cases {
            let mut facts = facts();
            spoil(&mut facts);
            assert_eq!(judge(&facts, topic).map(|check| check.holds()), expected, "{topic:?}");
        }
    }

    #[test]
    fn what_could_not_be_asked_is_not_decided() {
        let mut facts = facts();
        facts.unclear.push((About::Exchange, "groepen".to_owned(), "geen antwoord".to_owned()));
        assert!(judge(&facts, Topic::Exchange).iter().all(|check| !check.holds()));
        assert!(judge(&facts, Topic::Versions).iter().all(Check::holds));
    }

    #[test]
    fn a_year_is_enough() {
        assert_eq!(max_age("max-age=31536000; includeSubDomains"), Some(HSTS));
        assert_eq!(max_age("includeSubDomains; Max-Age=\"10\""), Some(10));
        assert_eq!(max_age("includeSubDomains"), None);
    }
}
