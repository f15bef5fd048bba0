//! The peers Keur plays towards a product.
