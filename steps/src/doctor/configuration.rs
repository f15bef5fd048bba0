//! The declared certificates: their dates and their URA numbers.

use keur_catalogue::{Product, product::Party};
use keur_evidence::identity::Identities;
use keur_probes::tls::certificate::Certificate;
use time::OffsetDateTime;

use super::{Diagnosis, Found, fine, misconfigured, skipped};

/// What the dates of a certificate must be like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Dates {
    Valid,
    Expired,
    Future,
}

struct Declared<'a> {
    name: &'static str,
    ura: Option<&'a str>,
    dates: Dates,
    certificate: Certificate,
}

pub(super) fn examine(product: &Product, identities: &Identities, diagnosis: &mut Diagnosis) {
    let declared = declared(product, identities);
    if declared.is_empty() {
        let why = "er zijn geen clientcertificaten opgegeven";
        diagnosis.add("validity", "geldigheid", skipped(why));
        diagnosis.add("ura", "URA-nummers", skipped(why));
        return;
    }
    let now = OffsetDateTime::now_utc();
    let wrong: Vec<String> = declared.iter().filter_map(|one| untimely(one, now)).collect();
    let remedy = "maak nieuwe testcertificaten, of pas de klok van deze machine aan";
    diagnosis.add("validity", "geldigheid", verdict(wrong, declared.len(), "passende datums", remedy));
    let compared = declared.iter().filter(|one| has_two(one)).count();
    if compared == 0 {
        let why = "bij geen enkel certificaat staat een URA-nummer in het certificaat en in de verklaring";
        diagnosis.add("ura", "URA-nummers", skipped(why));
        return;
    }
    let wrong: Vec<String> = declared.iter().filter_map(other_ura).collect();
    let remedy = "laat `ura` gelijk zijn aan het URA-nummer in het certificaat";
    diagnosis.add("ura", "URA-nummers", verdict(wrong, compared, "het opgegeven URA-nummer", remedy));
}

fn verdict(wrong: Vec<String>, count: usize, fine_text: &str, remedy: &str) -> Found {
    if wrong.is_empty() {
        fine(format!("{count} certificaten met {fine_text}"))
    } else {
        misconfigured(wrong.join("; "), remedy)
    }
}

fn declared<'a>(product: &'a Product, identities: &Identities) -> Vec<Declared<'a>> {
    let identity = &product.identity;
    let hostile = &identity.hostile;
    let ours = identity.party_a.as_ref();
    let all: [(&'static str, &Option<Party>, Dates); 8] = [
        ("party_a", &identity.party_a, Dates::Valid),
        ("party_b", &identity.party_b, Dates::Valid),
        ("unregistered", &identity.unregistered, Dates::Valid),
        ("rotating", &identity.rotating, Dates::Valid),
        ("hostile.foreign_ca", &hostile.foreign_ca, Dates::Valid),
        ("hostile.revoked", &hostile.revoked, Dates::Valid),
        ("hostile.expired", &hostile.expired, Dates::Expired),
        ("hostile.not_yet_valid", &hostile.not_yet_valid, Dates::Future),
    ];
    all.into_iter()
        .filter_map(|(name, party, dates)| {
            let certificate = Certificate::parse(identities.leaf(name)?)?;
            // A hostile identity poses as party A, and a rotating client is party A with another key.
            let borrowed = name.starts_with("hostile.") || name == "rotating";
            let own = party.as_ref().and_then(|party| party.ura.as_deref());
            let ura = own.or_else(|| ours.filter(|_| borrowed).and_then(|party| party.ura.as_deref()));
            Some(Declared { name, ura, dates, certificate })
        })
        .collect()
}

fn untimely(one: &Declared<'_>, now: OffsetDateTime) -> Option<String> {
    let certificate = &one.certificate;
    let (fits, wanted) = match one.dates {
        Dates::Valid => (certificate.valid_at(now), "moet nu geldig zijn"),
        Dates::Expired => (certificate.not_after < now, "moet verlopen zijn"),
        Dates::Future => (certificate.not_before > now, "mag nog niet geldig zijn"),
    };
    let (from, until) = (certificate.not_before.date(), certificate.not_after.date());
    (!fits).then(|| format!("[identity.{}] {wanted}, maar is geldig van {from} tot {until}", one.name))
}

/// There are two numbers to compare.
fn has_two(one: &Declared<'_>) -> bool {
    one.ura.is_some() && one.certificate.ura().is_some()
}

/// A declared URA that is not the one in the certificate. A certificate without one says nothing against it.
fn other_ura(one: &Declared<'_>) -> Option<String> {
    let (declared, found) = (one.ura?, one.certificate.ura()?);
    (declared != found).then(|| {
        format!("[identity.{}] ura = \"{declared}\", maar in het certificaat staat {found}", one.name)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one(dates: Dates, ura: Option<&'static str>, uzi: &[&str]) -> Declared<'static> {
        let certificate = Certificate {
            subject: "CN=test".to_owned(),
            issuer: "CN=ca".to_owned(),
            not_before: OffsetDateTime::UNIX_EPOCH + time::Duration::days(10),
            not_after: OffsetDateTime::UNIX_EPOCH + time::Duration::days(20),
            names: Vec::new(),
            addresses: Vec::new(),
            uzi: uzi.iter().map(|text| (*text).to_owned()).collect(),
            key: keur_probes::tls::certificate::Key::Curve(256),
            signature: String::new(),
            sha2: true,
            sha224: false,
            serial: vec![1],
            ocsp: false,
            must_staple: false,
            scts: None,
        };
        Declared { name: "party_a", ura, dates, certificate }
    }

    #[test]
    fn dates_must_be_as_the_purpose_asks() {
        let day = |days| OffsetDateTime::UNIX_EPOCH + time::Duration::days(days);
        let wrong = |dates, days| untimely(&one(dates, None, &[]), day(days)).is_some();
        assert_eq!(
            [wrong(Dates::Valid, 5), wrong(Dates::Valid, 15), wrong(Dates::Valid, 25)],
            [true, false, true]
        );
        assert_eq!([wrong(Dates::Expired, 15), wrong(Dates::Expired, 25)], [true, false]);
        assert_eq!([wrong(Dates::Future, 5), wrong(Dates::Future, 15)], [false, true]);
    }

    #[test]
    fn a_declared_ura_must_be_that_of_the_certificate() {
        let uzi = ["2.16.528.1.1007.99.2110-1-11111111-S-90000111-00.000-00000000"];
        assert_eq!(other_ura(&one(Dates::Valid, Some("90000111"), &uzi)), None);
        assert_eq!(other_ura(&one(Dates::Valid, None, &uzi)), None);
        assert!(has_two(&one(Dates::Valid, Some("90000111"), &uzi)));
        assert!(
            !has_two(&one(Dates::Valid, Some("90000111"), &[])) && !has_two(&one(Dates::Valid, None, &uzi))
        );
        assert_eq!(other_ura(&one(Dates::Valid, Some("90000111"), &[])), None);
        let found = other_ura(&one(Dates::Valid, Some("90000222"), &uzi)).unwrap_or_default();
        assert!(found.contains("90000222") && found.contains("90000111"), "{found}");
    }
}
