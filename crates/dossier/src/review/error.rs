//! Why an evaluation, review or decision is refused.

use crate::keys::KeyError;

/// Something that people may not say about this dossier.
#[derive(Debug, thiserror::Error)]
pub enum ReviewError {
    /// Something is wrong in the worksheet.
    #[error("{path}:{line}: {message}")]
    Worksheet {
        /// The file.
        path: String,
        /// Line, 1-based.
        line: usize,
        /// What, and the remedy.
        message: String,
    },
    /// Recommended though the verdict is not conform.
    #[error(
        "de conclusie recommend past niet bij het oordeel {0}\n  help: kies not_recommend of re_run; een oordeel verandert alleen door een nieuwe toets, een verklaring of een ontheffing"
    )]
    NothingToRecommend(&'static str),
    /// Nobody evaluated.
    #[error(
        "er is nog geen evaluatie in deze bundel\n  help: het laboratorium begint: keur review BUNDEL --write WERKBLAD.toml en daarna --evaluate"
    )]
    NoEvaluation,
    /// Nobody looked a second time.
    #[error(
        "niemand heeft de evaluatie nog een tweede keer bekeken\n  help: een tweede beoordelaar doet dat met: keur review BUNDEL --second --agree --remark TEKST --sign SLEUTEL --out NIEUW"
    )]
    NoReview,
    /// The second person does not agree.
    #[error(
        "een tweede beoordelaar is het niet eens met de evaluatie: {0}\n  help: maak een nieuwe evaluatie en laat die opnieuw bekijken; daarna kan er worden beslist"
    )]
    Disagrees(String),
    /// One person in two roles.
    #[error(
        "{one} en {other} moeten verschillende mensen zijn; beide sleutels zijn van {who}\n  help: laat iemand anders tekenen, met een sleutel op eigen naam (keur keys new --name … --organisation …)"
    )]
    SamePerson {
        /// Who signs now.
        one: &'static str,
        /// Who signed before.
        other: &'static str,
        /// The holder.
        who: String,
    },
    /// Only an exam can lead to a certificate.
    #[error(
        "dit is een oefening: daarop rust geen certificaat\n  help: laat een examen doen: keur run PROFIEL --exam"
    )]
    Practice,
    /// The verdict does not allow it.
    #[error(
        "het oordeel is {0}: dan kan er geen certificaat worden verleend, ook niet onder voorwaarden\n  help: beslis refused, of wacht op een nieuwe toets, een verklaring of een ontheffing"
    )]
    NotConform(&'static str),
    /// The laboratory did not recommend it.
    #[error(
        "het laboratorium beveelt verlening niet aan\n  help: beslis refused, of laat een nieuwe evaluatie maken"
    )]
    NotRecommended,
    /// A waiver makes it conditional.
    #[error(
        "het oordeel is conform met {0} ontheffing(en): verleen dan onder voorwaarden\n  help: kies --decide conditional met --condition; een ontheffing is tijdelijk, en een certificaat zonder voorwaarden zou dat verzwijgen"
    )]
    Waived(usize),
    /// It would outlive a waiver.
    #[error(
        "de ontheffing voor {requirement} vervalt op {expires}, eerder dan het certificaat\n  help: kies een --valid-until die niet later is"
    )]
    OutlivesWaiver {
        /// The requirement.
        requirement: String,
        /// Its last day.
        expires: String,
    },
    /// Conditional on what?
    #[error(
        "voorwaardelijk verlenen vraagt ten minste één voorwaarde\n  help: noem haar met --condition TEKST"
    )]
    NoCondition,
    /// Conditions or a number that go nowhere.
    #[error("--{option} past niet bij {outcome}\n  help: {help}")]
    Pointless {
        /// The option.
        option: &'static str,
        /// The decision.
        outcome: &'static str,
        /// What to do.
        help: &'static str,
    },
    /// It ends before it begins.
    #[error("--valid-until ligt in het verleden\n  help: noem de laatste dag waarop het certificaat geldt")]
    Past,
    /// Nothing was granted that could be taken back.
    #[error(
        "er is geen certificaat verleend om te schorsen of in te trekken\n  help: geef de bundel met het besluit tot verlening"
    )]
    NothingGranted,
    /// The statement could not be signed.
    #[error(transparent)]
    Key(#[from] KeyError),
}
