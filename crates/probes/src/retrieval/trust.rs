//! Who the product shows it is, and to whom it shows its token.

use keur_evidence::{Check, event::Reason, heard::Heard};

use super::searches;
use crate::{jose::Jwt, pki::uzi};

/// How long a client assertion may count, in seconds.
const LIFE_S: i64 = 300;

/// The token requests carry a signed assertion that is right, is used once and counts shortly.
#[must_use]
pub fn assertion(calls: &[Heard]) -> Vec<Check> {
    let expected = "een juiste, ondertekende client_assertion (RFC 7523) voor dit token-eindpunt";
    let asked: Vec<&Heard> = calls.iter().filter(|call| call.path == "/oauth/token").collect();
    let Some(first) = asked.first() else {
        return vec![Check::undecided(Reason::NoData, expected, "het product vroeg geen token")];
    };
    let wrong = asked.iter().find(|call| call.notes["client"] != "right");
    let said = wrong.map_or("right", |call| call.notes["client"].as_str().unwrap_or("unknown"));
    let mut checks =
        vec![Check::that(wrong.is_none(), expected, words(said)).on([wrong.unwrap_or(first).id.clone()])];
    for call in asked {
        let form = call.form();
        let assertion = form.iter().find(|(name, _)| name == "client_assertion");
        let Some(jwt) = assertion.and_then(|(_, text)| Jwt::parse(text)) else { continue };
        let seconds = |name: &str| jwt.claims.get(name).and_then(serde_json::Value::as_i64);
        let life = seconds("exp").zip(seconds("iat")).map(|(exp, iat)| exp - iat);
        let expected = format!("een verklaring met jti, die hoogstens {LIFE_S} s geldt");
        let named = jwt.claims.get("jti").is_some_and(|id| id.as_str().is_some_and(|id| !id.is_empty()));
        let observed = match life {
            _ if !named => "zonder jti".to_owned(),
            Some(life) => format!("geldt {life} s"),
            None => "zonder exp of iat".to_owned(),
        };
        let holds = named && life.is_some_and(|life| (1..=LIFE_S).contains(&life));
        checks.push(Check::that(holds, expected, observed).on([call.id.clone()]));
    }
    checks
}

fn words(said: &str) -> &str {
    match said {
        "right" => "juist",
        "missing" => "geen client_assertion",
        "assertion_type" => "client_assertion_type ontbreekt of is anders",
        "unreadable" => "geen leesbare JWT",
        "unknown_key" => "ondertekend met een sleutel die niet is opgegeven (kid)",
        "signature" => "de handtekening klopt niet",
        "other_client" => "iss of sub is een andere client",
        "audience" => "bedoeld voor een ander (aud)",
        other => other,
    }
}

/// Every request came over a connection with a certificate we trust, of this organisation.
#[must_use]
pub fn certificates(calls: &[Heard], ura: Option<&str>) -> Check {
    let of = ura.map_or_else(String::new, |ura| format!(" van URA {ura}"));
    let expected = format!("bij elk verzoek een geldig clientcertificaat{of}");
    let fault = |call: &Heard| match (&call.certificate, call.trusted) {
        (None, _) => Some("geen certificaat".to_owned()),
        (Some(_), Some(false) | None) => Some("een certificaat dat keur niet vertrouwt".to_owned()),
        (Some(leaf), Some(true)) => {
            let names = uzi::names(leaf);
            let found = names.iter().map(|name| name.ura.as_str()).collect::<Vec<_>>().join(", ");
            let wrong = ura.is_some_and(|ura| names.iter().all(|name| name.ura != ura));
            wrong.then(|| {
                format!("een certificaat van URA {}", if found.is_empty() { "onbekend" } else { &found })
            })
        }
    };
    match calls.iter().find_map(|call| Some((call, fault(call)?))) {
        _ if calls.is_empty() => Check::undecided(Reason::NoData, expected, "geen verzoeken"),
        None => Check::that(true, expected, format!("bij alle {}", calls.len())),
        Some((call, fault)) => {
            Check::that(false, expected, format!("{fault} bij {}", call.describe())).on([call.id.clone()])
        }
    }
}

/// Every search shows the token it was given, in the header and nowhere else.
#[must_use]
pub fn tokens(calls: &[Heard]) -> Vec<Check> {
    let expected = "in elke opvraging het token van de bron, in de kop Authorization";
    if searches(calls).next().is_none() {
        return vec![Check::undecided(Reason::NoData, expected, "geen opvragingen")];
    }
    let wrong = searches(calls).find(|call| call.notes["token"] != "right");
    let seen = wrong.map_or("in elke opvraging".to_owned(), |call| {
        let how = match call.notes["token"].as_str() {
            Some("missing") => "geen token",
            Some("stolen") => "een token van een andere verbinding of sleutel",
            _ => "een onbekend token",
        };
        format!("{how} bij {}", call.describe())
    });
    let in_address = calls.iter().find(|call| call.query.contains("access_token="));
    let seen_there = in_address.map_or("geen".to_owned(), Heard::describe);
    vec![
        Check::that(wrong.is_none(), expected, seen).on(wrong.map(|call| call.id.clone())),
        Check::that(in_address.is_none(), "geen token in een adres", seen_there)
            .on(in_address.map(|call| call.id.clone())),
    ]
}

/// Nobody at another origin was shown a token.
#[must_use]
pub fn token_only_here(calls: &[Heard], elsewhere: &str) -> Check {
    let shown = calls.iter().filter(|call| call.origin == elsewhere).find(|call| {
        let body = String::from_utf8_lossy(&call.body);
        call.header("authorization").is_some()
            || call.query.contains("access_token=")
            || body.contains("access_token=")
    });
    let there = calls.iter().filter(|call| call.origin == elsewhere).count();
    let expected = "geen token bij de andere partij";
    match shown {
        Some(call) => {
            Check::that(false, expected, format!("een token bij {}", call.describe())).on([call.id.clone()])
        }
        None => Check::that(true, expected, format!("{there} verzoeken daar, geen met een token")),
    }
}

/// At an address with a wrong certificate the product turned away before it asked anything.
#[must_use]
pub fn nothing_asked(calls: &[Heard], elsewhere: &str, turned_away: usize) -> Check {
    let expected = "de verbinding afgebroken, en niets gevraagd";
    let asked: Vec<&Heard> = calls.iter().filter(|call| call.origin == elsewhere).collect();
    if let Some(first) = asked.first() {
        let seen = format!("{} verzoeken, als eerste {}", asked.len(), first.describe());
        return Check::that(false, expected, seen).on(asked.iter().map(|call| call.id.clone()));
    }
    if turned_away == 0 {
        return Check::undecided(Reason::Precondition, expected, "het product heeft geen verbinding gemaakt");
    }
    Check::that(true, expected, format!("{turned_away} keer afgebroken, niets gevraagd"))
}
