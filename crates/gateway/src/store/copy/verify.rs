//! Proof that both sides hold the same rows: counts, and hashes that do not depend on an order.
//!
//! The two databases sort texts differently, so that the hashes of a table's rows are added up.

use sha2::{Digest, Sha256};

use super::schema::{Table, Values};
use super::source::{Source, failed};
use super::{Copied, CopyError, Step, Teller, page};
use crate::store::side::Side;
use crate::store::sql::Owned;

/// The sum, modulo 2^256, of the SHA-256 of each row of a table.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Hash([u64; 4]);

impl std::fmt::Display for Hash {
    /// The first twelve digits, which are enough for people.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [.., high] = self.0;
        write!(f, "{:012x}", high >> 16)
    }
}

impl Hash {
    pub(super) fn of_bytes(bytes: &[u8]) -> Self {
        let digest: [u8; 32] = Sha256::digest(bytes).into();
        let mut words = [0; 4];
        // The last word of the sum is the first of the digest, as it is usually written.
        for (word, bytes) in words.iter_mut().rev().zip(digest.as_chunks::<8>().0) {
            *word = u64::from_be_bytes(*bytes);
        }
        Self(words)
    }

    fn of_row(row: &[Owned]) -> Self {
        let mut text = Vec::new();
        for cell in row {
            let (kind, bytes) = match cell {
                Owned::Null => (b'n', &[][..]),
                Owned::Int(number) => (b'i', &number.to_be_bytes()[..]),
                Owned::Text(text) => (b't', text.as_bytes()),
                Owned::Bytes(bytes) => (b'b', bytes.as_slice()),
            };
            text.push(kind);
            text.extend((bytes.len() as u64).to_be_bytes());
            text.extend(bytes);
        }
        Self::of_bytes(&text)
    }

    fn add(&mut self, other: Self) {
        let mut carry = false;
        for (word, other) in self.0.iter_mut().zip(other.0) {
            let (sum, first) = word.overflowing_add(other);
            let (sum, second) = sum.overflowing_add(u64::from(carry));
            (*word, carry) = (sum, first || second);
        }
    }
}

/// What a table adds up to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Sum {
    rows: u64,
    hash: Hash,
}

/// Reads both sides at the same time, and fails unless they are the same.
pub(super) fn compare(
    table: &Table,
    source: &Source,
    target: &mut Side,
    teller: &mut Teller<'_>,
) -> Result<Copied, CopyError> {
    let (ours, theirs) = std::thread::scope(|scope| {
        let there = &mut *target;
        let there = scope.spawn(move || sum(table, |after| read(there, table, after), |_| ()));
        let tell = |rows| {
            teller.fresh = teller.done + rows;
            teller.tell(Step::Verify, &table.name, rows, false);
        };
        let ours = sum(table, |after| source.read(table, after), tell);
        (ours, there.join())
    });
    let theirs = theirs.unwrap_or(Err(CopyError::Target(crate::store::StoreError::Panicked)))?;
    let ours = ours?;
    if ours != theirs {
        return Err(CopyError::Differs {
            table: table.name.clone(),
            key: first_difference(table, source, target)?,
        });
    }
    teller.tell(Step::Verify, &table.name, ours.rows, true);
    Ok(Copied {
        table: table.name.clone(),
        rows: ours.rows,
        hash: ours.hash,
    })
}

fn read(side: &Side, table: &Table, after: Option<&[Owned]>) -> Result<Vec<Values>, CopyError> {
    page::read(side, table, after).map_err(failed(table, after))
}

fn sum(
    table: &Table,
    read: impl FnMut(Option<&[Owned]>) -> Result<Vec<Values>, CopyError>,
    mut tell: impl FnMut(u64),
) -> Result<Sum, CopyError> {
    let mut sum = Sum::default();
    each_page(table, read, |rows| {
        for row in rows {
            sum.rows += 1;
            sum.hash.add(Hash::of_row(row));
        }
        tell(sum.rows);
        Ok(None::<()>)
    })?;
    Ok(sum)
}

/// Goes through a table until `look` has found something.
fn each_page<T>(
    table: &Table,
    mut read: impl FnMut(Option<&[Owned]>) -> Result<Vec<Values>, CopyError>,
    mut look: impl FnMut(&[Values]) -> Result<Option<T>, CopyError>,
) -> Result<Option<T>, CopyError> {
    let mut after = None;
    loop {
        let rows = read(after.as_deref())?;
        let Some(last) = rows.last() else {
            return Ok(None);
        };
        if let Some(found) = look(&rows)? {
            return Ok(Some(found));
        }
        after = Some(table.key_of(last));
    }
}

/// Row by row, which is slow and happens only when something is wrong.
fn first_difference(table: &Table, source: &Source, target: &Side) -> Result<String, CopyError> {
    let missing_or_other = each_page(
        table,
        |after| source.read(table, after),
        |rows| {
            for row in rows {
                let key = table.key_of(row);
                let there = page::get(target, table, &key).map_err(failed(table, Some(&key)))?;
                if there.as_ref() != Some(row) {
                    return Ok(Some(key));
                }
            }
            Ok(None)
        },
    )?;
    if let Some(key) = missing_or_other {
        return Ok(table.show(&key));
    }
    let additional = each_page(
        table,
        |after| read(target, table, after),
        |rows| {
            for row in rows {
                let key = table.key_of(row);
                if source.get(table, &key)?.is_none() {
                    return Ok(Some(key));
                }
            }
            Ok(None)
        },
    )?;
    Ok(additional.map_or_else(
        || "(none: it changed while it was compared)".to_owned(),
        |key| table.show(&key),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sum_carries_and_does_not_depend_on_the_order() {
        let mut sum = Hash([u64::MAX, u64::MAX, 0, u64::MAX]);
        sum.add(Hash([1, 0, 0, 1]));
        assert_eq!(sum, Hash([0, 0, 1, 0]));
        let rows = ["a", "b", "c"].map(|text| Hash::of_row(&[Owned::Text(text.to_owned())]));
        let add = |rows: &mut dyn Iterator<Item = Hash>| {
            let mut sum = Hash::default();
            rows.for_each(|row| sum.add(row));
            sum
        };
        assert_eq!(add(&mut rows.into_iter()), add(&mut rows.into_iter().rev()));
    }

    #[test]
    fn cells_do_not_run_into_each_other() {
        let text = |text: &str| Owned::Text(text.to_owned());
        let different = [
            vec![text("ab"), text("c")],
            vec![text("a"), text("bc")],
            vec![text("ab"), Owned::Bytes(b"c".to_vec())],
            vec![text("ab"), Owned::Null],
            vec![text("ab"), text("")],
        ];
        for (n, one) in different.iter().enumerate() {
            for other in different.iter().skip(n + 1) {
                assert_ne!(Hash::of_row(one), Hash::of_row(other));
            }
        }
    }

    #[test]
    fn a_hash_is_shown_as_sha256_usually_is() {
        assert_eq!(Hash::of_bytes(b"abc").to_string(), "ba7816bf8f01");
    }
}
