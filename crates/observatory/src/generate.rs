//! A plausible history for demonstrations and benchmarks: real recorded runs of the reference product, told anew of
//! made-up products at other moments, judged, packed and signed with keys that say that it is generated. Every bundle
//! that is not spoilt on purpose verifies in all thirteen steps; the keys' organisation keeps it from counting among
//! real ones.

mod fate;
mod file;
mod people;
mod plan;
mod stamp;
mod template;

pub use self::{
    fate::{Fate, spoil},
    file::{FileError, Writing, Written},
    people::{People, SayError, Signer, policy},
    plan::{Kind, Planned, Sort, Step, plan},
    stamp::{Attempts, Stamp, Told},
    template::{Template, TemplateError},
};
