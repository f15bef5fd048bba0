//! What an error message gives away: the inside of the program, or a patient.

use keur_evidence::{Check, http::Answer};

use crate::http;

/// What a reader of an error message must not find, by what it tells.
const TRACES: [(&str, &[&str]); 4] = [
    (
        "de interne aanroepen van het programma",
        &[
            "\n\tat ",
            "\\n\\tat ",
            "\n   at ",
            "\\n   at ",
            "Traceback (most recent call last)",
            "stack backtrace",
            "stacktrace",
            "goroutine ",
            "panicked at",
            "java.lang.",
            "javax.",
            "NullPointerException",
            "NullReferenceException",
            "Caused by:",
            ".cs:line",
            ".py\", line",
            ".php on line",
            "node_modules",
        ],
    ),
    (
        "een pad op de server",
        &[
            "/opt/",
            "/usr/",
            "/var/",
            "/home/",
            "/etc/",
            "/srv/",
            "/proc/",
            "/root/",
            "C:\\",
            "D:\\",
            "\\Users\\",
            "inetpub",
        ],
    ),
    (
        "een databasevraag",
        &[
            "SQLSTATE",
            "ORA-0",
            "PSQLException",
            "SqlException",
            "SQLException",
            "syntax error at or near",
            "SELECT * ",
            "SELECT t",
            "INSERT INTO ",
            "jdbc:",
            "org.hibernate",
            "mongodb://",
            "postgresql://",
        ],
    ),
    (
        "de gebruikte software met versie",
        &[
            "Tomcat/",
            "nginx/",
            "Apache/",
            "Jetty(",
            "Jetty/",
            "Microsoft-IIS/",
            "ASP.NET Version",
            "Kestrel/",
            "PHP/",
            "Werkzeug/",
            "Express/",
            "OpenSSL/",
            "WildFly/",
            "WebSphere/",
            "HAPI FHIR 4",
            "HAPI FHIR 5",
            "HAPI FHIR 6",
            "HAPI FHIR 7",
            "HAPI FHIR 8",
            ".jar",
            ".dll",
        ],
    ),
];

/// Source files, when a line number follows the colon; `system/*.rs` is a scope.
const SOURCES: [&str; 7] = [".java:", ".kt:", ".go:", ".rs:", ".py:", ".js:", ".ts:"];

/// The error message in an answer reveals nothing. An answer that is no error has no message to look at.
#[must_use]
pub fn silent(answer: &Answer, marks: &[String]) -> Vec<Check> {
    let expected = "een foutmelding zonder stacktrace, pad, databasevraag of softwareversie";
    let Some(response) = answer.response() else {
        let observed = format!("{}, dus geen foutmelding", answer.describe());
        return vec![Check::that(true, expected, observed).on([answer.id.clone()])];
    };
    let outcome = response.json().is_some_and(|json| json["resourceType"] == "OperationOutcome");
    if response.status < 400 && !outcome {
        let observed = format!("status {}, geen foutmelding", response.status);
        return vec![Check::that(true, expected, observed).on([answer.id.clone()])];
    }
    let challenge = response.header("www-authenticate").unwrap_or_default();
    let text = format!("{challenge}\n{}", String::from_utf8_lossy(response.bytes()));
    let found = traces(&text);
    let observed = match found.as_slice() {
        [] => format!("status {}, niets van het systeem", response.status),
        some => format!("status {}, de foutmelding verraadt {}", response.status, some.join(" en ")),
    };
    let check = Check::that(found.is_empty(), expected, observed).on([answer.id.clone()]);
    vec![check, http::no_patient_data(answer, marks)]
}

fn traces(text: &str) -> Vec<String> {
    let text = without_addresses(text);
    let numbered = |source: &&str| {
        text.match_indices(*source)
            .any(|(at, _)| text[at + source.len()..].starts_with(|next: char| next.is_ascii_digit()))
    };
    let source = SOURCES.iter().find(|source| numbered(source));
    let source = source.map(|source| format!("een regel in de broncode ({source})"));
    TRACES
        .iter()
        .filter_map(|(what, needles)| {
            let needle = needles.iter().find(|needle| text.contains(**needle))?;
            let shown = needle.replace("\\n", " ").replace("\\t", " ");
            Some(format!("{what} ({})", shown.trim()))
        })
        .chain(source)
        .collect()
}

/// Addresses have paths of their own, which are no paths of the server's disk.
fn without_addresses(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = ["https://", "http://"].iter().filter_map(|scheme| rest.find(scheme)).min() {
        out.push_str(&rest[..at]);
        let end = rest[at..].find(|c: char| c.is_whitespace() || "\"'<>)\\".contains(c));
        rest = end.map_or("", |end| &rest[at + end..]);
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use keur_evidence::event::Failure;
    use serde_json::json;

    use super::*;
    use crate::test_support::{answer, silent as nothing, text};

    fn clean(answer: &Answer) -> bool {
        silent(answer, &["999900018".to_owned()]).iter().all(Check::holds)
    }

    fn outcome(text: &str) -> serde_json::Value {
        json!({ "resourceType": "OperationOutcome", "issue": [{ "severity": "error", "diagnostics": text }] })
    }

    #[test]
    fn a_short_message_is_fine() {
        assert!(clean(&answer(400, &outcome("Dit is geen geldige datum."))));
        assert!(clean(&answer(404, &outcome("Zie https://bron.example/opt/fhir/metadata."))));
        assert!(clean(&answer(400, &outcome("Vraag system/*.rs: meer mag niet."))));
        assert!(clean(&text(401, "text/html", "<h1>Niet toegestaan</h1>")));
        assert!(clean(&nothing(Failure::Closed)));
    }

    #[test]
    fn each_kind_of_trace_is_found() {
        for trace in [
            "java.lang.IllegalStateException\n\tat nl.bron.Servlet.doGet(Servlet.java:118)",
            "Traceback (most recent call last):",
            "thread 'main' panicked at src/main.rs:12",
            "open /opt/bron/conf.xml: no such file",
            "ERROR: syntax error at or near \"OR\"",
            "nginx/1.25.3",
            "BSN 999900018 is niet bekend",
        ] {
            assert!(!clean(&answer(500, &outcome(trace))), "{trace}");
            assert!(!clean(&text(500, "text/plain", trace)), "{trace}");
        }
        assert!(!clean(&answer(200, &outcome("\n\tat nl.bron.Servlet"))));
        assert!(!clean(&answer(400, &json!({ "resourceType": "Patient", "id": "p" }))));
    }

    #[test]
    fn data_are_not_an_error_message() {
        assert!(clean(&answer(200, &json!({ "resourceType": "Bundle", "link": "/opt/x" }))));
    }
}
