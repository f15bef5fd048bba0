//! The scan of a server: which hello comes next, and what the answers say. It does no I/O: who drives it sends each
//! round's questions over connections of their own and gives back what came.

mod drive;
pub mod facts;
pub mod line;
pub mod whole;

pub use drive::run;

use keur_evidence::wire::Raw;

use self::{
    facts::{About, Facts, FallbackAnswer, NameAnswer, note},
    line::{Line, Subject},
};
use crate::tls::{
    certificate::{Certificate, Key},
    flight::{Flight, Group},
    hello::{SSL_3_0, TLS_1_0, TLS_1_1, TLS_1_2, TLS_1_3},
    server_hello::{Reply, ServerHello},
};

/// A server that always has one more suite is not asked for ever.
const MOST_CONNECTIONS: usize = 800;
const VERSIONS: [u16; 5] = [TLS_1_3, TLS_1_2, TLS_1_1, TLS_1_0, SSL_3_0];

/// A question for one connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Probe {
    /// What it asks, in words that no other question of the scan has.
    pub purpose: String,
    /// What to send.
    pub bytes: Vec<u8>,
    subject: Subject,
}

impl Probe {
    /// Whether what came in is all that matters.
    #[must_use]
    pub fn answered(&self, received: &[u8]) -> bool {
        match self.subject {
            Subject::Ssl2 => received.len() >= 7,
            _ => Flight::complete(received),
        }
    }
}

/// A scan under way.
#[derive(Debug)]
pub struct Scan {
    server_name: Option<String>,
    seed: [u8; 32],
    lines: Vec<Line>,
    /// Questions that were answered with a closed connection: a refusal, if the server still answers at the end.
    closed: Vec<(About, String)>,
    phase: Phase,
    facts: Facts,
}

#[derive(Debug, PartialEq, Eq)]
enum Phase {
    Versions,
    Rest,
    Control,
}

impl Scan {
    /// A scan of the server with this name; none for an address.
    #[must_use]
    pub fn new(server_name: Option<&str>, seed: [u8; 32]) -> Self {
        let mut lines: Vec<Line> = VERSIONS.into_iter().flat_map(Line::suites).collect();
        lines.push(Line { suites: Vec::new(), ..Line::new(Subject::Ssl2, 0x0002) });
        lines.push(Line::new(Subject::Groups, TLS_1_3));
        lines.extend(details(TLS_1_2));
        let server_name = server_name.map(str::to_owned);
        Self { server_name, seed, lines, closed: Vec::new(), phase: Phase::Versions, facts: Facts::default() }
    }

    /// The questions of the next round; none when the scan is over.
    #[must_use]
    pub fn round(&self) -> Vec<Probe> {
        let probe = |line: &Line| Probe {
            purpose: line.purpose(),
            bytes: line.bytes(self.server_name.as_deref(), &self.seed),
            subject: line.subject,
        };
        self.lines.iter().map(probe).collect()
    }

    /// Takes the answers to the questions of the round, in their order.
    pub fn learn(&mut self, answers: &[Raw]) {
        let lines = std::mem::take(&mut self.lines);
        self.facts.connections += lines.len();
        for (line, raw) in lines.into_iter().zip(answers) {
            if let Some(next) = self.follow(line, raw) {
                self.lines.push(next);
            }
        }
        if self.facts.connections > MOST_CONNECTIONS {
            for line in std::mem::take(&mut self.lines) {
                let never = "er komt geen eind aan de antwoorden".to_owned();
                self.facts.unclear.push((line.about(), line.purpose(), never));
            }
            return;
        }
        while self.lines.is_empty() && self.advance() {}
    }

    /// What was found.
    #[must_use]
    pub fn into_facts(self) -> Facts {
        self.facts
    }

    /// Opens the lines that rest on what is known by now; false when there is nothing left to ask.
    fn advance(&mut self) -> bool {
        match self.phase {
            Phase::Versions => {
                self.phase = Phase::Rest;
                if !self.facts.suites.is_empty() {
                    self.lines = self.rest();
                }
                true
            }
            Phase::Rest => {
                self.phase = Phase::Control;
                let highest = self.facts.suites.last_key_value().map(|(version, _)| *version);
                if let Some(version) = highest.filter(|_| !self.closed.is_empty()) {
                    self.lines = vec![Line {
                        suites: self.facts.suites[&version].clone(),
                        ..Line::new(Subject::Control, version)
                    }];
                }
                true
            }
            Phase::Control => false,
        }
    }

    fn rest(&self) -> Vec<Line> {
        let mut lines = Vec::new();
        let spoken: Vec<u16> = self.facts.suites.keys().rev().copied().collect();
        let lead = self.facts.highest_old();
        for version in spoken.iter().copied().filter(|version| *version == TLS_1_3 || Some(*version) == lead)
        {
            let found = &self.facts.suites[&version];
            if found.len() > 1 {
                let mut suites = Line::new(Subject::StrongestFirst, version).suites;
                suites.retain(|suite| found.contains(suite));
                let strongest =
                    Line { suites: suites.clone(), ..Line::new(Subject::StrongestFirst, version) };
                suites.reverse();
                lines.push(strongest);
                lines.push(Line { suites, ..Line::new(Subject::WeakestFirst, version) });
            }
        }
        if let Some(old) = lead.filter(|lead| *lead != TLS_1_2) {
            lines.extend(details(old));
        }
        if let [_, second, ..] = spoken[..] {
            lines.push(Line {
                suites: self.facts.suites[&second].clone(),
                ..Line::new(Subject::Fallback, second)
            });
        }
        if let Some(old) = lead.filter(|_| self.server_name.is_some()) {
            let suites = &self.facts.suites[&old];
            for subject in [Subject::WithoutName, Subject::ForeignName] {
                lines.push(Line { suites: suites.clone(), ..Line::new(subject, old) });
            }
        }
        lines
    }

    /// What an answer says, and the next question of its line.
    fn follow(&mut self, line: Line, raw: &Raw) -> Option<Line> {
        let bytes = raw.received.as_deref().unwrap_or_default();
        if line.subject == Subject::Ssl2 && matches!(bytes, [0x80..=0xFF, _, 4, _, _, 0, 2, ..]) {
            self.facts.ssl2 = true;
            return None;
        }
        let flight = Flight::read(bytes);
        match Reply::of(raw) {
            // A flight that breaks off, or has no meaning beyond the hello, tells its hello only.
            Reply::Hello(hello) => self.agreed(line, &hello, &flight),
            Reply::Alert(alert) => self.refused(line, Some(alert)),
            // To a peer of today the hello of SSL 2.0 is nonsense, whatever it answers.
            Reply::Closed | Reply::Foreign | Reply::Silent if line.subject == Subject::Ssl2 => None,
            Reply::Closed => {
                self.closed.push((line.about(), line.purpose()));
                self.refused(line, None)
            }
            Reply::Silent | Reply::Unreachable(_) | Reply::Foreign if !line.again => {
                Some(Line { again: true, ..line })
            }
            reply => {
                self.unclear(&line, &reply);
                None
            }
        }
    }

    fn unclear(&mut self, line: &Line, reply: &Reply) {
        if line.subject == Subject::Control {
            let seen = format!("de verbinding werd verbroken, en aan het eind: {}", reply.describe());
            let all = std::mem::take(&mut self.closed);
            self.facts.unclear.extend(all.into_iter().map(|(about, purpose)| (about, purpose, seen.clone())));
        } else {
            self.facts.unclear.push((line.about(), line.purpose(), reply.describe()));
        }
    }

    fn agreed(&mut self, line: Line, hello: &ServerHello, flight: &Flight) -> Option<Line> {
        let other = matches!(line.subject, Subject::WithoutName | Subject::ForeignName);
        if hello.version != line.version && !other {
            // It goes along with less than was asked for: that version has questions of its own.
            return None;
        }
        if !other {
            self.facts.take(hello, flight);
        }
        let next = |line: Line| Line { asked: line.asked + 1, again: false, ..line };
        match line.subject {
            Subject::Suites => {
                note(self.facts.suites.entry(line.version).or_default(), hello.suite);
                without(&line.suites, hello.suite).map(|suites| next(Line { suites, ..line }))
            }
            Subject::Groups => {
                let curve = flight.exchange.as_ref().and_then(|exchange| match exchange.group {
                    Group::Curve(curve) => Some(curve),
                    _ => None,
                });
                let groups = without(&line.groups, hello.group.or(curve)?)?;
                // The anchor of a line is offered last; once it is chosen the rest is not spoken.
                (!line.anchored || groups.last() == line.groups.last()).then(|| next(Line { groups, ..line }))
            }
            Subject::Schemes => {
                let scheme = flight.exchange.as_ref()?.scheme?;
                without(&line.schemes, scheme).map(|schemes| next(Line { schemes, ..line }))
            }
            Subject::StrongestFirst => {
                self.facts.order.entry(line.version).or_default().strongest_first = Some(hello.suite);
                None
            }
            Subject::WeakestFirst => {
                self.facts.order.entry(line.version).or_default().weakest_first = Some(hello.suite);
                None
            }
            Subject::Fallback => {
                self.facts.fallback = Some(FallbackAnswer::Accepted);
                None
            }
            // A resumed or anonymous handshake shows no certificate to compare.
            Subject::WithoutName | Subject::ForeignName if flight.chain.is_empty() => None,
            Subject::WithoutName | Subject::ForeignName => {
                let known = self.facts.chains.iter().any(|chain| chain.first() == flight.chain.first());
                self.named(line.subject, if known { NameAnswer::Same } else { NameAnswer::Other });
                None
            }
            Subject::Ssl2 | Subject::Primes | Subject::Deflate | Subject::Control => None,
        }
    }

    fn refused(&mut self, line: Line, alert: Option<u8>) -> Option<Line> {
        match (line.subject, alert) {
            (Subject::Groups, _) if line.asked > 0 && !line.anchored && line.version < TLS_1_3 => {
                let leaves = self.facts.chains.iter().filter_map(|chain| chain.first());
                let curve = leaves.filter_map(|leaf| curve_of(leaf)).next()?;
                if line.groups.contains(&curve) {
                    return None;
                }
                let groups = [line.groups.as_slice(), &[curve]].concat();
                Some(Line { groups, anchored: true, again: false, asked: line.asked + 1, ..line })
            }
            (Subject::Fallback, Some(alert)) => {
                self.facts.fallback = Some(FallbackAnswer::Refused(alert));
                None
            }
            (Subject::WithoutName | Subject::ForeignName, Some(alert)) => {
                self.named(line.subject, NameAnswer::Refused(alert));
                None
            }
            (Subject::Control, alert) => {
                let reply = alert.map_or(Reply::Closed, Reply::Alert);
                self.unclear(&line, &reply);
                None
            }
            _ => None,
        }
    }

    fn named(&mut self, subject: Subject, answer: NameAnswer) {
        match subject {
            Subject::WithoutName => self.facts.without_name = Some(answer),
            _ => self.facts.foreign_name = Some(answer),
        }
    }
}

/// The lines about more than suites, of a version below TLS 1.3.
fn details(version: u16) -> Vec<Line> {
    let weak_prime = |name: &str| name.contains("EXPORT");
    let mut export = Line::with(Subject::Primes, version, |name| {
        weak_prime(name) && (name.contains("_DHE_") || name.contains("_DH_anon"))
    });
    export.part = 2;
    let mut lines = vec![
        Line::with(Subject::Groups, version, |name| name.contains("_ECDHE_") || name.contains("_ECDH_anon")),
        Line::with(Subject::Primes, version, |name| name.contains("_DHE_") && !weak_prime(name)),
        export,
        Line::new(Subject::Deflate, version),
    ];
    lines[3].suites.truncate(100);
    if version == TLS_1_2 {
        lines.push(Line::with(Subject::Schemes, version, |name| {
            (name.contains("_ECDHE_") || name.contains("_DHE_")) && !weak_prime(name)
        }));
    }
    lines
}

/// The list without the item; none when it was not in it, or nothing is left.
fn without(list: &[u16], item: u16) -> Option<Vec<u16>> {
    let rest: Vec<u16> = list.iter().copied().filter(|one| *one != item).collect();
    (rest.len() < list.len() && !rest.is_empty()).then_some(rest)
}

/// The number of the curve of a certificate's key.
fn curve_of(leaf: &[u8]) -> Option<u16> {
    match Certificate::parse(leaf)?.key {
        Key::Curve(256) => Some(0x0017),
        Key::Curve(384) => Some(0x0018),
        Key::Curve(521) => Some(0x0019),
        _ => None,
    }
}

#[cfg(test)]
mod tests;
