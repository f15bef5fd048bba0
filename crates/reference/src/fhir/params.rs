//! Reading the search parameters of a request.

use super::dates::Comparison;
use super::definitions::{LARGEST_PAGE, PAGE, Searchable, Style};
use super::outcome::Refusal;
use super::search::{Filter, Test, Token};
use super::subject::Subject;

/// Name and value pairs of a query string or form.
pub(crate) type Pairs = Vec<(String, String)>;

/// Decodes a query string or form body.
pub(crate) fn pairs(query: &[u8]) -> Pairs {
    url::form_urlencoded::parse(query).into_owned().take(200).collect()
}

/// One `_include`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Include {
    pub path: &'static str,
    pub target: Option<String>,
}

/// A search request as this source understands it.
#[derive(Debug, Clone)]
pub(crate) struct Query {
    /// The parameters that were used, for the self link.
    pub processed: Pairs,
    pub subject: Subject,
    pub filters: Vec<Filter>,
    pub includes: Vec<Include>,
    pub provenance: bool,
    pub count: usize,
    /// `max` of `$lastn`.
    pub max: usize,
}

/// Reads the parameters of a search on a type.
pub(crate) fn interpret(on: &Searchable, pairs: &Pairs, strict: bool) -> Result<Query, Refusal> {
    let mut query = Query {
        processed: Vec::new(),
        subject: Subject::Nobody,
        filters: Vec::new(),
        includes: Vec::new(),
        provenance: false,
        count: PAGE,
        max: 1,
    };
    for (name, value) in pairs {
        if value.is_empty() {
            continue;
        }
        let used = query.read(on, name, value)?;
        match used {
            Some(value) => query.processed.push((name.clone(), value)),
            None if strict => {
                return Err(Refusal::invalid(format!("De zoekparameter '{name}' wordt niet ondersteund.")));
            }
            None => {}
        }
    }
    Ok(query)
}

impl Query {
    /// Uses one parameter; gives the value that was used, or nothing when the parameter is unknown.
    fn read(&mut self, on: &Searchable, name: &str, value: &str) -> Result<Option<String>, Refusal> {
        let as_given = Ok(Some(value.to_owned()));
        match name {
            "_count" => {
                let count = value.parse::<u64>().map_err(|_| bad(name))?;
                self.count = usize::try_from(count).unwrap_or(LARGEST_PAGE).min(LARGEST_PAGE);
                return Ok(Some(self.count.to_string()));
            }
            "max" => {
                self.max = value.parse().ok().filter(|max| *max > 0).ok_or_else(|| bad(name))?;
                return as_given;
            }
            "_format" => return as_given,
            "_include" => return self.read_include(on, value),
            "_revinclude" => {
                if !value.contains(':') {
                    return Err(bad(name));
                }
                let known = value == "Provenance:target" || value.starts_with("Provenance:target:");
                self.provenance |= known;
                return if known { as_given } else { Ok(None) };
            }
            "_id" if on.kind == "Patient" => {
                self.subject.narrow(value.split(',').map(|id| Subject::Patient(id.to_owned())).collect());
                return as_given;
            }
            "_id" => {
                let ids = value.split(',').map(str::to_owned).collect();
                self.filters.push(Filter { path: "id", test: Test::Ids(ids) });
                return as_given;
            }
            "_lastUpdated" => {
                self.filters.push(Filter { path: "meta.lastUpdated", test: dates(name, value)? });
                return as_given;
            }
            "identifier" if on.kind == "Patient" => {
                self.subject.narrow(value.split(',').map(Subject::identifier).collect());
                return as_given;
            }
            _ => {}
        }
        if self.read_patient(on, name, value)? {
            return as_given;
        }
        let stem = name.split(':').next().unwrap_or_default();
        let Some((_, style, path)) = on.filters.iter().find(|(known, ..)| *known == stem) else {
            return Ok(None);
        };
        if stem != name {
            return Err(Refusal::new(
                400,
                "not-supported",
                "Deze toevoeging aan een zoekparameter wordt niet ondersteund.",
            ));
        }
        let test = match style {
            Style::Token => Test::Tokens(value.split(',').map(Token::parse).collect()),
            Style::Date => dates(name, value)?,
        };
        self.filters.push(Filter { path, test });
        as_given
    }

    fn read_patient(&mut self, on: &Searchable, name: &str, value: &str) -> Result<bool, Refusal> {
        let (stem, chain) = name.split_once('.').map_or((name, None), |(stem, chain)| (stem, Some(chain)));
        let stem = stem.strip_suffix(":Patient").unwrap_or(stem);
        if !on.patient.contains(&stem) {
            return Ok(false);
        }
        match chain {
            None => {
                let of = |id: &str| Subject::Patient(id.strip_prefix("Patient/").unwrap_or(id).to_owned());
                self.subject.narrow(value.split(',').map(of).collect());
                Ok(true)
            }
            Some("identifier") => {
                self.subject.narrow(value.split(',').map(Subject::identifier).collect());
                Ok(true)
            }
            Some(_) => Ok(false),
        }
    }

    fn read_include(&mut self, on: &Searchable, value: &str) -> Result<Option<String>, Refusal> {
        let mut parts = value.split(':');
        let (Some(kind), Some(name)) = (parts.next(), parts.next()) else { return Err(bad("_include")) };
        let path =
            on.includes.iter().find(|(known, _)| kind == on.kind && *known == name).map(|(_, path)| *path);
        let Some(path) = path else { return Ok(None) };
        self.includes.push(Include { path, target: parts.next().map(str::to_owned) });
        Ok(Some(value.to_owned()))
    }
}

fn dates(name: &str, value: &str) -> Result<Test, Refusal> {
    value
        .split(',')
        .map(|one| Comparison::parse(one).ok_or_else(|| bad(name)))
        .collect::<Result<_, _>>()
        .map(Test::Dates)
}

fn bad(name: &str) -> Refusal {
    Refusal::invalid(format!("De waarde van de zoekparameter '{name}' is niet geldig."))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::fhir::definitions::searchable;

    fn read(kind: &str, query: &str, strict: bool) -> Result<Query, Refusal> {
        interpret(searchable(kind).expect(kind), &pairs(query.as_bytes()), strict)
    }

    #[test]
    fn unknown_parameters_are_left_out_or_refused() {
        let query = read("Flag", "patient.identifier=a%7C1&foo=bar", false).expect("lenient");
        assert_eq!(query.processed, [("patient.identifier".to_owned(), "a|1".to_owned())]);
        assert_eq!(read("Flag", "patient.identifier=a|1&foo=bar", true).expect_err("strict").status, 400);
    }

    #[test]
    fn two_patients_are_several() {
        for query in [
            "patient.identifier=a|1,a|2",
            "patient.identifier=a|1&patient.identifier=a|2",
            "patient.identifier=a|1&subject=Patient/2",
            "patient=1,2",
        ] {
            let query = read("Flag", query, false).expect("readable");
            assert!(matches!(query.subject, Subject::Several(_)), "{query:?}");
        }
        let query =
            read("Flag", "patient.identifier=a|1&subject:Patient.identifier=a|1", false).expect("readable");
        assert!(matches!(query.subject, Subject::Identifier { .. }), "{query:?}");
    }

    #[test]
    fn bad_values_are_refused() {
        for (kind, query) in [
            ("Patient", "_count=veel"),
            ("Patient", "_count=-1"),
            ("Patient", "birthdate=gisteren"),
            ("Immunization", "date=x"),
            ("Flag", "_lastUpdated=2020-99"),
            ("Observation", "code:in=x"),
            ("Coverage", "_include=payor"),
            ("Observation", "max=0"),
        ] {
            assert_eq!(read(kind, query, false).expect_err(query).status, 400, "{query}");
        }
    }

    #[test]
    fn the_page_size_is_capped() {
        let query = read("Patient", "_count=1000", false).expect("capped");
        assert_eq!((query.count, query.processed[0].1.as_str()), (LARGEST_PAGE, "100"));
    }
}
