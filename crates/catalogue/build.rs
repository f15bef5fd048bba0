//! Rebuilds the embedded content when a file of it comes, goes or changes.

fn main() {
    println!("cargo::rerun-if-changed=../../profiles");
}
