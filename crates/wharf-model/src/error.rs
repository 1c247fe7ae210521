//! Errors of the Graph API: the body, the code, and what a sender does about it.

mod advice;
mod body;
mod class;
mod code;

pub use body::GraphErrorBody;
pub use class::ErrorClass;
pub use code::ErrorCode;
