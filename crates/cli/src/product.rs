//! The product under test: declared in a file, or the embedded reference product.

use std::path::Path;

use keur_catalogue::Product;
use keur_reference::{Options, Running, defects::Defects};
use keur_steps::material::{Folder, Material, read_bounded};

use crate::exit::Failure;

/// A product ready to be tested.
pub struct Target {
    /// The declaration.
    pub product: Product,
    /// The opened declaration.
    pub material: Material,
    /// The embedded reference product, kept running as long as this lives.
    pub embedded: Option<Running>,
}

/// Reads and opens a declaration.
pub fn declared(path: &Path) -> Result<Target, Failure> {
    let name = path.display().to_string();
    let bytes = read_bounded(path).map_err(|error| {
        Failure::usage(format!(
            "{name} kan niet worden gelezen: {error}\n  help: maak er een met: keur init --out {name}"
        ))
    })?;
    let text = String::from_utf8(bytes).map_err(|_| Failure::usage(format!("{name} is geen UTF-8-tekst")))?;
    let product = Product::parse(&name, &text).map_err(Failure::usage)?;
    let folder = Folder(path.parent().unwrap_or(Path::new("")).to_owned());
    let mut material =
        Material::open(&product, &folder).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
    material.product_log = product.product_log.as_ref().map(|log| folder.0.join(log));
    Ok(Target { product, material, embedded: None })
}

/// Starts the embedded reference product on a free loopback port.
pub async fn embedded(variant: &str, defects: &[String]) -> Result<Target, Failure> {
    let defects = self::defects(defects)?;
    let known = keur_reference::VARIANTS.iter().chain(&keur_reference::SANDBOXES).any(|one| *one == variant);
    let variant = if known { variant } else { keur_reference::VARIANTS[0] };
    let options = Options { defects, variant: variant.to_owned(), ..Options::default() };
    let running = keur_reference::start(options).await.map_err(Failure::harness)?;
    let product = Product::parse("product.toml", running.product_toml()).map_err(Failure::harness)?;
    let material = Material::open(&product, running.files()).map_err(Failure::harness)?;
    Ok(Target { product, material, embedded: Some(running) })
}

/// The named defects.
pub fn defects(names: &[String]) -> Result<Defects, Failure> {
    Defects::new(names.iter().cloned()).map_err(|unknown| {
        let all = keur_reference::defects::all();
        let near = keur_catalogue::suggest(&unknown.0, all.iter().map(|defect| defect.name.as_str()));
        let meant = near.map(|near| format!("\n  bedoelde u `{near}`?")).unwrap_or_default();
        let help = "\n  help: keur reference --list-defects toont ze alle";
        Failure::usage(format!("onbekend defect `{}`{meant}{help}", unknown.0))
    })
}
