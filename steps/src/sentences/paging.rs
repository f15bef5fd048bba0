//! Paging through a search.

use cucumber::{then, when};
use keur_evidence::{Step, Stop, event::Reason};
use keur_probes::fhir::{
    paging::{self, Pages},
    query::filled,
};

use super::bgz::{dossier, fetch_pages};
use crate::World;

#[when(expr = "de zoekvraag met de meeste resultaten wordt opgehaald met {int} per pagina")]
async fn paged(w: &mut World, count: usize) -> Result<(), Stop> {
    let dossier = dossier(w).await?;
    let largest = dossier.sections.iter().max_by_key(|fetched| fetched.matches().count());
    // As large as asked in practice, and in an exam some size at which there are pages all the same.
    let most = largest.map_or(0, |fetched| fetched.matches().count());
    let drawn = w.made_up("", |draw| (2 + draw.below(most.clamp(3, 8) - 2)).to_string());
    let count = drawn.parse().unwrap_or(count);
    let enough = largest.filter(|fetched| fetched.matches().count() > count);
    let Some(largest) = enough else {
        let detail = format!(
            "geen enkele zoekvraag geeft meer dan {count} resultaten, dus bladeren is niet te toetsen"
        );
        return Err(w.recorder.cannot_tell(Reason::Precondition, "too_few_results", &detail));
    };
    // What comes along does not count in a page, so it is not asked for.
    let search: Vec<&str> = largest.section.search.split('&').filter(|part| !part.starts_with("_")).collect();
    let path = filled(&search.join("&"), &dossier.bsn);
    let whole = fetch_pages(w, "zoekvraag zonder paginagrootte", &path).await?;
    let purpose = format!("zoekvraag met {count} per pagina");
    let pages = fetch_pages(w, &purpose, &format!("{path}&_count={count}")).await?;
    w.kept.pages.extend([whole, pages]);
    Ok(())
}

fn both(w: &World) -> Result<(&Pages, &Pages), Stop> {
    match w.kept.pages.as_slice() {
        [.., whole, paged] => Ok((whole, paged)),
        _ => Err(w.recorder.broken("er zijn nog geen pagina's opgehaald")),
    }
}

#[then("komt er een laatste pagina en blijft het bladeren bij het product")]
async fn ends(w: &mut World) -> Step {
    let check = paging::ends(both(w)?.1);
    w.recorder.expect(check)
}

#[then("bevatten alle pagina's samen elk resultaat precies één keer")]
async fn complete(w: &mut World) -> Step {
    let (whole, paged) = both(w)?;
    w.recorder.expect_all(paging::complete(whole, paged))
}

#[then("is het totaal op elke pagina gelijk aan het aantal resultaten")]
async fn constant_total(w: &mut World) -> Step {
    let (whole, paged) = both(w)?;
    w.recorder.expect(paging::constant_total(whole, paged))
}
