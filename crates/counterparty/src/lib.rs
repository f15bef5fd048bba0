//! The peers Keur plays towards a product. Now: the publisher of the key sets of the asking parties, with
//! traps beside them.

pub mod keys;
pub mod trap;
