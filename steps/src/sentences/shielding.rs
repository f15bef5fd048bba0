//! What goes along in a nursing handover, and what may not.

use cucumber::then;
use keur_evidence::Step;
use keur_probes::transfer::shielding;

use crate::World;

#[then("staat in het document niets dat is afgeschermd")]
async fn nothing_shielded(w: &mut World) -> Step {
    let marks = w.run.product.patients.shielded.clone();
    if marks.is_empty() {
        return Err(w.recorder.not_declared("[patients.restricted] shielded"));
    }
    let check = shielding::nothing_shielded(w.answer()?, &marks);
    w.recorder.expect(check)
}

#[then("hoort alles in het document bij de Composition")]
async fn nothing_loose(w: &mut World) -> Step {
    let check = shielding::nothing_loose(w.answer()?);
    w.recorder.expect(check)
}
