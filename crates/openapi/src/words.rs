//! The words in a name: `expiration_Date`, `geboorteDatum` and `birth-date` have two each.

/// The words of a name, in lower case.
pub(crate) fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut fresh = true;
    let mut was_lower = false;
    for c in name.chars() {
        if !c.is_alphanumeric() {
            fresh = true;
            was_lower = false;
            continue;
        }
        if fresh || c.is_uppercase() && was_lower {
            words.push(String::new());
        }
        fresh = false;
        was_lower = !c.is_uppercase();
        if let Some(last) = words.last_mut() {
            last.extend(c.to_lowercase());
        }
    }
    words
}

/// Words after `datum` that make it something else than a day.
const ABOUT_DATES: [&str; 14] = [
    "format",
    "formaat",
    "notatie",
    "range",
    "bereik",
    "periode",
    "period",
    "type",
    "soort",
    "precision",
    "nauwkeurigheid",
    "time",
    "tijd",
    "tijdstip",
];
/// One word that ends in one for a day.
const DAYS: [&str; 8] =
    ["birthdate", "startdate", "enddate", "begindate", "duedate", "expirydate", "issuedate", "effectivedate"];
/// One word that ends in one for a moment or a time of day.
const MOMENTS: [&str; 5] = ["timestamp", "datetime", "tijdstip", "tijdstempel", "datumtijd"];
/// What a moment in Dutch begins with, in one word: `aanmaaktijd`.
const WHEN: [&str; 16] = [
    "aanmaak",
    "begin",
    "eind",
    "start",
    "aankomst",
    "vertrek",
    "sluitings",
    "openings",
    "registratie",
    "wijzigings",
    "ontvangst",
    "verzend",
    "aanvangs",
    "mutatie",
    "overlijdens",
    "geboorte",
];

/// Whether a name says that it is a day: `geboorteDatum`, `geboortedatum`, `expiration_date`, `datumAanvang`.
pub(crate) fn is_day(name: &str) -> bool {
    let words = words(name);
    let day = |word: &String| word == "date" || word == "datum";
    let (Some(first), Some(last)) = (words.first(), words.last()) else { return false };
    let compound = last.len() > 5 && last.ends_with("datum") || DAYS.contains(&last.as_str());
    let begins = day(first) && !words.iter().any(|word| ABOUT_DATES.contains(&word.as_str()));
    (day(last) || compound || begins) && last != "update"
}

/// Whether a name says that it is a moment or a time of day.
pub(crate) fn is_moment(name: &str) -> bool {
    let words = words(name);
    let Some(last) = words.last() else { return false };
    let stem = last.strip_suffix("tijd");
    MOMENTS.contains(&last.as_str())
        || stem.is_some_and(|stem| WHEN.contains(&stem))
        || words.len() > 1 && last == "tijd" && WHEN.contains(&words[words.len() - 2].as_str())
        || words.len() > 1 && last == "time" && words[words.len() - 2] == "date"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_fall_into_words() {
        assert_eq!(words("expiration_Date"), ["expiration", "date"]);
        assert_eq!(words("geboorteDatum"), ["geboorte", "datum"]);
        assert_eq!(words("BSNNummer2"), ["bsnnummer2"]);
        assert_eq!(words("--a--b"), ["a", "b"]);
    }

    #[test]
    fn days_and_moments_are_told_by_name() {
        for name in [
            "datum",
            "date",
            "geboortedatum",
            "geboorteDatum",
            "birthDate",
            "birthdate",
            "expiration_Date",
            "datumAanvang",
        ] {
            assert!(is_day(name), "{name}");
        }
        for name in [
            "update",
            "candidate",
            "mandate",
            "validate",
            "datumTijd",
            "creationDateTime",
            "dateFormat",
            "postdatumloos",
        ] {
            assert!(!is_day(name), "{name}");
        }
        for name in ["aanmaaktijd", "tijdstip", "timestamp", "startTijd", "creationDateTime"] {
            assert!(is_moment(name), "{name}");
        }
        for name in ["maaltijd", "altijd", "doorlooptijd", "time", "sometime"] {
            assert!(!is_moment(name), "{name}");
        }
    }
}
