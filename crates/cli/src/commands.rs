//! The commands, one file each.

pub(crate) mod access_doc;
pub(crate) mod channels;
pub(crate) mod completions;
pub(crate) mod config;
pub(crate) mod dead_letters;
pub(crate) mod demo;
pub(crate) mod doctor;
pub(crate) mod endpoints;
pub(crate) mod events;
pub(crate) mod events_doc;
pub(crate) mod health;
pub(crate) mod keys;
pub(crate) mod listen;
pub(crate) mod messages;
pub(crate) mod migrate;
pub(crate) mod openapi;
pub(crate) mod scenario;
pub(crate) mod send;
pub(crate) mod serve;
pub(crate) mod simulate;
pub(crate) mod store;
pub(crate) mod suppressions;
pub(crate) mod templates;
pub(crate) mod trigger;

/// Which part of a list is wanted.
#[derive(Debug, clap::Args)]
pub(crate) struct Paging {
    /// At most this many, up to 500
    #[arg(long, value_name = "N")]
    limit: Option<u32>,
    /// Where the list before this one ended
    #[arg(long)]
    cursor: Option<String>,
}

impl Paging {
    /// The query of a list: what is given of the filters, and the paging.
    fn query<const N: usize>(
        self,
        filters: [(&'static str, Option<String>); N],
    ) -> Vec<(&'static str, String)> {
        let limit = self.limit.map(|limit| limit.to_string());
        let all = filters
            .into_iter()
            .chain([("limit", limit), ("cursor", self.cursor)]);
        all.filter_map(|(name, value)| Some((name, value?)))
            .collect()
    }
}
