//! `keur reference`: the conformant sample product as a process of its own.

use keur_reference::{Options, VARIANTS, defects};

use crate::{
    args::{Global, Reference},
    commands::block_on,
    exit::{Exit, Failure},
    output, product,
};

pub fn run(args: &Reference, global: &Global) -> Result<Exit, Failure> {
    if args.list_defects {
        let rows = defects::all().into_iter().map(|defect| {
            let mode = defect.mode.as_str();
            format!("{:<34} {mode:<9} {:<28} {}", defect.name, defect.breaks.join(" "), defect.title)
        });
        output::result(&rows.collect::<Vec<_>>().join("\n"));
        return Ok(Exit::Conform);
    }
    let options = Options {
        listen: args.listen,
        defects: product::defects(&args.defect)?,
        variant: args.variant.clone().unwrap_or_else(|| VARIANTS[0].to_owned()),
        data: args.data.clone(),
        ..Options::default()
    };
    block_on(async {
        let running = keur_reference::start(options).await.map_err(Failure::usage)?;
        if let Some(path) = &args.write_product {
            keur_reference::write_product(&running, path).map_err(|error| {
                Failure::usage(format!("{} kan niet worden geschreven: {error}", path.display()))
            })?;
        }
        if !global.quiet {
            let declared = args.write_product.as_ref().map_or_else(String::new, |path| {
                format!(
                    "\nverklaring: {0}\ntoets met:  keur run bgz-beschikbaarstellen --product {0}",
                    path.display()
                )
            });
            output::result(&format!(
                "referentieproduct luistert op {}{declared}\nstop met ctrl-C",
                running.origin()
            ));
        }
        wait_for_end().await;
        running.shutdown().await;
        Ok(Exit::Conform)
    })
}

/// Until the operator or the service manager ends the process.
async fn wait_for_end() {
    #[cfg(unix)]
    if let Ok(mut terminated) = tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
        tokio::select! {
            _ = terminated.recv() => return,
            _ = tokio::signal::ctrl_c() => return,
        }
    }
    let _ = tokio::signal::ctrl_c().await;
}
