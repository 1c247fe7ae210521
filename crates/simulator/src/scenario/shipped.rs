//! The scenarios that come with Wharf, kept in `scenarios/` of the repository.

/// A shipped scenario.
#[derive(Clone, Copy, Debug)]
pub struct Shipped {
    /// Its id.
    pub id: &'static str,
    /// Its file's text.
    pub text: &'static str,
}

impl Shipped {
    /// The path that reports name.
    pub fn path(&self) -> String {
        format!("scenarios/{}.yaml", self.id)
    }
}

/// What `wharf scenario new` begins a file with.
pub const STARTER: &str = include_str!("starter.yaml");

macro_rules! shipped {
    ($($id:literal),* $(,)?) => {
        &[$(Shipped {
            id: $id,
            text: include_str!(concat!("../../../../scenarios/", $id, ".yaml")),
        }),*]
    };
}

/// The shipped scenarios, by id.
#[rustfmt::skip]
pub const fn shipped() -> &'static [Shipped] {
    shipped!["greeting"]
}
