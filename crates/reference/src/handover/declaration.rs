//! The text of `product.toml`.

use std::fmt::Write;
use std::net::SocketAddr;

use super::Desk;
use crate::client::CLIENT_ID;
use crate::fhir::PatientsByPurpose;
use crate::oauth::assertion::Audience;
use crate::oauth::authorization::{
    ACUTE, COMPANY_DOCTOR, INSURER, ORGANISATION_TYPES, OVERRIDE, has_override,
};
use crate::oauth::nonces;
use crate::options::{Binding, Variant};
use crate::pki::{URA_PARTY_A, URA_PARTY_B, URA_SOURCE, URA_UNREGISTERED};
use crate::state::{CLIENT_A, CLIENT_B, CLIENT_ROTATING, Product, Tenant};

/// Stands for the folder of the files until it is known; cannot occur in a value.
pub(super) const FOLDER: &str = "\u{1}";

pub(super) fn text(product: &Product, jwks_listen: SocketAddr, desk: &Desk, from_folder: bool) -> String {
    if let Some(sandbox) = &product.sandbox {
        return open(sandbox.base());
    }
    let [main, other] = product.tenants.as_slice() else { return String::new() };
    let mut text = head(main, other, product.variant, &product.open_origin);
    text.push_str(&identity(jwks_listen));
    text.push_str(&counterparty(desk));
    text.push_str(&patients(main, from_folder));
    let origin = &product.origin;
    let person = if product.variant == Variant::Person { "dezi" } else { "none" };
    // Who asks the other party for consent has no answers of its own to set.
    let consent = if product.variant.asks_consent() {
        String::new()
    } else {
        format!("consent = \"{origin}/hooks/consent\"\n")
    };
    let _ = write!(
        text,
        r#"
[hooks]
log_export = "{origin}/hooks/audit"
log_search = "{origin}/hooks/log/AuditEvent"
patient_overview = "{origin}/hooks/overzicht"
{consent}revocation = "{origin}/hooks/revocation"
trigger = "{origin}/hooks/trigger"
token = {{ file = "{FOLDER}hook.token" }}

[claims]
person = "{person}"
api_writes = "test-data"
max_body_bytes = "65536"
cors_origins = "{website}"
purposes = "TREAT COC"
acute_purpose = "{ACUTE}"
insurer_type = "{ORGANISATION_TYPES}|{INSURER}"
company_doctor_type = "{ORGANISATION_TYPES}|{COMPANY_DOCTOR}"
"#,
        website = crate::agenda::ORIGIN,
    );
    if has_override(product.variant) {
        let _ = writeln!(text, "override_purpose = \"{OVERRIDE}\"");
    }
    if product.variant == Variant::Gf {
        let _ = writeln!(text, "credential_issuer = \"{}\"", crate::oauth::credentials::ISSUER);
    }
    text
}

fn open(base: &str) -> String {
    let version = env!("CARGO_PKG_VERSION");
    format!(
        r#"# De opgave van een open FHIR-server met verzonnen gegevens. Wat erin wordt geschreven, verdwijnt bij het stoppen.
format = "keur/product"
version = "1.0"
environment = "test"

[product]
vendor = "Keur"
name = "Keur-proefomgeving"
version = "{version}"
roles = ["bron"]

[endpoints]
fhir_base = "{base}"

[patients.complete]
search = "Patient?_id=pat-een"

[claims]
write = "sandbox"
"#
    )
}

fn head(main: &Tenant, other: &Tenant, variant: Variant, open_origin: &str) -> String {
    let constraint = match variant.binding() {
        Binding::Dpop => "dpop",
        Binding::Mtls => "mtls",
        Binding::None => "none",
    };
    let audience = Audience::of(main, variant).expected;
    let nonces = if variant.has_nonces() {
        format!("dpop_nonce_max_age_s = {}\n", nonces::MAX_AGE_S)
    } else {
        String::new()
    };
    let Tenant { ura, fhir_base, token_endpoint, jwks_uri, issuer, .. } = main;
    let version = env!("CARGO_PKG_VERSION");
    format!(
        r#"# De opgave van de referentiebron: een werkend voorbeeld. Bij elke start zijn de sleutels nieuw.
format = "keur/product"
version = "1.0"
environment = "test"
attestations = "{FOLDER}{attestations}"
declaration_of_conformity = "{FOLDER}{conformity}"

[product]
vendor = "Keur"
name = "Referentiebron BgZ"
version = "{version}"
kvk = "00000000"
roles = ["bron"]

[endpoints]
fhir_base = "{fhir_base}"
token_endpoint = "{token_endpoint}"
jwks = "{jwks_uri}"
other_tenant_fhir_base = "{other_base}"
introspection = "{issuer}/oauth/introspect"
revocation = "{issuer}/oauth/revoke"
oauth_metadata = "{issuer}/.well-known/oauth-authorization-server"
openapi = "{open_origin}{agenda}/openapi.json"
notification = "{issuer}/melding"

[oauth]
issuer = "{issuer}"
audience = "{audience}"
sender_constraint = "{constraint}"
scope = "system/*.rs"
narrow_scope = "system/Patient.rs"
wide_scope = "system/*.cruds"
organization = "{ura}"
jwks_max_age_s = 0
{nonces}
[signing]
message = "{issuer}/bericht"
forms = ["compact", "detached"]
header = "{signature_header}"

[trust]
ca = [{{ file = "{FOLDER}ca.pem" }}]
"#,
        attestations = super::ATTESTATIONS,
        conformity = super::CONFORMITY,
        agenda = crate::agenda::BASE,
        other_base = other.fhir_base,
        signature_header = crate::server::SIGNATURE_HEADER,
    )
}

fn identity(jwks_listen: SocketAddr) -> String {
    let mut text = format!(
        r#"
[identity]
jwks_listen = "{jwks_listen}"
jwks_base = "http://{jwks_listen}"
revocation_max_age_s = 0
"#
    );
    let parties = [
        ("party_a", CLIENT_A, URA_PARTY_A, "party-a", "party-a-signing"),
        ("party_b", CLIENT_B, URA_PARTY_B, "party-b", "party-b-signing"),
        ("unregistered", "keur-onbekend", URA_UNREGISTERED, "unregistered", "unregistered-signing"),
        ("rotating", CLIENT_ROTATING, URA_PARTY_A, "party-a", "rotating-1"),
    ];
    for (table, client_id, ura, certificate, signing) in parties {
        let _ = write!(
            text,
            r#"
[identity.{table}]
client_id = "{client_id}"
ura = "{ura}"
certificate = {{ file = "{FOLDER}{certificate}.pem" }}
key = {{ file = "{FOLDER}{certificate}.key" }}
signing_key = {{ file = "{FOLDER}{signing}.key" }}
"#
        );
    }
    let _ = writeln!(text, r#"next_signing_key = {{ file = "{FOLDER}rotating-2.key" }}"#);
    let _ = writeln!(text, r#"rsa_signing_key = {{ file = "{FOLDER}rotating-rsa.key" }}"#);
    for (table, file) in [
        ("revocable", "revocable"),
        ("hostile.foreign_ca", "foreign-ca"),
        ("hostile.expired", "expired"),
        ("hostile.not_yet_valid", "not-yet-valid"),
        ("hostile.revoked", "revoked"),
    ] {
        let _ = write!(
            text,
            r#"
[identity.{table}]
certificate = {{ file = "{FOLDER}{file}.pem" }}
key = {{ file = "{FOLDER}{file}.key" }}
"#
        );
    }
    text
}

fn counterparty(desk: &Desk) -> String {
    let Desk { main, second } = desk;
    let keys = super::CLIENT_KEYS;
    let mut text = format!(
        r#"
[counterparty]
listen = "{main}"
base = "{base}"
certificate = {{ file = "{FOLDER}desk-right.pem" }}
key = {{ file = "{FOLDER}desk-right.key" }}
hostile_listen = "{second}"
hostile_base = "https://{second}"
client_id = "{CLIENT_ID}"
client_ura = "{URA_SOURCE}"
client_jwks = "{FOLDER}{keys}"
wait_s = 30
"#,
        base = desk.base(),
    );
    for (table, file) in
        [("expired", "expired"), ("foreign_ca", "foreign-ca"), ("foreign_name", "foreign-name")]
    {
        let _ = write!(
            text,
            r#"
[counterparty.hostile.{table}]
certificate = {{ file = "{FOLDER}desk-{file}.pem" }}
key = {{ file = "{FOLDER}desk-{file}.key" }}
"#
        );
    }
    text
}

fn patients(main: &Tenant, from_folder: bool) -> String {
    let PatientsByPurpose { complete, other, empty, no_consent, restricted, unknown } =
        main.service.patients();
    let purposes = [
        ("complete", complete),
        ("other", other),
        ("empty", empty),
        ("no_consent", no_consent),
        ("restricted", restricted),
        ("unknown", unknown),
    ];
    let named = |bsn: &String| purposes.iter().any(|(_, purpose)| purpose.as_ref() == Some(bsn));
    let also: Vec<String> =
        main.bsns.iter().filter(|bsn| from_folder || !named(bsn)).map(|bsn| format!("\"{bsn}\"")).collect();
    let mut text = format!("\n[patients]\nalso_present = [{}]\n", also.join(", "));
    for (purpose, bsn) in &purposes {
        if let Some(bsn) = bsn {
            let _ = write!(text, "\n[patients.{purpose}]\nbsn = \"{bsn}\"\n");
            if *purpose == "restricted" && !from_folder {
                let _ = writeln!(text, "shielded = [{}]", shielded().join(", "));
            }
        }
    }
    text
}

/// The ids of the shielded records, as they may nowhere appear.
fn shielded() -> Vec<String> {
    let ids = crate::fhir::shielded();
    ids.iter().filter_map(|one| one["id"].as_str()).map(|id| format!("\"{id}\"")).collect()
}
