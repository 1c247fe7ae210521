//! Leases: which node does what, until when. A change of holder counts `token` up, for good.

use super::{Locked, Row, StoreError, Tx};
use crate::clock::Millis;

/// What the name of a node's own row begins with.
pub(crate) const NODE: &str = "node/";

/// A lease as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Lease {
    pub(crate) name: String,
    /// A node's id; empty while nobody has it.
    pub(crate) holder: String,
    pub(crate) token: i64,
    pub(crate) expires_at: Millis,
    /// Of a node's own row: what the node is, as JSON.
    pub(crate) about: Option<String>,
}

/// What somebody must still hold for a change to count.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Fence {
    pub(crate) name: String,
    pub(crate) holder: String,
    pub(crate) token: i64,
}

/// Every lease, and every node, in the order of names.
pub(crate) fn all(tx: &Tx<'_>) -> Result<Vec<Lease>, StoreError> {
    tx.all(
        "SELECT name, holder, token, expires_at, about FROM leases ORDER BY name",
        &[],
        lease,
    )
}

/// Tells that a node lives.
pub(crate) fn join(
    tx: &Tx<'_>,
    node: &str,
    about: &str,
    expires_at: Millis,
) -> Result<(), StoreError> {
    tx.execute(
        "INSERT INTO leases (name, holder, token, expires_at, about) VALUES ($1, $2, 1, $3, $4) \
         ON CONFLICT (name) DO UPDATE SET expires_at = excluded.expires_at",
        &[
            format!("{NODE}{node}").as_str().into(),
            node.into(),
            expires_at.into(),
            about.into(),
        ],
    )?;
    Ok(())
}

/// A node is gone for good.
pub(crate) fn leave(tx: &Tx<'_>, node: &str) -> Result<(), StoreError> {
    let name = format!("{NODE}{node}");
    tx.execute("DELETE FROM leases WHERE name = $1", &[(&name).into()])?;
    Ok(())
}

/// Forgets nodes that were last heard of before `cutoff`.
pub(crate) fn forget_nodes(tx: &Tx<'_>, cutoff: Millis) -> Result<(), StoreError> {
    tx.execute(
        "DELETE FROM leases WHERE name LIKE 'node/%' AND expires_at < $1",
        &[cutoff.into()],
    )?;
    Ok(())
}

/// Renews all that a node still has: names and tokens. What is missing is another's now.
pub(crate) fn renew(
    tx: &Tx<'_>,
    node: &str,
    expires_at: Millis,
) -> Result<Vec<(String, i64)>, StoreError> {
    tx.all(
        "UPDATE leases SET expires_at = $1 WHERE holder = $2 AND about IS NULL \
         RETURNING name, token",
        &[expires_at.into(), node.into()],
        |row| Ok((row.text(0)?, row.int(1)?)),
    )
}

/// Takes a lease that nobody has any more, as it was `seen`; the new token, or nothing if somebody
/// was faster.
pub(crate) fn take(
    tx: &Tx<'_>,
    name: &str,
    seen: Option<i64>,
    node: &str,
    now: Millis,
    expires_at: Millis,
) -> Result<Option<i64>, StoreError> {
    tx.lock(Locked::Lease(name))?;
    let Some(seen) = seen else {
        let made = tx.execute(
            "INSERT INTO leases (name, holder, token, expires_at) VALUES ($1, $2, 1, $3) \
             ON CONFLICT (name) DO NOTHING",
            &[name.into(), node.into(), expires_at.into()],
        )?;
        return Ok((made == 1).then_some(1));
    };
    tx.first(
        "UPDATE leases SET holder = $1, token = token + 1, expires_at = $2 \
         WHERE name = $3 AND token = $4 AND (holder = '' OR expires_at <= $5) RETURNING token",
        &[
            node.into(),
            expires_at.into(),
            name.into(),
            seen.into(),
            now.into(),
        ],
        |row| row.int(0),
    )
}

/// Lets go of a lease, so that the next one need not wait for its end.
pub(crate) fn give_back(tx: &Tx<'_>, fence: &Fence) -> Result<(), StoreError> {
    tx.execute(
        "UPDATE leases SET holder = '', expires_at = 0 \
         WHERE name = $1 AND holder = $2 AND token = $3",
        &[
            (&fence.name).into(),
            (&fence.holder).into(),
            fence.token.into(),
        ],
    )?;
    Ok(())
}

/// Whether nobody has taken the lease since. It stays so to the end of this transaction.
pub(crate) fn holds(tx: &Tx<'_>, fence: &Fence) -> Result<bool, StoreError> {
    tx.lock(Locked::Lease(&fence.name))?;
    let found = tx.first(
        "SELECT 1 FROM leases WHERE name = $1 AND holder = $2 AND token = $3",
        &[
            (&fence.name).into(),
            (&fence.holder).into(),
            fence.token.into(),
        ],
        |_| Ok(()),
    )?;
    Ok(found.is_some())
}

fn lease(row: &Row<'_>) -> Result<Lease, StoreError> {
    Ok(Lease {
        name: row.text(0)?,
        holder: row.text(1)?,
        token: row.int(2)?,
        expires_at: row.int(3)?,
        about: row.maybe_text(4)?,
    })
}
