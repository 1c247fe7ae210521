//! Why a copy was not made or not finished.

use std::path::PathBuf;

use crate::journal::JournalError;
use crate::store::StoreError;

/// Why a copy was not made or not finished. None holds a password or what a row says.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum CopyError {
    /// The source, as it is opened or looked at.
    #[error("the source cannot be read")]
    Source(#[source] StoreError),
    /// The target, as it is opened or looked at.
    #[error("the target cannot be used")]
    Target(#[source] StoreError),
    /// The inbox journal beside the source.
    #[error("the inbox journal of the source cannot be read")]
    Journal(#[from] JournalError),
    /// There is no such file.
    #[error("there is no database {path}")]
    NoDatabase {
        /// The source.
        path: PathBuf,
    },
    /// Without it notifications that nobody has applied yet would be lost.
    #[error(
        "there is no inbox journal {path}; say with --from-data which data_dir the gateway of the source has"
    )]
    NoJournal {
        /// Where it was looked for.
        path: PathBuf,
    },
    /// The folder belongs to another gateway.
    #[error(
        "the inbox journal {path} ends before what the source has read of it; say with --from-data which data_dir the gateway of the source has"
    )]
    OtherJournal {
        /// The folder.
        path: PathBuf,
    },
    /// Both ends are one database.
    #[error("the source and the target are the same database")]
    Same,
    /// Its tables are not those of this version.
    #[error(
        "the source is not of this version; run `wharf migrate` on it first, or copy with the wharf that migrated it"
    )]
    OtherVersion,
    /// A gateway works on one of the two.
    #[error("a gateway runs on the {side}; stop it, or wait until its lease is over")]
    Served {
        /// `source` or `target`
        side: &'static str,
    },
    /// A copy is a source only once it is whole.
    #[error("the source is a half copy itself")]
    HalfSource,
    /// Something is in the target already.
    #[error("the target is not empty: table {table} has rows; name an empty database")]
    NotEmpty {
        /// The first such table.
        table: String,
    },
    /// A half copy of something else.
    #[error(
        "the target is a half copy of {source_name}; finish that, or begin anew with --restart"
    )]
    OtherSource {
        /// From where it was copied.
        source_name: String,
    },
    /// An earlier run has come to the end, and somebody has used one of the two since.
    #[error(
        "the copy is whole already, and the source or the target has been used since: table {table} differs"
    )]
    Changed {
        /// The first table that is not the same any more.
        table: String,
    },
    /// `--restart` is for half copies.
    #[error("the target is a whole copy, which --restart does not empty")]
    Whole,
    /// A file has its inbox in a journal, which is not written here.
    #[error(
        "the source has {count} notifications that are not applied yet; start its gateway until they are, and stop it again"
    )]
    Unread {
        /// How many.
        count: u64,
    },
    /// A page of a table could not be read or written.
    #[error("table {table} cannot be copied after key {after}")]
    Table {
        /// Its name.
        table: String,
        /// The last key that could be.
        after: String,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// What is in the target is not what is in the source.
    #[error(
        "table {table} differs, first at key {key}; if the source has changed, begin anew with --restart"
    )]
    Differs {
        /// Its name.
        table: String,
        /// The first key, in the order of the source, whose row is not the same.
        key: String,
    },
}
