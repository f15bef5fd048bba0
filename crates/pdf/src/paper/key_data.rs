//! The key data: what was tested, against what, with what, when; outcomes per subject; what the requirements rest on.

use keur_catalogue::requirement::Spoor;
use keur_reports::read::{self, View, host, legal_at, mode, moment, took, variant, variant_source};
use serde::Serialize;

use super::Fact;

/// Claims of a product on paper; the rest stands in the attachment.
const CLAIMS: usize = 40;

/// Facts under a heading; the key is that of the heading's word.
#[derive(Debug, Serialize)]
pub(crate) struct Group {
    key: &'static str,
    facts: Vec<Fact>,
}

/// Outcomes of a subject: satisfied, attested, deviations, incomplete, attention, not applicable.
#[derive(Debug, Serialize)]
pub(crate) struct Subject {
    name: String,
    counts: [usize; 6],
}

/// Product, profile, run and digests.
pub(crate) fn groups(view: &View<'_>) -> Vec<Group> {
    [("product", product(view)), ("profile", profile(view)), ("run", run(view)), ("digests", digests(view))]
        .into_iter()
        .map(|(key, facts)| Group {
            key,
            facts: facts.into_iter().filter(|fact| !fact.value.is_empty()).collect(),
        })
        .collect()
}

fn product(view: &View<'_>) -> Vec<Fact> {
    let product = &view.report().result.product;
    let claims = product.claims.iter().take(CLAIMS).map(|claim| view.shown(claim, 200)).collect::<Vec<_>>();
    vec![
        Fact::text("product", view.shown(&product.name, 300)),
        Fact::text("version", view.shown(&product.version, 300)),
        Fact::text("vendor", view.shown(&product.vendor, 300)),
        Fact::text("kvk", view.shown(product.kvk.as_deref().unwrap_or_default(), 300)),
        Fact::text("roles", view.shown(&product.roles.join(", "), 300)),
        Fact::code("endpoint", view.shown(&product.endpoint, 300)),
        Fact::code("claims", claims.join("\n")),
    ]
}

fn profile(view: &View<'_>) -> Vec<Fact> {
    let (result, profile, lang) = (view.report().result, view.report().profile, view.report().lang);
    let (id, words, legal) = (view.shown(&result.profile.variant, 80), view.words(), &profile.legal);
    let variant = match variant(view) {
        None => Fact::code("variant", id),
        Some(variant) => {
            Fact::text("variant", format!("{} ({id})", variant.title.get(lang))).noted(variant_source(view))
        }
    };
    let spoor = [(Spoor::One, result.spoor.one), (Spoor::Two, result.spoor.two)]
        .map(|(spoor, verdict)| format!("{}: {}", words.spoor(spoor), words.verdict(verdict).to_lowercase()));
    vec![
        Fact::text("profile", format!("{} ({})", view.profile(), view.shown(&result.profile.id, 80))),
        variant,
        Fact::text("legal", format!("{}. {}", words.legal(legal.status), legal.note.get(lang)))
            .noted(legal_at(view)),
        Fact::text("spoor_verdicts", spoor.join("\n")),
    ]
}

fn run(view: &View<'_>) -> Vec<Fact> {
    let (run, harness) = (&view.report().result.run, &view.report().result.harness);
    vec![
        Fact::code("run", view.shown(&run.id, 100)),
        Fact::text("mode", mode(view)),
        Fact::text("started", moment(view, &run.started)),
        Fact::text("finished", moment(view, &run.finished)),
        Fact::text("took", took(view).unwrap_or_default()),
        Fact::text("tool", format!("Keur {}", view.shown(&harness.version, 60))),
        Fact::text("host", host(view).unwrap_or_default()),
        Fact::code("seed", view.shown(&run.seed, 80)),
    ]
}

fn digests(view: &View<'_>) -> Vec<Fact> {
    let result = view.report().result;
    let digest = |key, value: &str| Fact::code(key, view.shown(value.trim_start_matches("sha256:"), 100));
    vec![
        digest("journal_head", &result.run.journal_head),
        digest("profile_digest", &result.profile.digest),
        digest("catalogue", &result.harness.catalogue_digest),
        digest("features", &result.harness.features_digest),
        digest("executable", &result.harness.digest),
        digest("declaration", &result.product.declaration_digest),
    ]
}

/// Outcomes per subject.
pub(crate) fn subjects(view: &View<'_>) -> Vec<Subject> {
    let one = |subject: read::Subject| Subject { name: subject.name, counts: subject.counts };
    read::subjects(view).into_iter().map(one).collect()
}

/// Source, what it is worth, number of requirements.
pub(crate) fn sources(view: &View<'_>) -> Vec<[String; 3]> {
    read::sources(view)
        .into_iter()
        .map(|(name, status, n)| {
            [view.shown(name, 200), view.words().source(status).to_owned(), n.to_string()]
        })
        .collect()
}
