//! The peers Keur plays towards a product. Now: the publisher of the key sets of the asking parties.

pub mod keys;
