//! Reads `[identity]`, `[trust]` and the secrets in them.

use std::net::SocketAddr;

use super::{Hostile, Identity, Party, Secret, parse::url};
use crate::reader::{Reader, Section};

const SECRET_HELP: &str = "schrijf { file = \"pad/naar/bestand\" } of { env = \"NAAM\" }; het geheim zelf komt nooit in dit bestand";

/// `[identity]`.
pub(super) fn identity(reader: &mut Reader<'_>, root: &Section<'_>) -> Identity {
    let Some(section) = reader.section(root, "identity") else { return Identity::default() };
    let parties = ["party_a", "party_b", "unregistered", "rotating", "revocable"];
    let known: Vec<&str> =
        ["jwks_listen", "jwks_base", "revocation_max_age_s", "hostile"].into_iter().chain(parties).collect();
    reader.only_keys(&section, &known);
    let listen = reader.text(&section, "jwks_listen");
    if let Some(found) = &listen
        && !is_address(&found.text)
    {
        reader.problem(
            &found.span,
            "`jwks_listen` is geen adres",
            Some("schrijf een adres en poort als \"127.0.0.1:8099\""),
        );
    }
    let jwks_base = url(reader, &section, "jwks_base");
    if section.has("jwks_listen") != section.has("jwks_base") {
        let help = "keur luistert op `jwks_listen`; het product haalt de sleutels op bij `jwks_base`";
        reader.problem(&section.span(), "`jwks_listen` en `jwks_base` horen bij elkaar", Some(help));
    }
    let [party_a, party_b, unregistered, rotating, revocable] =
        parties.map(|key| party(reader, &section, key));
    let hostile = hostile(reader, &section);
    Identity {
        jwks_listen: listen.map(|found| found.text),
        jwks_base,
        party_a,
        party_b,
        unregistered,
        rotating,
        revocable,
        revocation_max_age_s: reader.count(&section, "revocation_max_age_s").unwrap_or_default(),
        hostile,
    }
}

/// An IP address or `localhost` with a port; other names would need a look-up.
pub(super) fn is_address(text: &str) -> bool {
    match text.rsplit_once(':') {
        Some(("localhost", port)) => port.parse::<u16>().is_ok(),
        _ => text.parse::<SocketAddr>().is_ok(),
    }
}

fn hostile(reader: &mut Reader<'_>, identity: &Section<'_>) -> Hostile {
    let Some(section) = reader.section(identity, "hostile") else { return Hostile::default() };
    let kinds = ["foreign_ca", "expired", "not_yet_valid", "revoked"];
    reader.only_keys(&section, &kinds);
    let [foreign_ca, expired, not_yet_valid, revoked] = kinds.map(|key| party(reader, &section, key));
    Hostile { foreign_ca, expired, not_yet_valid, revoked }
}

fn party(reader: &mut Reader<'_>, parent: &Section<'_>, key: &str) -> Option<Party> {
    let section = reader.section(parent, key)?;
    reader.only_keys(
        &section,
        &["client_id", "ura", "certificate", "key", "signing_key", "next_signing_key", "rsa_signing_key"],
    );
    for (one, other) in [("certificate", "key"), ("key", "certificate"), ("next_signing_key", "signing_key")]
    {
        if section.has(one) && !section.has(other) {
            reader.missing(&section, other);
        }
    }
    Some(Party {
        client_id: reader.text(&section, "client_id").map(|found| found.text),
        ura: ura(reader, &section, "ura"),
        certificate: secret(reader, &section, "certificate"),
        key: secret(reader, &section, "key"),
        signing_key: secret(reader, &section, "signing_key"),
        next_signing_key: secret(reader, &section, "next_signing_key"),
        rsa_signing_key: secret(reader, &section, "rsa_signing_key"),
    })
}

/// A URA: eight digits.
pub(super) fn ura(reader: &mut Reader<'_>, section: &Section<'_>, key: &str) -> Option<String> {
    let found = reader.text(section, key)?;
    if found.text.len() != 8 || !found.text.bytes().all(|byte| byte.is_ascii_digit()) {
        reader.problem(&found.span, format!("`{key}` is geen URA"), Some("een URA heeft acht cijfers"));
    }
    Some(found.text)
}

/// `[trust] ca`.
pub(super) fn trust(reader: &mut Reader<'_>, root: &Section<'_>) -> Vec<Secret> {
    let Some(section) = reader.section(root, "trust") else { return Vec::new() };
    reader.only_keys(&section, &["ca"]);
    if !section.has("ca") {
        reader.missing(&section, "ca");
    }
    let items = reader.sections(&section, "ca");
    items.iter().filter_map(|item| reference(reader, item)).collect()
}

/// `{ file = "…" }` or `{ env = "…" }`.
pub(super) fn secret(reader: &mut Reader<'_>, section: &Section<'_>, key: &str) -> Option<Secret> {
    if !section.has(key) {
        return None;
    }
    if let Some(span) = section.literal(key) {
        // The value is not repeated: it may be the secret.
        let message = format!("`{key}` mag geen letterlijke waarde zijn");
        reader.problem(&span, message, Some(SECRET_HELP));
        return None;
    }
    let table = reader.section(section, key)?;
    reference(reader, &table)
}

fn reference(reader: &mut Reader<'_>, table: &Section<'_>) -> Option<Secret> {
    reader.only_keys(table, &["env", "file"]);
    if table.has("env") == table.has("file") {
        reader.problem(&table.span(), "precies een van `env` en `file` is nodig", Some(SECRET_HELP));
        return None;
    }
    let env = reader.text(table, "env").map(|found| Secret::Env(found.text));
    env.or_else(|| reader.text(table, "file").map(|found| Secret::File(found.text)))
}
