//! The one seam to the outside: recorder, redaction, journal and blobs.
