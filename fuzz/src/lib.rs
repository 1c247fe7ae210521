//! What must hold of any notification, however broken.

mod checks;

pub use checks::{notification, value};
