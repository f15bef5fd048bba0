//! What a client does with the directory of care services.

use std::collections::BTreeSet;

use keur_evidence::{Check, event::Reason, heard::Heard};

/// The names of the addresses that were spoken to.
#[must_use]
pub fn contacted(heard: &[Heard]) -> BTreeSet<String> {
    let name = |one: &Heard| one.path.split("/adres/").nth(1)?.split('/').next().map(str::to_owned);
    heard.iter().filter_map(name).collect()
}

/// Only one address was spoken to: the right one. Whoever speaks to nobody shows nothing.
#[must_use]
pub fn only(heard: &[Heard], right: &str) -> Check {
    let expected = format!("het product spreekt alleen adres {right} aan");
    let seen = contacted(heard);
    let evidence = heard.iter().filter(|one| one.path.contains("/adres/")).map(|one| one.id.clone());
    let list = |names: &BTreeSet<String>| names.iter().cloned().collect::<Vec<_>>().join(", ");
    if seen.is_empty() {
        return Check::undecided(Reason::NoData, expected, "het product sprak geen enkel adres aan");
    }
    let holds = seen.iter().all(|name| name == right);
    Check::that(holds, expected, format!("aangesproken: {}", list(&seen))).on(evidence)
}

/// No address was spoken to.
#[must_use]
pub fn none(heard: &[Heard]) -> Check {
    let seen: Vec<String> = contacted(heard).into_iter().collect();
    let observed =
        if seen.is_empty() { "geen".to_owned() } else { format!("aangesproken: {}", seen.join(", ")) };
    Check::that(seen.is_empty(), "het product spreekt geen enkel adres aan", observed)
}

/// Updates look before they write: each names the version it read, and after a refusal the resource is read again.
/// `kept` is what another party changed meanwhile: member and value.
#[must_use]
pub fn updates(heard: &[Heard], kept: (&str, &str)) -> Vec<Check> {
    let is_update = |one: &&Heard| one.method == "PUT";
    let Some(first) = heard.iter().find(is_update) else {
        let expected = "een wijziging (PUT) van het eindpunt";
        return vec![Check::undecided(Reason::NoData, expected, "het product stuurde geen wijziging")];
    };
    let mut checks = Vec::new();
    for update in heard.iter().filter(is_update) {
        let tag = update.header("if-match");
        let observed = tag.map_or_else(|| "geen kop If-Match".to_owned(), |tag| format!("If-Match: {tag}"));
        let named = tag.is_some_and(|tag| tag.contains('"'));
        checks.push(
            Check::that(named, "bij elke wijziging If-Match met de gelezen ETag", observed)
                .on([update.id.clone()]),
        );
    }
    let Some(refused) = heard.iter().position(|one| one.method == "PUT" && one.status == 412) else {
        return checks;
    };
    let after = &heard[refused + 1..];
    let Some(again) = after.iter().position(|one| one.method == "PUT") else {
        let observed = "na status 412 geen nieuwe wijziging";
        checks.push(
            Check::that(true, "geen wijziging die die van een ander overschrijft", observed)
                .on([first.id.clone()]),
        );
        return checks;
    };
    let reread = after[..again].iter().any(|one| one.method == "GET" && one.path == after[again].path);
    let observed = if reread { "opnieuw gelezen" } else { "niet opnieuw gelezen" };
    checks.push(
        Check::that(reread, "na status 412 leest het product het eindpunt opnieuw", observed)
            .on([after[again].id.clone()]),
    );
    let (member, value) = kept;
    let sent = after[again].json().and_then(|body| body[member].as_str().map(str::to_owned));
    let observed =
        sent.as_deref().map_or_else(|| format!("geen {member}"), |sent| format!("{member}: {sent}"));
    checks.push(
        Check::that(
            sent.as_deref() == Some(value),
            format!("de wijziging van een ander blijft: {member}: {value}"),
            observed,
        )
        .on([after[again].id.clone()]),
    );
    checks
}

/// What was refused with "wait" is not asked again.
#[must_use]
pub fn waits(heard: &[Heard]) -> Check {
    let expected = "na status 429 binnen de wachttijd niet nog eens dezelfde vraag";
    let busy: Vec<&Heard> = heard.iter().filter(|one| one.status == 429).collect();
    let distinct: BTreeSet<_> = busy.iter().map(|one| (&one.method, &one.path, &one.query)).collect();
    if busy.is_empty() {
        return Check::undecided(
            Reason::NoData,
            expected,
            "het product vroeg niets terwijl het adresboek bezet was",
        );
    }
    let observed =
        format!("{} vragen tijdens de wachttijd, waarvan {} verschillende", busy.len(), distinct.len());
    Check::that(busy.len() == distinct.len(), expected, observed).on(busy.iter().map(|one| one.id.clone()))
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::CheckOutcome;

    use super::*;
    use crate::test_support::heard;

    #[test]
    fn the_right_address_alone_holds_and_silence_says_nothing() {
        let calls = |names: &[&str]| {
            names
                .iter()
                .map(|name| heard("GET", &format!("/adres/{name}/fhir/metadata"), 200, ""))
                .collect::<Vec<_>>()
        };
        assert!(only(&calls(&["1"]), "1").holds());
        assert_eq!(only(&calls(&["1", "2"]), "1").outcome, CheckOutcome::Violated);
        assert!(matches!(only(&[], "1").outcome, CheckOutcome::NotEvaluable(_)));
        assert!(none(&[]).holds() && !none(&calls(&["2"])).holds());
    }

    fn put(tag: Option<&str>, status: u16, body: &str) -> Heard {
        let mut call = heard("PUT", "/adresboek/Endpoint/1", status, body);
        call.headers.extend(tag.map(|tag| ("if-match".to_owned(), tag.to_owned())));
        call
    }

    #[test]
    fn a_refused_update_is_read_again_before_it_is_written_again() {
        let read = || heard("GET", "/adresboek/Endpoint/1", 200, "");
        let theirs = r#"{"name":"van een ander"}"#;
        let kept = ("name", "van een ander");
        let held = |calls: &[Heard]| updates(calls, kept).iter().all(Check::holds);
        let first = || [read(), put(Some("W/\"1\""), 412, "{}")];
        let then = |rest: Vec<Heard>| first().into_iter().chain(rest).collect::<Vec<_>>();
        assert!(held(&then(vec![read(), put(Some("W/\"2\""), 200, theirs)])));
        assert!(held(&then(Vec::new())), "giving up overwrites nothing");
        assert!(!held(&then(vec![put(Some("W/\"2\""), 200, theirs)])), "not read again");
        assert!(!held(&then(vec![read(), put(None, 200, theirs)])), "without If-Match");
        assert!(!held(&then(vec![read(), put(Some("W/\"2\""), 200, "{}")])), "the other's change is lost");
        assert!(!held(&[]));
    }

    #[test]
    fn asking_again_during_the_wait_is_seen() {
        let busy = |path: &str| heard("GET", path, 429, "");
        assert!(waits(&[busy("/adresboek/Endpoint"), busy("/adresboek/Organization")]).holds());
        assert!(!waits(&[busy("/adresboek/Endpoint"), busy("/adresboek/Endpoint")]).holds());
        assert!(matches!(waits(&[]).outcome, CheckOutcome::NotEvaluable(_)));
    }
}
