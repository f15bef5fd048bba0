//! Rebuilds the embedded content when a file of it comes, goes or changes.
#![expect(clippy::print_stdout, reason = "cargo reads a build script's stdout")]

fn main() {
    println!("cargo::rerun-if-changed=../../profiles");
}
