//! Cargo does not see files that are embedded as a folder; name them, so that a changed feature means a new build.

fn main() {
    println!("cargo::rerun-if-changed=../features");
}
