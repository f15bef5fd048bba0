//! The sample product over the wire, asked by a client of its own: that each defect shows is proven by `keur killtable`.

mod cheats;
mod clean;
mod client;
mod key;
mod net;
mod searches;
