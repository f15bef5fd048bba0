//! Whether a number shows in a request, written out or encoded.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD_NO_PAD, URL_SAFE_NO_PAD},
};
use keur_evidence::heard::Heard;
use url::form_urlencoded;

/// Shorter runs of letters and digits hold no encoded number.
const SHORTEST: usize = 12;

/// Where in a request the number stands, in words; `None` when nowhere. Encoded text is looked into twice, because a
/// pseudonym is itself wrapped.
pub(super) fn of(number: &str, heard: &Heard) -> Option<&'static str> {
    let decoded = |text: &str| {
        form_urlencoded::parse(format!("x={text}").as_bytes())
            .map(|(_, v)| v.into_owned())
            .collect::<String>()
    };
    let places = [
        (
            "het adres",
            format!("{} {} {} {}", heard.path, heard.query, decoded(&heard.path), decoded(&heard.query)),
        ),
        ("een kop", heard.headers.iter().map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" ")),
        ("de inhoud", String::from_utf8_lossy(&heard.body).into_owned()),
    ];
    places.into_iter().find(|(_, text)| holds(text, number, 2)).map(|(place, _)| place)
}

fn holds(text: &str, number: &str, depth: usize) -> bool {
    text.contains(number)
        || depth > 0
            && text
                .split(|c: char| !(c.is_ascii_alphanumeric() || "+/-_".contains(c)))
                .filter(|run| run.len() >= SHORTEST)
                .flat_map(|run| [STANDARD_NO_PAD.decode(run), URL_SAFE_NO_PAD.decode(run)])
                .flatten()
                .any(|bytes| holds(&String::from_utf8_lossy(&bytes), number, depth - 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_shows_plainly_and_through_its_encodings() {
        let once = URL_SAFE_NO_PAD.encode("PseudoBSN: 999900018");
        let twice = URL_SAFE_NO_PAD.encode(format!("{{\"evaluated_output\":\"{once}\"}}"));
        for text in ["a=999900018", &once, &format!("x|{twice}")] {
            assert!(holds(text, "999900018", 2), "{text}");
        }
        assert!(!holds("evaluated_output 99990001 8", "999900018", 2));
    }
}
