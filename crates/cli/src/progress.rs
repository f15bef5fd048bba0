//! Progress on stderr: a bar on a terminal, nothing when quiet.

use std::{
    collections::BTreeSet,
    io::IsTerminal,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use keur_evidence::event::PlannedCase;
use keur_steps::engine::{Progress, Voice};

use crate::output;

/// "6 van 30" and the requirements being tested.
pub struct Bar {
    bar: ProgressBar,
    running: Arc<Mutex<BTreeSet<String>>>,
}

impl Bar {
    /// A bar for so many cases; hidden when quiet, not on a terminal, or in CI.
    pub fn new(total: usize, quiet: bool) -> Self {
        let bar = files(quiet);
        bar.set_length(total as u64);
        Self { bar, running: Arc::default() }
    }

    fn change(&self, change: impl FnOnce(&mut BTreeSet<String>)) {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        change(&mut running);
        self.bar.set_message(running.iter().cloned().collect::<Vec<_>>().join(" "));
    }
}

/// A bar without a length yet; hidden when quiet, not on a terminal, or in CI.
pub fn files(quiet: bool) -> ProgressBar {
    let shown = !quiet && std::io::stderr().is_terminal() && std::env::var_os("CI").is_none();
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(None, target);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos} van {len}  {wide_msg}") {
        bar.set_style(style);
    }
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

impl Progress for Bar {
    fn voice(&self) -> Voice {
        let (bar, running) = (self.bar.clone(), Arc::clone(&self.running));
        Arc::new(move |text| {
            // A person is asked one thing at a time, so one requirement is under way.
            let running = running.lock().unwrap_or_else(PoisonError::into_inner);
            let ids = running.iter().cloned().collect::<Vec<_>>().join(" ");
            let (at, all) = (bar.position() + 1, bar.length().unwrap_or_default());
            bar.suspend(|| output::error(&format!("[{at} van {all} · {ids}] {text}")));
        })
    }

    fn started(&self, case: &PlannedCase) {
        self.change(|running| {
            running.insert(case.requirement.clone());
        });
    }

    fn finished(&self, case: &PlannedCase, _clean: bool) {
        self.bar.inc(1);
        self.change(|running| {
            running.remove(&case.requirement);
        });
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.bar.finish_and_clear();
    }
}
