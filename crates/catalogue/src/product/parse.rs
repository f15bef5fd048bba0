//! Reads `product.toml`; all problems at once, in Dutch, for the vendor.

use std::collections::BTreeMap;

use url::Url;

use super::{
    About, Endpoints, Hooks, OAuth, Product, SenderConstraint, SignatureForm, Signing,
    counterparty::counterparty,
    identity::{identity, secret, trust, ura},
    patients::patients,
};
use crate::{
    Problems, digest,
    reader::{Reader, Section},
};

const KEYS: [&str; 16] = [
    "format",
    "version",
    "environment",
    "attestations",
    "declaration_of_conformity",
    "product",
    "endpoints",
    "oauth",
    "signing",
    "identity",
    "counterparty",
    "trust",
    "patients",
    "hooks",
    "claims",
    "evidence",
];

impl Product {
    /// Reads `product.toml`.
    pub fn parse(path: &str, text: &str) -> Result<Self, Problems> {
        let mut reader = Reader::new(path, text);
        let document = reader.document()?;
        let root = Section::root(&document);
        reader.only_keys(&root, &KEYS);
        reader.edition(&root, "keur/product");
        environment(&mut reader, &root);
        let product = Self {
            about: about(&mut reader, &root),
            endpoints: endpoints(&mut reader, &root),
            oauth: oauth(&mut reader, &root),
            signing: signing(&mut reader, &root),
            identity: identity(&mut reader, &root),
            counterparty: counterparty(&mut reader, &root),
            trust: trust(&mut reader, &root),
            patients: patients(&mut reader, &root),
            hooks: hooks(&mut reader, &root),
            claims: claims(&mut reader, &root),
            attestations: reader.text(&root, "attestations").map(|found| found.text),
            declaration_of_conformity: reader
                .text(&root, "declaration_of_conformity")
                .map(|found| found.text),
            product_log: product_log(&mut reader, &root),
            text: text.to_owned(),
            digest: digest::of_text(text),
        };
        coherence(&mut reader, &root, &product);
        reader.finish(product)
    }
}

fn environment(reader: &mut Reader<'_>, root: &Section<'_>) {
    if let Some(found) = reader.required(root, "environment")
        && found.text != "test"
    {
        let help = "keur toetst alleen een testomgeving zonder echte patiëntgegevens; schrijf environment = \"test\"";
        reader.problem(&found.span, "geweigerd: `environment` is niet \"test\"", Some(help));
    }
}

fn about(reader: &mut Reader<'_>, root: &Section<'_>) -> About {
    // Enough for a server whose TLS alone is tested.
    let Some(section) = reader.section(root, "product") else {
        let [vendor, name, version] = ["niet opgegeven"; 3].map(str::to_owned);
        return About { vendor, name, version, kvk: None, roles: vec!["bron".to_owned()] };
    };
    reader.only_keys(&section, &["vendor", "name", "version", "kvk", "roles"]);
    let kvk = reader.text(&section, "kvk");
    if let Some(found) = &kvk
        && (found.text.len() != 8 || !found.text.bytes().all(|byte| byte.is_ascii_digit()))
    {
        reader.problem(&found.span, "`kvk` is geen KVK-nummer", Some("een KVK-nummer heeft acht cijfers"));
    }
    let roles = reader.list(&section, "roles");
    if roles.is_empty() {
        reader.problem(
            &section.span(),
            "`roles` in [product] noemt geen rol",
            Some("bijvoorbeeld roles = [\"bron\"]"),
        );
    }
    About {
        vendor: reader.string(&section, "vendor"),
        name: reader.string(&section, "name"),
        version: reader.string(&section, "version"),
        kvk: kvk.map(|found| found.text),
        roles: roles.into_iter().map(|found| found.text).collect(),
    }
}

fn endpoints(reader: &mut Reader<'_>, root: &Section<'_>) -> Endpoints {
    // A product that only asks has none.
    let only_asks = root.has("counterparty");
    if only_asks && !root.has("endpoints") {
        return Endpoints::default();
    }
    let Some(section) = needed(reader, root, "endpoints") else { return Endpoints::default() };
    let keys = [
        "fhir_base",
        "token_endpoint",
        "jwks",
        "other_tenant_fhir_base",
        "documentation",
        "introspection",
        "revocation",
        "oauth_metadata",
        "api",
        "notification",
        "openapi",
    ];
    reader.only_keys(&section, &keys);
    // An API without FHIR has a document instead.
    if !section.has("fhir_base") && !section.has("openapi") && !only_asks {
        reader.missing(&section, "fhir_base");
    }
    let openapi = openapi(reader, &section);
    let [
        fhir_base,
        token_endpoint,
        jwks,
        other_tenant_fhir_base,
        documentation,
        introspection,
        revocation,
        oauth_metadata,
        api,
        notification,
    ] = std::array::from_fn(|index| url(reader, &section, keys[index]));
    Endpoints {
        fhir_base: fhir_base.unwrap_or_default(),
        token_endpoint,
        jwks,
        other_tenant_fhir_base,
        documentation,
        introspection,
        revocation,
        oauth_metadata,
        openapi,
        api,
        notification,
    }
}

/// An address, or the name of a file beside the declaration.
fn openapi(reader: &mut Reader<'_>, section: &Section<'_>) -> Option<String> {
    let found = reader.text(section, "openapi")?;
    if super::is_address(&found.text) {
        return url(reader, section, "openapi");
    }
    if found.text.trim().is_empty() {
        let help = "noem een bestand als \"openapi.yaml\" of een adres als \"https://voorbeeld.nl/api/v1/openapi.json\"";
        reader.problem(&found.span, "`openapi` is leeg", Some(help));
    }
    Some(found.text)
}

fn oauth(reader: &mut Reader<'_>, root: &Section<'_>) -> Option<OAuth> {
    let section = reader.section(root, "oauth")?;
    let keys = [
        "audience",
        "sender_constraint",
        "scope",
        "narrow_scope",
        "wide_scope",
        "organization",
        "jwks_max_age_s",
        "issuer",
        "dpop_nonce_max_age_s",
        "introspection_max_age_s",
    ];
    reader.only_keys(&section, &keys);
    let constraints = [
        ("dpop", SenderConstraint::Dpop),
        ("mtls", SenderConstraint::Mtls),
        ("none", SenderConstraint::None),
    ];
    Some(OAuth {
        audience: reader.string(&section, "audience"),
        sender_constraint: reader
            .one_of(&section, "sender_constraint", &constraints)
            .unwrap_or(SenderConstraint::None),
        scope: reader.string(&section, "scope"),
        narrow_scope: reader.text(&section, "narrow_scope").map(|found| found.text),
        wide_scope: reader.text(&section, "wide_scope").map(|found| found.text),
        organization: ura(reader, &section, "organization"),
        jwks_max_age_s: reader.count(&section, "jwks_max_age_s").unwrap_or_default(),
        issuer: url(reader, &section, "issuer"),
        dpop_nonce_max_age_s: reader.count(&section, "dpop_nonce_max_age_s"),
        introspection_max_age_s: reader.count(&section, "introspection_max_age_s").unwrap_or_default(),
    })
}

fn signing(reader: &mut Reader<'_>, root: &Section<'_>) -> Option<Signing> {
    let section = reader.section(root, "signing")?;
    reader.only_keys(&section, &["message", "forms", "header"]);
    if !section.has("message") {
        reader.missing(&section, "message");
    }
    let mut forms = Vec::new();
    for found in reader.list(&section, "forms") {
        match found.text.as_str() {
            "compact" => forms.push(SignatureForm::Compact),
            "detached" => forms.push(SignatureForm::Detached),
            _ => reader.problem(
                &found.span,
                "onbekende vorm van ondertekening",
                Some("kies uit \"compact\" en \"detached\""),
            ),
        }
    }
    if forms.is_empty() {
        let help = "bijvoorbeeld forms = [\"compact\"]";
        reader.problem(&section.span(), "`forms` in [signing] noemt geen vorm", Some(help));
    }
    let header = reader.text(&section, "header").map(|found| found.text);
    if forms.contains(&SignatureForm::Detached) && header.is_none() {
        let help = "noem de kop met de losse handtekening, bijvoorbeeld header = \"X-JWS-Signature\"";
        reader.problem(&section.span(), "de vorm \"detached\" vraagt om `header` in [signing]", Some(help));
    }
    let message = url(reader, &section, "message").unwrap_or_default();
    Some(Signing { message, forms, header: header.unwrap_or_default() })
}

fn hooks(reader: &mut Reader<'_>, root: &Section<'_>) -> Hooks {
    let Some(section) = reader.section(root, "hooks") else { return Hooks::default() };
    reader.only_keys(
        &section,
        &["log_export", "log_search", "patient_overview", "consent", "revocation", "trigger", "token"],
    );
    Hooks {
        log_export: url(reader, &section, "log_export"),
        log_search: url(reader, &section, "log_search"),
        patient_overview: url(reader, &section, "patient_overview"),
        consent: url(reader, &section, "consent"),
        revocation: url(reader, &section, "revocation"),
        trigger: url(reader, &section, "trigger"),
        token: secret(reader, &section, "token"),
    }
}

fn claims(reader: &mut Reader<'_>, root: &Section<'_>) -> BTreeMap<String, String> {
    let Some(section) = reader.section(root, "claims") else { return BTreeMap::new() };
    section.keys().filter_map(|key| Some((key.to_owned(), reader.text(&section, key)?.text))).collect()
}

/// `[evidence]`: what the vendor adds to the evidence.
fn product_log(reader: &mut Reader<'_>, root: &Section<'_>) -> Option<String> {
    let section = reader.section(root, "evidence")?;
    reader.only_keys(&section, &["product_log"]);
    Some(reader.text(&section, "product_log")?.text)
}

/// What must stand there because something else does.
fn coherence(reader: &mut Reader<'_>, root: &Section<'_>, product: &Product) {
    if product.oauth.is_none() {
        return;
    }
    let token_endpoint = product.endpoints.token_endpoint.is_none();
    let party = product.identity.party_a.as_ref();
    let demands = [
        (token_endpoint, "[oauth] vraagt om `token_endpoint` in [endpoints]"),
        (
            party.is_none(),
            "[oauth] vraagt om [identity.party_a]: de organisatie als wie keur een token vraagt",
        ),
        (party.is_some_and(|a| a.client_id.is_none()), "[oauth] vraagt om `client_id` in [identity.party_a]"),
        (
            party.is_some_and(|a| a.signing_key.is_none()),
            "[oauth] vraagt om `signing_key` in [identity.party_a]",
        ),
    ];
    let Some(section) = reader.section(root, "oauth") else { return };
    for (_, message) in demands.into_iter().filter(|(lacks, _)| *lacks) {
        reader.problem(&section.span(), message, Some("een open server zonder tokens heeft geen [oauth]"));
    }
}

/// A section that must stand there.
fn needed<'d>(reader: &mut Reader<'_>, root: &Section<'d>, key: &str) -> Option<Section<'d>> {
    if !root.has(key) {
        reader.problem(&root.span(), format!("[{key}] ontbreekt"), None);
    }
    reader.section(root, key)
}

/// An absolute http(s) URL, kept as written but without a slash at the end.
pub(super) fn url(reader: &mut Reader<'_>, section: &Section<'_>, key: &str) -> Option<String> {
    let found = reader.text(section, key)?;
    let usable =
        Url::parse(&found.text).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    if !usable {
        let help = "schrijf een volledig adres als \"https://voorbeeld.nl/fhir\"";
        reader.problem(&found.span, format!("`{key}` is geen http- of https-adres"), Some(help));
    } else if Url::parse(&found.text).is_ok_and(|url| url.password().is_some() || !url.username().is_empty())
    {
        let help = "een adres met naam of wachtwoord zou in elk rapport staan";
        reader.problem(&found.span, format!("`{key}` bevat een naam of wachtwoord"), Some(help));
    }
    Some(found.text.trim_end_matches('/').to_owned())
}
