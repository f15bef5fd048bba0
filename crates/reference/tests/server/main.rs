//! The sample product over the wire: a real client, every layer, and a small kill table of the server's own defects.

mod cheats;
mod clean;
mod client;
mod key;
mod kill;
mod net;
mod probes_data;
mod probes_layers;
mod probes_log;
mod probes_tls;
mod probes_token;
mod searches;
