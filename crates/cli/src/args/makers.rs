//! `keur norms`, `reference`, `killtable`: for those who look after the norms and the tests themselves.

use std::{net::SocketAddr, path::PathBuf};

use clap::{Args, Subcommand};

use super::TableForm;

/// `keur norms`.
#[derive(Debug, Subcommand)]
pub enum Norms {
    /// Lint catalogue, profiles, features and defects together.
    Check {
        /// The checkout to lint; by default the current folder when it is one, else what is embedded.
        #[arg(long, value_name = "DIR")]
        root: Option<PathBuf>,
    },
    /// Requirement × scenarios × defects.
    Coverage {
        /// The checkout to look at; as for check.
        #[arg(long, value_name = "DIR")]
        root: Option<PathBuf>,
        /// Form of the result on stdout.
        #[arg(long, value_enum, default_value_t = TableForm::Table)]
        format: TableForm,
    },
}

/// `keur reference`.
#[derive(Debug, Args)]
pub struct Reference {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:0")]
    pub listen: SocketAddr,
    /// A defect to switch on; repeatable.
    #[arg(long, value_name = "NAME")]
    pub defect: Vec<String>,
    /// Write a product.toml for this product, with its files beside it.
    #[arg(long, value_name = "FILE")]
    pub write_product: Option<PathBuf>,
    /// Serve the FHIR resources of a folder instead of the synthetic patients.
    #[arg(long, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// The variant of the profile to follow.
    #[arg(long, value_name = "V", env = "KEUR_VARIANT")]
    pub variant: Option<String>,
    /// List the defects and what each breaks.
    #[arg(long)]
    pub list_defects: bool,
}

/// `keur killtable`.
#[derive(Debug, Args)]
pub struct Killtable {
    /// The profile.
    #[arg(default_value = "bgz-beschikbaarstellen")]
    pub profile: String,
    /// Only these defects; repeatable.
    #[arg(long, value_name = "NAME")]
    pub defect: Vec<String>,
    /// Runs at once; two per core unless told.
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub jobs: Option<u16>,
    /// Form of the result on stdout.
    #[arg(long, value_enum, default_value_t = TableForm::Table)]
    pub format: TableForm,
}
