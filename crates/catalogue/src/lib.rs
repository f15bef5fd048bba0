//! Requirements, profiles, selection and the vendor's declaration; no I/O.
