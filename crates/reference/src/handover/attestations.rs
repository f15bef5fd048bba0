//! The example of human statements that goes with the product.

use std::fmt::Write;

use crate::oauth::jose;

/// Requirement number, how the assessor came to the statement, what was looked at.
const STATEMENTS: [(&str, &str, &str); 26] = [
    ("001", "certificate", "Het certificaat voor informatiebeveiliging dekt deze dienst."),
    ("002", "document", "De risicoanalyse noemt de klassen en het restrisico."),
    ("003", "document", "De afspraken tussen de partijen zijn ondertekend en geldig."),
    ("004", "document", "Bestaande stelsels voor identificatie zijn onderzocht."),
    ("005", "document", "Er zijn procedures voor het autorisatiebeleid."),
    ("006", "document", "Elke partij heeft een eigen wettelijke grondslag vastgelegd."),
    ("007", "interview", "Deskundige medewerkers verzenden en ontvangen."),
    ("008", "demonstration", "Medewerkers melden zich aan met twee factoren."),
    ("009", "document", "Medewerkers worden in het eigen domein geauthenticeerd."),
    ("010", "demonstration", "De behandelrelatie wordt in de eigen organisatie getoetst."),
    ("011", "document", "Sleutels worden beheerd volgens een procedure."),
    ("012", "demonstration", "Logregels blijven zo lang bewaard als is vereist."),
    ("013", "interview", "De log wordt op misbruik nagekeken."),
    ("014", "document", "De log kan niet ongemerkt worden gewijzigd."),
    ("015", "demonstration", "Testomgeving en documentatie zijn vrij toegankelijk."),
    ("016", "document", "Oude versies blijven ten minste een jaar werken."),
    ("017", "document", "Er is een planning per norm."),
    ("018", "document", "De beveiliging is getest volgens de stand van de techniek."),
    ("019", "document", "Overstappen kan zonder drempels of kosten."),
    ("020", "document", "Incidenten worden gemeld."),
    ("021", "document", "De technische documentatie is compleet."),
    ("022", "interview", "De patiënt wordt geïnformeerd over toestemming."),
    ("023", "demonstration", "Bewaartermijn en toegang verschillen per herkomst en soort gegeven."),
    ("024", "demonstration", "Het scherm toont onvolledigheid, afscherming en herkomst."),
    ("025", "document", "Er is een plan voor uitval van een generieke functie."),
    ("026", "document", "De gevolgen voor de privacy zijn beoordeeld."),
];

/// `attestaties.toml` with one statement per attested requirement.
pub(super) fn text() -> String {
    let mut text = String::from(
        "# VOORBEELD: deze verklaringen horen bij de referentiebron en zeggen niets over een echt product.\n\
         format = \"keur/attestations\"\nversion = \"1.0\"\n",
    );
    for (number, basis, statement) in STATEMENTS {
        let title = format!("Voorbeelddocument bij WGZ-ATT-{number}");
        let _ = write!(
            text,
            r#"
[[attestation]]
requirement = "WGZ-ATT-{number}"
outcome = "satisfied"
statement = "Voorbeeld: {statement}"
basis = "{basis}"
by = {{ name = "Voorbeeld Beoordelaar", organisation = "Voorbeeldinstelling", role = "beoordelaar" }}
date = "2026-11-01"
expires = "2027-11-01"
artefact = {{ title = "{title}", sha256 = "{digest}" }}
"#,
            digest = jose::sha256_hex(title.as_bytes()),
        );
    }
    text
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_example_is_valid_toml_with_every_statement_once() {
        let parsed: toml::Table = toml::from_str(&super::text()).expect("valid TOML");
        let statements = parsed["attestation"].as_array().expect("a list");
        let ids: Vec<&str> = statements.iter().filter_map(|one| one["requirement"].as_str()).collect();
        let expected: Vec<String> = (1..=26).map(|number| format!("WGZ-ATT-{number:03}")).collect();
        assert_eq!(ids, expected);
        assert!(statements.iter().all(|one| one["artefact"]["sha256"].as_str().map(str::len) == Some(64)));
    }
}
