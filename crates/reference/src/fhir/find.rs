//! The search itself: whose data, which matches, which page.

use serde_json::Value;

use super::definitions::{self, Searchable};
use super::handler::{Outcome, Reply};
use super::outcome::Refusal;
use super::paging::Position;
use super::params::{self, Pairs, Query};
use super::store::Record;
use super::subject::Subject;
use super::{Grant, Request, Service};
use super::{bsn, bundle, include, lastn, scopes};

impl Service {
    pub(super) fn search(
        &self,
        kind: &str,
        path: &str,
        pairs: &Pairs,
        request: &Request<'_>,
        grant: &Grant<'_>,
    ) -> Outcome {
        let Some(on) = definitions::searchable(kind) else {
            return Err(Refusal::not_supported("Op dit resourcetype kan niet worden gezocht."));
        };
        if !scopes::allow(grant.scopes, kind, 's') {
            return Err(Refusal::forbidden("Het token geeft geen toegang tot dit resourcetype."));
        }
        let position = self.position(path, pairs)?;
        let strict = request.headers.get_all("prefer").iter().any(|value| {
            value.to_str().is_ok_and(|text| text.split([',', ';']).any(|one| one.trim() == "handling=strict"))
        });
        let query =
            params::interpret(on, &position.pairs, strict).map_err(|refusal| self.malformed(refusal))?;
        let patients = self.patients_for(on, &query, grant)?;
        let lastn = path.ends_with("$lastn");
        let mut matches: Vec<&Record> = patients
            .iter()
            .flat_map(|patient| self.store.of_patient(on.kind, patient))
            .filter(|record| query.filters.iter().all(|filter| filter.accepts(record)))
            .collect();
        if lastn {
            matches = lastn::newest(&matches, query.max);
        }
        if kind == "Flag" && self.defects.has("foreign-entry") && !matches.is_empty() {
            let foreign = self.store.bsns().filter_map(|number| self.store.patient_of(number));
            let mut foreign = foreign.filter(|patient| patients.iter().all(|own| own != patient));
            matches.extend(foreign.find_map(|patient| self.store.of_patient(kind, patient).next()));
        }
        Ok(Reply::ok(self.page(&position, pairs, request, &query, &matches, grant)))
    }

    /// Where the page starts: at a cursor, or at the beginning of the search in the request.
    fn position(&self, path: &str, pairs: &Pairs) -> Result<Position, Refusal> {
        match pairs.iter().find(|(name, _)| name == "_cursor") {
            None => Ok(Position { path: path.to_owned(), pairs: pairs.clone(), offset: 0 }),
            Some((_, cursor)) => {
                self.pager.open(cursor).filter(|position| position.path == path).ok_or_else(|| {
                    self.malformed(Refusal::invalid("Deze bladwijzer is niet geldig. Zoek opnieuw."))
                })
            }
        }
    }

    /// The logical ids of the patients whose data this search may show: one at most.
    fn patients_for(
        &self,
        on: &Searchable,
        query: &Query,
        grant: &Grant<'_>,
    ) -> Result<Vec<String>, Refusal> {
        let one_patient = || Refusal::forbidden("Zoek met het BSN van precies één patiënt.");
        let visible = |number: &str| {
            // The policy is asked for unknown numbers too, so that both take the same road.
            let may_see = (grant.may_see)(number);
            self.store.patient_of(number).filter(|_| may_see).map(str::to_owned)
        };
        match &query.subject {
            Subject::Identifier { system, value } => {
                if system.as_ref().is_some_and(|system| system != bsn::SYSTEM) {
                    return Ok(Vec::new());
                }
                if !bsn::is_valid(value) && !self.defects.has("bsn-not-checked") {
                    return Err(Refusal::new(400, "value", "Dit is geen geldig BSN."));
                }
                let found = visible(value);
                if found.is_none() && on.kind == "Patient" && self.defects.has("fuzzy-bsn") {
                    return Ok(self.similar(value, grant));
                }
                Ok(found.into_iter().collect())
            }
            Subject::Patient(id) => {
                let number = self.store.bsn_of(id);
                Ok(number.and_then(visible).into_iter().collect())
            }
            Subject::Several(numbers) if self.defects.has("bulk-bsn") => {
                Ok(numbers.iter().filter_map(|number| visible(number)).collect())
            }
            Subject::Several(_) => Err(one_patient()),
            Subject::Nobody if on.kind == "CareTeam" && self.from_folder => {
                // The published search leaves the patient to the token: that needs a token for exactly one.
                let seen: Vec<String> = self.store.bsns().filter_map(visible).collect();
                if seen.len() == 1 { Ok(seen) } else { Err(one_patient()) }
            }
            Subject::Nobody => Err(one_patient()),
        }
    }

    /// The defect `fuzzy-bsn`: a number that is not there finds a patient whose number looks like it.
    fn similar(&self, number: &str, grant: &Grant<'_>) -> Vec<String> {
        if self.store.patient_of(number).is_some() {
            return Vec::new();
        }
        self.store
            .bsns()
            .filter(|known| bsn::distance(known, number) <= 3 && (grant.may_see)(known))
            .filter_map(|known| self.store.patient_of(known))
            .map(str::to_owned)
            .take(1)
            .collect()
    }

    fn malformed(&self, mut refusal: Refusal) -> Refusal {
        if self.defects.has("stack-trace") {
            refusal.text = "java.lang.IllegalArgumentException: parameter\n\tat nl.referentiebron.fhir.SearchParser.parse\
                            (SearchParser.java:118)\n\tat nl.referentiebron.fhir.SearchServlet.doGet(SearchServlet.java:64)"
                .to_owned();
        }
        if self.defects.has("error-in-200") {
            refusal.status = 200;
        }
        refusal
    }

    fn page(
        &self,
        position: &Position,
        asked: &Pairs,
        request: &Request<'_>,
        query: &Query,
        matches: &[&Record],
        grant: &Grant<'_>,
    ) -> Value {
        let total = matches.len();
        let end = position.offset.saturating_add(query.count).min(total);
        let mut start = position.offset.min(end);
        if position.offset > 0 {
            if self.defects.has("paging-loses") {
                start = (start + 1).min(end);
            } else if self.defects.has("paging-duplicates") {
                start -= 1;
            }
        }
        let shown = &matches[start..end];
        let along = include::collect(&self.store, shown, query, grant.scopes, &self.defects);
        let at = |offset: usize| {
            let next = Position { path: position.path.clone(), pairs: query.processed.clone(), offset };
            let mut pairs: Pairs = vec![("_cursor".to_owned(), self.pager.seal(&next))];
            pairs.extend(query.processed.iter().filter(|(name, _)| name == "_format").cloned());
            bundle::address(&self.base, &position.path, &pairs)
        };
        let by_cursor = asked.iter().any(|(name, _)| name == "_cursor");
        let this = if by_cursor {
            at(position.offset)
        } else if self.defects.has("self-link-echoes") {
            format!("{}/{}?{}", self.base, position.path, request.query)
        } else {
            bundle::address(&self.base, &position.path, &query.processed)
        };
        let entries = |records: &[&Record]| {
            records
                .iter()
                .map(|record| (format!("{}/{}/{}", self.base, record.kind, record.id), self.render(record)))
                .collect()
        };
        bundle::Page {
            id: self.pager.identifier(&this),
            updated: self.store.updated.clone(),
            total,
            next: (query.count > 0 && end < total).then(|| at(end)),
            this,
            matches: entries(shown),
            included: entries(&along),
        }
        .bundle()
    }
}
