//! The handsets: what a simulated user's phone shows, and the page that draws it.

pub(crate) mod face;
pub(crate) mod live;
pub(crate) mod page;
pub(crate) mod render;
pub(crate) mod view;
