//! The CapabilityStatement: what a server says it does.

use keur_catalogue::profile::FhirVersion;
use keur_evidence::{Check, event::Reason, http::Answer};
use serde_json::Value;

use crate::{
    fhir::{bundle, outcome},
    http,
    methods::asked,
};

/// A code that nothing has.
pub const CODE: &str = "keur-proef";
/// A day on which something may or may not have happened.
pub const DAY: &str = "2020-01-01";
/// Parameters that name the patient a resource is about.
const PATIENT: [&str; 3] = ["patient", "subject", "beneficiary"];

/// What is promised for one resource type.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Promise {
    /// The resource type.
    pub kind: String,
    /// `read`, `search-type`, ….
    pub interactions: Vec<String>,
    /// Name and type of each search parameter.
    pub parameters: Vec<(String, String)>,
}

impl Promise {
    /// Parameters that name the patient a resource is about.
    fn patient(&self) -> Option<&str> {
        PATIENT.into_iter().find(|name| self.parameters.iter().any(|(known, _)| known == name))
    }

    /// One request that any server answers that has this type: a search of the patient's data when it is promised,
    /// else a read of what does not exist. `bsn` is the token of a patient whose data may be seen.
    #[must_use]
    pub fn touch(&self, bsn: Option<&str>, no_such_id: &str) -> Option<String> {
        if self.offers("search-type") {
            return Some(self.search(bsn, &[("_count", "1")]));
        }
        self.offers("read").then(|| format!("{}/{no_such_id}", self.kind))
    }

    /// A search per promised parameter, at most `most`, each with a harmless value: the parameter and the path.
    #[must_use]
    pub fn trials(&self, bsn: Option<&str>, most: usize) -> Vec<(&str, String)> {
        let own = self.patient();
        self.parameters
            .iter()
            .filter(|_| self.offers("search-type"))
            .filter(|(name, _)| {
                // The patient is named already, and naming a second one is rightly refused.
                bsn.is_none() || own.is_none() || !PATIENT.contains(&name.as_str())
            })
            .filter(|(name, _)| !(self.kind == "Patient" && bsn.is_some() && name == "identifier"))
            .filter_map(|(name, kind)| Some((name.as_str(), self.search(bsn, &[(name, harmless(kind)?)]))))
            .take(most)
            .collect()
    }

    fn search(&self, bsn: Option<&str>, parameters: &[(&str, &str)]) -> String {
        let mut query: Vec<String> = Vec::new();
        match (bsn, self.patient()) {
            (Some(bsn), _) if self.kind == "Patient" => query.push(format!("identifier={bsn}")),
            (Some(bsn), Some(name)) => query.push(format!("{name}.identifier={bsn}")),
            _ => {}
        }
        query.extend(parameters.iter().map(|(name, value)| format!("{name}={value}")));
        format!("{}?{}", self.kind, query.join("&"))
    }

    /// Whether an interaction is promised.
    #[must_use]
    pub fn offers(&self, interaction: &str) -> bool {
        self.interactions.iter().any(|known| known == interaction)
    }
}

/// A value of a search parameter type that is right and finds nothing.
fn harmless(kind: &str) -> Option<&'static str> {
    Some(match kind {
        "token" => CODE,
        "date" => DAY,
        "string" => "keurproef",
        "reference" => "Patient/keur-proef",
        "number" | "quantity" => "1",
        "uri" => "urn:keur:proef",
        _ => return None,
    })
}

/// The statement in an answer.
#[must_use]
pub fn statement(answer: &Answer) -> Option<&Value> {
    let json = answer.response().filter(|response| response.status == 200)?.json()?;
    (json["resourceType"] == "CapabilityStatement").then_some(json)
}

/// The resource types of the server part, in their order.
#[must_use]
pub fn promises(statement: &Value) -> Vec<Promise> {
    let list =
        |value: &Value, name: &str| value.get(name).and_then(Value::as_array).cloned().unwrap_or_default();
    let text = |value: &Value, name: &str| value.get(name).and_then(Value::as_str).map(str::to_owned);
    list(statement, "rest")
        .iter()
        .filter(|rest| rest["mode"] == "server")
        .flat_map(|rest| list(rest, "resource"))
        .filter_map(|resource| {
            let interactions =
                list(&resource, "interaction").iter().filter_map(|i| text(i, "code")).collect();
            let parameters = list(&resource, "searchParam")
                .iter()
                .filter_map(|parameter| Some((text(parameter, "name")?, text(parameter, "type")?)))
                .collect();
            Some(Promise { kind: text(&resource, "type")?, interactions, parameters })
        })
        .collect()
}

/// A member of what is said of a resource type: `updateCreate`, `searchInclude`, ….
#[must_use]
pub fn said<'s>(statement: &'s Value, kind: &str, member: &str) -> Option<&'s Value> {
    let rests = statement["rest"].as_array()?.iter().filter(|rest| rest["mode"] == "server");
    let mut resources = rests.filter_map(|rest| rest["resource"].as_array()).flatten();
    resources.find(|resource| resource["type"] == kind)?.get(member)
}

/// Whether an interaction with the whole system is promised: `batch`, `transaction`.
#[must_use]
pub fn offers_system(statement: &Value, interaction: &str) -> bool {
    let rests = statement["rest"].as_array().into_iter().flatten().filter(|rest| rest["mode"] == "server");
    let mut codes = rests.filter_map(|rest| rest["interaction"].as_array()).flatten();
    codes.any(|one| one["code"] == interaction)
}

/// At most `most` promises, spread evenly, always with that for patients.
#[must_use]
pub fn sample(promises: &[Promise], most: usize) -> Vec<&Promise> {
    let step = promises.len().div_ceil(most.max(1)).max(1);
    let mut chosen: Vec<&Promise> = promises.iter().step_by(step).collect();
    if let Some(patient) = promises.iter().find(|promise| promise.kind == "Patient")
        && !chosen.contains(&patient)
    {
        chosen.pop();
        chosen.push(patient);
    }
    chosen
}

/// A machine can read the description, and it is of the FHIR version of the exchange.
#[must_use]
pub fn described(answer: &Answer, version: FhirVersion) -> Vec<Check> {
    let check = |holds: bool, expected: &str, observed: String| {
        Check::that(holds, expected, observed).on([answer.id.clone()])
    };
    let expected = "een CapabilityStatement in JSON met status 200 op /metadata";
    let Some(statement) = statement(answer) else {
        let observed = format!("{}, {}", answer.describe(), bundle::describe(answer));
        return vec![match &answer.reply {
            Ok(_) => check(false, expected, observed),
            Err(failure) => {
                Check::undecided(http::reason(failure.failure), expected, observed).on([answer.id.clone()])
            }
        }];
    };
    let word = |name: &str| statement[name].as_str().unwrap_or("ontbreekt").to_owned();
    let formats: Vec<&str> =
        statement["format"].as_array().into_iter().flatten().filter_map(Value::as_str).collect();
    let promises = promises(statement);
    let useful = promises.iter().filter(|promise| !promise.interactions.is_empty()).count();
    let mut checks = vec![
        check(true, expected, "een CapabilityStatement".to_owned()),
        check(
            matches!(statement["kind"].as_str(), Some("instance" | "capability" | "requirements")),
            "kind: instance, capability of requirements",
            format!("kind: {}", word("kind")),
        ),
        check(
            !formats.is_empty(),
            "in format welke vormen de API levert",
            format!(
                "format: {}",
                if formats.is_empty() { "ontbreekt".to_owned() } else { formats.join(", ") }
            ),
        ),
        check(
            useful > 0,
            "in rest met mode server ten minste één resourcetype met interacties",
            format!("{useful} resourcetypen met interacties"),
        ),
    ];
    // Whether it is there at all is the question of another requirement.
    if let Some(stated) = statement["fhirVersion"].as_str() {
        let (name, prefix) = match version {
            FhirVersion::Stu3 => ("STU3 (3.0)", "3.0"),
            FhirVersion::R4 => ("R4 (4.0)", "4.0"),
        };
        let expected = format!("fhirVersion van {name}");
        checks.push(check(stated.starts_with(prefix), &expected, format!("fhirVersion: {stated}")));
    }
    checks
}

/// The version of the product can be read.
#[must_use]
pub fn versioned(answer: &Answer) -> Vec<Check> {
    let Some(statement) = statement(answer) else {
        let expected = "een CapabilityStatement met de versie van het product op /metadata";
        let observed = format!("{}, {}", answer.describe(), bundle::describe(answer));
        return vec![
            match &answer.reply {
                Ok(_) => Check::that(false, expected, observed),
                Err(failure) => Check::undecided(http::reason(failure.failure), expected, observed),
            }
            .on([answer.id.clone()]),
        ];
    };
    [
        ("/software/name", "software.name"),
        ("/software/version", "software.version"),
        ("/fhirVersion", "fhirVersion"),
    ]
    .into_iter()
    .map(|(pointer, name)| {
        let value = statement.pointer(pointer).and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        let observed = value.map_or_else(|| format!("{name} ontbreekt"), |value| format!("{name}: {value}"));
        Check::that(value.is_some(), format!("{name} in de beschrijving"), observed).on([answer.id.clone()])
    })
    .collect()
}

/// The product knows every type it names: none of these answers says that there is no such thing.
#[must_use]
pub fn known(answers: &[Answer]) -> Check {
    let expected = "elk resourcetype in de beschrijving is er";
    judged(answers, expected, "resourcetypen")
}

/// Everything promised was answered as something the product does.
#[must_use]
pub fn kept(answers: &[Answer]) -> Check {
    let expected = "elke beloofde zoekparameter en interactie uit de steekproef werkt";
    judged(answers, expected, "beloften")
}

fn judged(answers: &[Answer], expected: &str, what: &str) -> Check {
    let evidence: Vec<String> = answers.iter().map(|answer| answer.id.clone()).collect();
    if let Some(Err(failure)) = answers.iter().map(|answer| &answer.reply).find(|reply| reply.is_err()) {
        return Check::undecided(http::reason(failure.failure), expected, failure.to_string()).on(evidence);
    }
    if answers.is_empty() {
        let text = format!("geen {what} om te proberen");
        return Check::undecided(Reason::NoData, expected, text);
    }
    let broken: Vec<&Answer> = answers.iter().filter(|answer| outcome::unsupported(answer)).collect();
    if broken.is_empty() {
        return Check::that(true, expected, format!("{} {what} geprobeerd, alle in orde", answers.len()))
            .on(evidence);
    }
    let named: Vec<String> = broken
        .iter()
        .take(5)
        .map(|answer| {
            let code = outcome::code(answer).map(|code| format!(" ({code})")).unwrap_or_default();
            format!("{}: {}{code}", asked(answer), answer.describe())
        })
        .collect();
    let more = broken.len() - named.len();
    let more = if more > 0 { format!("; en nog {more}") } else { String::new() };
    let observed = format!("{} van {} {what} niet: {}{more}", broken.len(), answers.len(), named.join("; "));
    Check::that(false, expected, observed).on(broken.iter().map(|answer| answer.id.clone()))
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::{CheckOutcome, Failure};
    use serde_json::json;

    use super::*;
    use crate::test_support::{asked as with, silent, text as answer};

    fn good() -> Value {
        json!({"resourceType": "CapabilityStatement", "kind": "instance", "fhirVersion": "3.0.2",
            "software": {"name": "x", "version": "1"}, "format": ["application/fhir+json"],
            "rest": [{"mode": "server", "resource": [
                {"type": "Patient", "interaction": [{"code": "read"}], "searchParam": [{"name": "_id", "type": "token"}]}]}]})
    }

    fn served(statement: &Value) -> Answer {
        answer(200, "application/fhir+json", &statement.to_string())
    }

    #[test]
    fn a_good_description_holds() {
        assert!(described(&served(&good()), FhirVersion::Stu3).iter().all(Check::holds));
        assert!(versioned(&served(&good())).iter().all(Check::holds));
        let mut more = good();
        more["rest"][0]["resource"][0]["updateCreate"] = json!(true);
        more["rest"][0]["interaction"] = json!([{"code": "batch"}]);
        assert_eq!(said(&more, "Patient", "updateCreate"), Some(&json!(true)));
        assert_eq!(said(&more, "Flag", "updateCreate"), None);
        assert!(offers_system(&more, "batch") && !offers_system(&more, "transaction"));
        let promise = &promises(&good())[0];
        assert!(promise.offers("read") && !promise.offers("vread"));
    }

    #[test]
    fn what_is_missing_shows() {
        for name in ["kind", "format", "rest"] {
            let mut statement = good();
            statement.as_object_mut().expect("an object").remove(name);
            assert!(!described(&served(&statement), FhirVersion::Stu3).iter().all(Check::holds), "{name}");
            assert!(versioned(&served(&statement)).iter().all(Check::holds), "{name}");
        }
        for name in ["software", "fhirVersion"] {
            let mut statement = good();
            statement.as_object_mut().expect("an object").remove(name);
            assert!(described(&served(&statement), FhirVersion::Stu3).iter().all(Check::holds), "{name}");
            assert!(!versioned(&served(&statement)).iter().all(Check::holds), "{name}");
        }
        assert!(!described(&served(&good()), FhirVersion::R4).iter().all(Check::holds));
        assert!(!described(&answer(404, "", ""), FhirVersion::R4)[0].holds());
        assert!(matches!(
            described(&silent(Failure::Connect), FhirVersion::R4)[0].outcome,
            CheckOutcome::NotEvaluable(_)
        ));
        assert!(matches!(versioned(&silent(Failure::Connect))[0].outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn broken_promises_are_named() {
        let fine = with(answer(200, "", "{}"), "GET", "Flag?code=x");
        let broken = with(answer(404, "", "{}"), "GET", "Appointment?patient=x");
        assert!(known(std::slice::from_ref(&fine)).holds());
        let check = known(&[fine.clone(), broken]);
        assert!(!check.holds() && check.observed.contains("GET Appointment?patient"), "{}", check.observed);
        assert!(matches!(kept(&[]).outcome, CheckOutcome::NotEvaluable(_)));
        assert!(matches!(kept(&[fine, silent(Failure::Connect)]).outcome, CheckOutcome::NotEvaluable(_)));
    }

    #[test]
    fn trials_name_the_patient_once() {
        let parameters =
            [("patient", "reference"), ("subject", "reference"), ("date", "date"), ("x", "composite")];
        let promise = Promise {
            kind: "Flag".to_owned(),
            interactions: vec!["search-type".to_owned()],
            parameters: parameters.map(|(name, kind)| (name.to_owned(), kind.to_owned())).to_vec(),
        };
        let date = "Flag?patient.identifier=b&date=2020-01-01".to_owned();
        assert_eq!(promise.trials(Some("b"), 9), [("date", date)]);
        assert_eq!(promise.trials(None, 1), [("patient", "Flag?patient=Patient/keur-proef".to_owned())]);
        assert_eq!(promise.touch(Some("b"), "no").as_deref(), Some("Flag?patient.identifier=b&_count=1"));
        let read = Promise { interactions: vec!["read".to_owned()], ..promise };
        assert_eq!(read.touch(None, "no").as_deref(), Some("Flag/no"));
        assert!(read.trials(None, 9).is_empty());
    }

    #[test]
    fn the_sample_is_bounded_and_has_the_patient() {
        let of =
            |kind: &str| Promise { kind: kind.to_owned(), interactions: Vec::new(), parameters: Vec::new() };
        let many: Vec<Promise> = ["A", "B", "C", "Patient", "D"].into_iter().map(of).collect();
        let chosen = sample(&many, 2);
        assert!(chosen.len() <= 2 && chosen.iter().any(|promise| promise.kind == "Patient"), "{chosen:?}");
        assert!(sample(&[], 3).is_empty());
    }
}
