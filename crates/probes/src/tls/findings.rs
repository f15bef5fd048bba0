//! What a scan found, one line per finding, with its level in each edition of the NCSC guideline.

use serde::Serialize;
use time::OffsetDateTime;

use super::{
    certificate::{Certificate, Key},
    hello::{TLS_1_3, version_name},
    ncsc::{Edition, Kind, Level, level},
    renegotiation::{LIMIT, Renegotiated},
    scan::{
        facts::{About, Facts, FallbackAnswer, NameAnswer, Order, Prime},
        whole::word,
    },
    sct,
    staple::Staple,
};
use crate::pki::{PkiError, ocsp};

/// What a finding is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// Protocol versions.
    Versions,
    /// Cipher suites.
    Suites,
    /// Which suite comes first.
    Order,
    /// Groups and primes of the key exchange.
    Exchange,
    /// Signatures in the handshake.
    Schemes,
    /// Keys and signatures of the certificates.
    Certificates,
    /// The chain: name, dates, order.
    Chain,
    /// A stapled OCSP answer.
    Staple,
    /// Compression.
    Compression,
    /// Renegotiation.
    Renegotiation,
    /// Renegotiation begun by the client.
    ClientRenegotiation,
    /// The extended master secret.
    MasterSecret,
    /// What the guideline says nothing of.
    Rest,
}

impl Topic {
    /// In a sentence.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Versions => "versies",
            Self::Suites => "suites",
            Self::Order => "volgorde van suites",
            Self::Exchange => "sleuteluitwisseling",
            Self::Schemes => "handtekeningen in de handshake",
            Self::Certificates => "sleutels en handtekeningen van certificaten",
            Self::Chain => "certificaatketen",
            Self::Staple => "meegestuurd OCSP-antwoord",
            Self::Compression => "compressie",
            Self::Renegotiation => "heronderhandeling",
            Self::ClientRenegotiation => "heronderhandeling door de client",
            Self::MasterSecret => "extended master secret",
            Self::Rest => "overig",
        }
    }

    /// The questions that must have been answered before nothing wrong means all is well.
    #[must_use]
    pub fn rests_on(self) -> &'static [About] {
        match self {
            Self::Order => &[About::Versions, About::Order],
            Self::Exchange => &[About::Versions, About::Exchange],
            Self::Schemes => &[About::Versions, About::Schemes],
            Self::Compression => &[About::Versions, About::Compression],
            Self::ClientRenegotiation => &[About::Versions, About::Renegotiation],
            Self::Rest => &[],
            _ => &[About::Versions],
        }
    }
}

/// One finding.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// What it is about.
    pub topic: Topic,
    /// What was found, in Dutch.
    pub text: String,
    /// Its levels, latest edition first; none when it is a mere fact.
    pub levels: Option<(Level, Level)>,
}

impl Finding {
    /// Its level in an edition.
    #[must_use]
    pub fn level(&self, edition: Edition) -> Option<Level> {
        self.levels.map(|levels| edition.of(levels))
    }
}

const GOOD: (Level, Level) = (Level::Good, Level::Good);
const BAD: (Level, Level) = (Level::Insufficient, Level::Insufficient);

/// All findings. `chain` is the one a library was shown, `host` the name it was asked for, `issuer` the certificate of
/// who issued that of the server, when it is known.
#[must_use]
pub fn all(
    facts: &Facts,
    chain: Option<&[Vec<u8>]>,
    issuer: Option<&[u8]>,
    host: &str,
    now: OffsetDateTime,
) -> Vec<Finding> {
    let mut found = Found::default();
    found.versions_and_suites(facts);
    found.exchange(facts);
    let chains: Vec<&[Vec<u8>]> = facts.chains.iter().map(Vec::as_slice).chain(chain).collect();
    found.certificates(&chains, host, now);
    found.staple(facts, &chains, issuer, now);
    found.options(facts);
    found.rest(facts);
    found.0
}

#[derive(Default)]
struct Found(Vec<Finding>);

impl Found {
    fn judged(&mut self, topic: Topic, text: impl Into<String>, levels: (Level, Level)) {
        let finding = Finding { topic, text: text.into(), levels: Some(levels) };
        // Two chains often share certificates.
        if !self.0.contains(&finding) {
            self.0.push(finding);
        }
    }

    fn fact(&mut self, text: impl Into<String>) {
        self.0.push(Finding { topic: Topic::Rest, text: text.into(), levels: None });
    }

    fn listed(&mut self, topic: Topic, kind: Kind, number: u16, before: &str) {
        let [(name, latest), (_, former)] = Edition::ALL.map(|edition| level(kind, number, edition));
        self.judged(topic, format!("{before}{name}"), (latest, former));
    }

    fn versions_and_suites(&mut self, facts: &Facts) {
        if facts.ssl2 {
            self.listed(Topic::Versions, Kind::Version, 0x0002, "");
        }
        for (version, suites) in &facts.suites {
            self.listed(Topic::Versions, Kind::Version, *version, "");
            for suite in suites {
                self.listed(Topic::Suites, Kind::Suite, *suite, &format!("{}: ", version_name(*version)));
            }
        }
        for (version, suites) in &facts.suites {
            let text = version_name(*version);
            match facts.order.get(version) {
                Some(order) => {
                    let who =
                        if order.strongest_first == order.weakest_first { "de server" } else { "de client" };
                    let levels = Edition::ALL.map(|edition| ordered(suites, *order, edition));
                    self.judged(Topic::Order, format!("{text}: {who} bepaalt de suite"), levels.into());
                }
                None if suites.len() == 1 => {
                    self.judged(Topic::Order, format!("{text}: er is één suite, dus geen volgorde"), GOOD);
                }
                None => {}
            }
        }
    }

    fn exchange(&mut self, facts: &Facts) {
        for (version, groups) in &facts.groups {
            for group in groups {
                self.listed(Topic::Exchange, Kind::Group, *group, &format!("{}: ", version_name(*version)));
            }
        }
        if facts.own_curve {
            self.judged(Topic::Exchange, "een zelfgemaakte kromme", BAD);
        }
        for prime in &facts.primes {
            let name = prime.known.map_or_else(|| "zelfgemaakte groep".to_owned(), str::to_owned);
            self.judged(
                Topic::Exchange,
                format!("Diffie-Hellman van {} bits ({name})", prime.bits),
                prime_level(prime),
            );
        }
        if facts.groups.is_empty() && facts.primes.is_empty() && !facts.own_curve {
            self.judged(
                Topic::Exchange,
                "geen enkele sleuteluitwisseling met tijdelijke sleutels",
                (Level::Insufficient, Level::PhaseOut),
            );
        }
        for scheme in &facts.schemes {
            self.listed(Topic::Schemes, Kind::Scheme, *scheme, "");
        }
        if facts.schemes.is_empty() {
            self.judged(Topic::Schemes, "geen handtekening te zien", GOOD);
        }
    }

    fn certificates(&mut self, chains: &[&[Vec<u8>]], host: &str, now: OffsetDateTime) {
        for chain in chains {
            let read: Option<Vec<Certificate>> = chain.iter().map(|der| Certificate::parse(der)).collect();
            let Some(read) = read else {
                self.judged(Topic::Chain, "een certificaat in de keten is niet te lezen", BAD);
                continue;
            };
            // Nobody relies on the signature or the key of a root that is sent along.
            for one in
                read.iter().enumerate().filter(|(at, one)| *at == 0 || !one.self_issued()).map(|(_, one)| one)
            {
                self.judged(
                    Topic::Certificates,
                    format!("{}: {}", one.subject, key(&one.key)),
                    key_level(&one.key),
                );
                let (hash, levels) = hash_level(one);
                self.judged(Topic::Certificates, format!("{}: handtekening met {hash}", one.subject), levels);
            }
            self.chain(&read, host, now);
        }
    }

    fn chain(&mut self, chain: &[Certificate], host: &str, now: OffsetDateTime) {
        let Some(leaf) = chain.first() else { return };
        let fits = if leaf.fits(host) { GOOD } else { BAD };
        let names: Vec<String> =
            leaf.names.iter().cloned().chain(leaf.addresses.iter().map(ToString::to_string)).collect();
        self.judged(Topic::Chain, format!("namen {} bij de host {host}", names.join(", ")), fits);
        for one in chain {
            let dated = if one.valid_at(now) { GOOD } else { BAD };
            self.judged(Topic::Chain, format!("{}: {}", one.subject, one.period()), dated);
        }
        let stray = chain.windows(2).find(|pair| pair[0].issuer != pair[1].subject);
        match stray {
            None => {
                self.judged(Topic::Chain, format!("{} certificaten in de juiste volgorde", chain.len()), GOOD)
            }
            Some(pair) => {
                let text = format!(
                    "{} volgt op {} maar is niet de uitgever ervan",
                    pair[1].subject, pair[0].subject
                );
                self.judged(Topic::Chain, text, BAD);
            }
        }
        if leaf.names.iter().any(|name| name.starts_with("*.")) {
            self.fact("het certificaat heeft een naam met een sterretje");
        }
        if chain.len() > 1 && chain.last().is_some_and(Certificate::self_issued) {
            self.fact("de server stuurt ook het rootcertificaat mee");
        }
        if let Some(list) = &leaf.scts {
            self.fact(match sct::Timestamp::list(list) {
                Some(all) => format!(
                    "het certificaat bevat {} SCT's; hun handtekeningen zijn niet nagegaan, want daarvoor zijn de sleutels van de logs nodig",
                    all.len()
                ),
                None => "het certificaat bevat SCT's die niet te lezen zijn".to_owned(),
            });
        }
    }

    fn staple(&mut self, facts: &Facts, chains: &[&[Vec<u8>]], issuer: Option<&[u8]>, now: OffsetDateTime) {
        let leaf = chains.first().and_then(|chain| Certificate::parse(chain.first()?));
        let serial = leaf.as_ref().map(|leaf| leaf.serial.clone()).unwrap_or_default();
        let must = leaf.as_ref().is_some_and(|leaf| leaf.must_staple);
        let pointer = leaf.as_ref().is_some_and(|leaf| leaf.ocsp);
        let (text, levels) = match &facts.staple {
            Some(der) => match Staple::parse(der).map(|staple| staple.fault(&serial, now)) {
                None => ("een OCSP-antwoord dat niet te lezen of niet geslaagd is", BAD),
                Some(Some(fault)) => (fault, BAD),
                Some(None) => match issuer.map(|issuer| signed(der, issuer, &serial, now)) {
                    None => ("een geldig OCSP-antwoord; de handtekening is niet nagegaan", GOOD),
                    Some(true) => ("een geldig OCSP-antwoord, ondertekend door of namens de uitgever", GOOD),
                    Some(false) => {
                        ("een OCSP-antwoord dat niet door of namens de uitgever is ondertekend", BAD)
                    }
                },
            },
            None if must => ("geen OCSP-antwoord, terwijl het certificaat er een eist", BAD),
            None if pointer => (
                "geen OCSP-antwoord, terwijl het certificaat naar OCSP verwijst",
                (Level::Unlisted, Level::Sufficient),
            ),
            None => ("geen OCSP-antwoord, en het certificaat verwijst niet naar OCSP", GOOD),
        };
        self.judged(Topic::Staple, text, levels);
    }

    fn options(&mut self, facts: &Facts) {
        match facts.compression {
            Some(method) => self.judged(Topic::Compression, format!("compressiemethode {method}"), BAD),
            None => self.judged(Topic::Compression, "geen compressie", GOOD),
        }
        match facts.renegotiation_info {
            Some(false) => {
                self.judged(Topic::Renegotiation, "veilige heronderhandeling wordt niet bevestigd", BAD)
            }
            Some(true) => {
                self.judged(Topic::Renegotiation, "veilige heronderhandeling wordt bevestigd", GOOD)
            }
            None => self.judged(Topic::Renegotiation, "TLS 1.3 kent geen heronderhandeling", GOOD),
        }
        match &facts.renegotiated {
            Some(Renegotiated::Never) => {
                self.judged(Topic::ClientRenegotiation, "een client kan niet heronderhandelen", GOOD);
            }
            Some(Renegotiated::Times(times)) => {
                let text = format!("een client kan {times} keer heronderhandelen en niet vaker");
                self.judged(Topic::ClientRenegotiation, text, (Level::Sufficient, Level::Sufficient));
            }
            Some(Renegotiated::Unlimited) => {
                let text = format!("een client kan vaker dan {LIMIT} keer heronderhandelen");
                self.judged(Topic::ClientRenegotiation, text, (Level::Insufficient, Level::Sufficient));
            }
            // What could not be seen is among what is unclear.
            Some(Renegotiated::NotTried(_) | Renegotiated::Unclear(_)) => {}
            None if facts.suites.keys().all(|version| *version == TLS_1_3) => {
                self.judged(Topic::ClientRenegotiation, "TLS 1.3 kent geen heronderhandeling", GOOD);
            }
            None => {}
        }
        match facts.master_secret {
            Some(false) => {
                let levels = (Level::Insufficient, Level::Unlisted);
                self.judged(Topic::MasterSecret, "TLS 1.2 zonder extended master secret", levels);
            }
            Some(true) => self.judged(Topic::MasterSecret, "TLS 1.2 met extended master secret", GOOD),
            None => self.judged(Topic::MasterSecret, "geen TLS 1.2, dus niet nodig", GOOD),
        }
    }

    fn rest(&mut self, facts: &Facts) {
        match &facts.client_certificate {
            Some(issuers) => {
                self.fact(format!("vraagt een clientcertificaat en noemt {} uitgevers", issuers.len()))
            }
            None => self.fact("vraagt voor zover zichtbaar geen clientcertificaat"),
        }
        let (by_id, by_ticket) = facts.resumption;
        for (there, text) in [
            (by_id, "de server geeft een sessie-id"),
            (by_ticket, "de server belooft een ticket"),
            (facts.heartbeat, "heartbeats staan aan"),
            (facts.sct, "SCT's in de handshake"),
        ] {
            if there {
                self.fact(text);
            }
        }
        for (by, resumed) in &facts.resumed {
            let found = if *resumed { "lukt" } else { "lukt niet" };
            self.fact(format!("een sessie hervatten met {} {found}", word(*by)));
        }
        if !facts.protocols.is_empty() {
            let names: Vec<&str> = facts.protocols.iter().map(String::as_str).collect();
            self.fact(format!("ALPN: {}", names.join(", ")));
        }
        match facts.fallback {
            Some(FallbackAnswer::Refused(86)) => {
                self.fact("een terugval naar een lagere versie wordt herkend")
            }
            Some(FallbackAnswer::Refused(alert)) => {
                self.fact(format!("een terugval naar een lagere versie geeft alert {alert}"))
            }
            Some(FallbackAnswer::Accepted) => {
                self.fact("een terugval naar een lagere versie wordt niet herkend")
            }
            None => {}
        }
        for (what, answer) in
            [("zonder servernaam", facts.without_name), ("met een vreemde servernaam", facts.foreign_name)]
        {
            match answer {
                Some(NameAnswer::Same) => self.fact(format!("{what}: hetzelfde certificaat")),
                Some(NameAnswer::Other) => self.fact(format!("{what}: een ander certificaat")),
                Some(NameAnswer::Refused(alert)) => self.fact(format!("{what}: alert {alert}")),
                None => {}
            }
        }
    }
}

/// The issuer, or who may answer for it, signed the answer.
fn signed(staple: &[u8], issuer: &[u8], serial: &[u8], now: OffsetDateTime) -> bool {
    let number = serial.iter().skip_while(|byte| **byte == 0);
    let number: String = number.map(|byte| format!("{byte:02x}")).collect();
    let said = ocsp::status(staple, issuer, number.trim_start_matches('0'), now);
    !matches!(said, Err(PkiError::Signature | PkiError::Malformed(_)))
}

/// Phase-out comes after everything better; the former edition wants every level in its turn.
fn ordered(suites: &[u16], order: Order, edition: Edition) -> Level {
    let of = |suite: u16| level(Kind::Suite, suite, edition).1;
    let best = suites.iter().map(|suite| of(*suite)).min().unwrap_or(Level::Good);
    let chosen = [order.strongest_first, order.weakest_first].into_iter().flatten().map(of).max();
    let late = match edition {
        Edition::May2025 => chosen.is_some_and(|chosen| chosen >= Level::PhaseOut && chosen > best),
        Edition::TwoOne => chosen.is_some_and(|chosen| chosen > best),
    };
    if late { Level::Insufficient } else { Level::Good }
}

fn prime_level(prime: &Prime) -> (Level, Level) {
    match prime.known {
        Some("ffdhe2048") => (Level::Insufficient, Level::PhaseOut),
        Some(name) if name.starts_with("ffdhe") => (Level::PhaseOut, Level::Sufficient),
        _ => BAD,
    }
}

fn key_level(key: &Key) -> (Level, Level) {
    match key {
        Key::Rsa(3072..) => (Level::Sufficient, Level::Good),
        Key::Rsa(2048..) => (Level::PhaseOut, Level::Sufficient),
        Key::Curve(256..) => (Level::Sufficient, Level::Good),
        Key::Curve(224..) => (Level::PhaseOut, Level::PhaseOut),
        Key::Rsa(_) | Key::Curve(_) => BAD,
        Key::Other(_) => (Level::Insufficient, Level::Unlisted),
    }
}

fn key(key: &Key) -> String {
    match key {
        Key::Rsa(bits) => format!("RSA-sleutel van {bits} bits"),
        Key::Curve(bits) => format!("sleutel op een kromme van {bits} bits"),
        Key::Other(oid) => format!("sleutel van soort {oid}"),
    }
}

fn hash_level(certificate: &Certificate) -> (String, (Level, Level)) {
    match certificate {
        Certificate { sha2: true, .. } => ("SHA-2".to_owned(), GOOD),
        Certificate { sha224: true, .. } => ("SHA-224".to_owned(), (Level::PhaseOut, Level::Unlisted)),
        other => (format!("algoritme {}", other.signature), BAD),
    }
}
