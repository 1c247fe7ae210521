//! `wharf store copy`: fills an empty database with all that another one holds, and proves it.
//!
//! Tables are read in the order of their keys, a page at a time, and each page is written together
//! with the mark of how far it reaches, so that a copy that was cut off goes on where it stopped.
//! What is copied is read again at the end and compared. Until then nobody may serve from it.

mod error;
mod mark;
mod page;
mod raw;
mod schema;
mod source;
mod target;
mod verify;

use std::path::PathBuf;

pub use error::CopyError;
pub(super) use mark::refuse_half;
pub use verify::Hash;

use super::Place;
use source::Source;
use target::Target;

/// From where to where.
#[derive(Debug, Clone)]
pub struct Order {
    /// The database that is read; no gateway may use it meanwhile.
    pub from: Place,
    /// The folder of the inbox journal, which belongs to a source that is a file.
    pub journal: PathBuf,
    /// The database that is filled.
    pub to: Place,
    /// Empty a half copy and begin anew.
    pub restart: bool,
}

/// What is being done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Rows are written.
    Copy,
    /// Rows of both sides are read and compared.
    Verify,
}

/// How far it has come.
#[derive(Debug, Clone, Copy)]
pub struct Progress<'a> {
    /// What is being done.
    pub step: Step,
    /// With which table.
    pub table: &'a str,
    /// Rows of the table that are done.
    pub rows: u64,
    /// Whether those are all of the table.
    pub is_whole: bool,
    /// Rows of all tables that are done.
    pub done: u64,
    /// Rows of all tables.
    pub total: u64,
    /// Rows that this run has done in this step.
    pub fresh: u64,
}

/// What was copied.
#[derive(Debug, Clone)]
pub struct Report {
    /// Each table, in order.
    pub tables: Vec<Copied>,
    /// Stretches of the source's journal that do not read as notifications.
    pub damaged: u64,
    /// Notifications that were applied long ago and are kept only with the source, because a file
    /// as the target has its inbox elsewhere.
    pub left_behind: u64,
}

/// One table that is the same on both sides.
#[derive(Debug, Clone)]
pub struct Copied {
    /// Its name.
    pub table: String,
    /// How many rows it has.
    pub rows: u64,
    /// Of all its rows, in whatever order they come.
    pub hash: Hash,
}

/// Copies, or goes on with a copy that was cut off, and compares. Blocks, off a runtime's workers.
pub fn run(order: &Order, tell: &mut dyn FnMut(Progress<'_>)) -> Result<Report, CopyError> {
    let tables = schema::tables().map_err(CopyError::Source)?;
    let name = source::name(&order.from);
    if name == source::name(&order.to) {
        return Err(CopyError::Same);
    }
    let source = Source::open(&order.from, &order.journal, &order.to)?;
    let mut target = Target::open(&order.to, &tables, &name, order.restart)?;
    let counts = tables.iter().map(|table| source.count(table));
    let counts = counts.collect::<Result<Vec<u64>, _>>()?;
    let mut teller = Teller {
        tell,
        done: 0,
        fresh: 0,
        total: counts.iter().sum(),
    };
    if !target.is_done() {
        for table in &tables {
            target.fill(table, &source, &mut teller)?;
        }
    }
    (teller.done, teller.fresh) = (0, 0);
    let mut compared = Vec::with_capacity(tables.len());
    let was_done = target.is_done();
    for table in &tables {
        let same = verify::compare(table, &source, target.side(), &mut teller);
        compared.push(same.map_err(|error| match error {
            CopyError::Differs { table, .. } if was_done => CopyError::Changed { table },
            error => error,
        })?);
    }
    source.is_still_alone()?;
    target.finish(&tables)?;
    Ok(Report {
        tables: compared,
        damaged: source.damaged(),
        left_behind: source.left_behind(),
    })
}

/// Adds up what is told.
struct Teller<'a> {
    tell: &'a mut dyn FnMut(Progress<'_>),
    /// Of the tables before this one.
    done: u64,
    fresh: u64,
    total: u64,
}

impl Teller<'_> {
    /// A table was done by an earlier run.
    fn pass(&mut self, rows: u64) {
        self.done += rows;
    }

    /// So many rows of a table are done; if those are all, the next table follows.
    fn tell(&mut self, step: Step, table: &str, rows: u64, is_whole: bool) {
        (self.tell)(Progress {
            step,
            table,
            rows,
            is_whole,
            done: self.done + rows,
            total: self.total,
            fresh: self.fresh,
        });
        if is_whole {
            self.done += rows;
        }
    }
}
