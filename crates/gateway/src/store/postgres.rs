//! The PostgreSQL back end: transactions on threads of their own, each with a connection.
//!
//! A thread drives its own connection, so that no statement crosses to another thread and back. A
//! change runs in a transaction of its own; PostgreSQL itself lets commits share a sync.

mod connect;
mod session;
mod signals;

use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::sync::oneshot;

pub use connect::Address;
pub(crate) use session::Session;
pub(super) use signals::Told;
use signals::{Listener, Teller};

use super::sql::{Changed, caught};
use super::{Signals, StoreError, Tx, copy, events, migrations};

/// How long a thread waits after a connection could not be made, so that a server that is gone is
/// not stormed. What comes meanwhile is refused.
const RECONNECT: Duration = Duration::from_millis(200);

/// What is done with a connection, or without one.
type Job = Box<dyn FnOnce(Result<&Session, StoreError>) + Send>;

/// The connections of one process.
#[derive(Debug, Clone)]
pub(super) struct Postgres {
    writers: Arc<Crew>,
    readers: Arc<Crew>,
    signals: Signals,
    teller: Teller,
    _listener: Arc<Listener>,
}

/// Threads that share a queue.
#[derive(Debug)]
struct Crew {
    jobs: Mutex<Option<Sender<Job>>>,
    threads: Mutex<Vec<JoinHandle<()>>>,
}

impl Postgres {
    /// Connects, brings the database up to date, and starts the threads. Blocks.
    pub(super) fn open(address: &Address, connections: usize) -> Result<Self, StoreError> {
        let migrating = address.clone();
        // Not on this thread: it may belong to a runtime, which must not drive another one.
        let migrated = std::thread::spawn(move || {
            let session = Session::open(&migrating)?;
            migrations::run_postgres(&session, &mut |name, _| {
                tracing::info!(name, "migrated the database");
            })?;
            begin(&session, Mode::Read);
            copy::refuse_half(&Tx::postgres(&session))?;
            let last = events::last_seq(&Tx::postgres(&session));
            session.command("COMMIT")?;
            last
        });
        let last_seq = migrated.join().map_err(|_| StoreError::Panicked)??;
        let readers = (connections / 3).max(2);
        let writers = connections.saturating_sub(readers).max(2);
        let signals = Signals::new(last_seq);
        let (teller, listener) = signals::start(address, &signals)?;
        Ok(Self {
            writers: Arc::new(Crew::start("store-write", writers, address)?),
            readers: Arc::new(Crew::start("store-read", readers, address)?),
            signals,
            teller,
            _listener: listener,
        })
    }

    /// Tells the other nodes what this one did beside its transactions.
    pub(super) fn tell(&self, told: Told) {
        self.teller.tell(told);
    }

    pub(super) fn signals(&self) -> &Signals {
        &self.signals
    }

    /// Queues a change; the receiver is answered after its commit.
    pub(super) fn submit<T: Send + 'static>(
        &self,
        change: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<oneshot::Receiver<Result<T, StoreError>>, StoreError> {
        let (answer, receiver) = oneshot::channel();
        let (signals, teller) = (self.signals.clone(), self.teller.clone());
        self.writers.submit(Box::new(move |session| {
            let done = session.and_then(|session| write(session, change));
            let changed = may_have_changed(&done);
            signals.changed_here(changed);
            if changed != Changed::default() {
                teller.tell(Told::Changed(changed));
            }
            let _ = answer.send(done.map(|(result, _)| result));
        }))?;
        Ok(receiver)
    }

    /// Runs `look` on a snapshot.
    pub(super) async fn read<T: Send + 'static>(
        &self,
        look: impl FnOnce(&Tx<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, StoreError> {
        let (answer, receiver) = oneshot::channel();
        self.readers.submit(Box::new(move |session| {
            let _ = answer.send(session.and_then(|session| read(session, look)));
        }))?;
        receiver.await.unwrap_or(Err(StoreError::Closed))
    }

    /// Finishes what is queued.
    pub(super) async fn close(&self) {
        let crews = [Arc::clone(&self.writers), Arc::clone(&self.readers)];
        let closed = tokio::task::spawn_blocking(move || crews.each_ref().map(|crew| crew.close()));
        let _ = closed.await;
    }
}

/// What a transaction is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    Write,
    Read,
}

fn begin(session: &Session, mode: Mode) {
    session.soon(match mode {
        Mode::Write => "BEGIN",
        Mode::Read => "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY",
    });
}

fn write<T>(
    session: &Session,
    change: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
) -> Result<(T, Changed), StoreError> {
    begin(session, Mode::Write);
    let tx = Tx::postgres(session);
    // The events come last of all: whoever numbers them holds up everybody else who does.
    let changed = caught(|| change(&tx)).and_then(|result| {
        events::flush(&tx)?;
        Ok(result)
    });
    match changed {
        Ok(result) => {
            session.commit()?;
            Ok((result, tx.changed()))
        }
        Err(error) => {
            session.roll_back();
            Err(error)
        }
    }
}

/// What others are to look at after a write. New events and queues are looked at often anyway.
fn may_have_changed<T>(done: &Result<(T, Changed), StoreError>) -> Changed {
    match done {
        Ok((_, changed)) => *changed,
        Err(StoreError::Uncertain) => Changed {
            deliveries: true,
            channels: true,
            ..Changed::default()
        },
        Err(_) => Changed::default(),
    }
}

fn read<T>(
    session: &Session,
    look: impl FnOnce(&Tx<'_>) -> Result<T, StoreError>,
) -> Result<T, StoreError> {
    begin(session, Mode::Read);
    let result = caught(|| look(&Tx::postgres(session)));
    session.roll_back();
    result
}

impl Crew {
    fn start(name: &str, size: usize, address: &Address) -> Result<Self, StoreError> {
        let (jobs, queue) = channel();
        let queue = Arc::new(Mutex::new(queue));
        let mut threads = Vec::with_capacity(size);
        for number in 0..size {
            let (queue, address) = (Arc::clone(&queue), address.clone());
            let thread = std::thread::Builder::new()
                .name(format!("{name}-{number}"))
                .spawn(move || work(&queue, &address));
            threads.push(thread.map_err(|_| StoreError::Closed)?);
        }
        Ok(Self {
            jobs: Mutex::new(Some(jobs)),
            threads: Mutex::new(threads),
        })
    }

    fn submit(&self, job: Job) -> Result<(), StoreError> {
        let jobs = self.jobs.lock().unwrap_or_else(PoisonError::into_inner);
        let jobs = jobs.as_ref().ok_or(StoreError::Closed)?;
        jobs.send(job).map_err(|_| StoreError::Closed)
    }

    fn close(&self) {
        drop(
            self.jobs
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .take(),
        );
        let mut threads = self.threads.lock().unwrap_or_else(PoisonError::into_inner);
        for thread in threads.drain(..) {
            let _ = thread.join();
        }
    }
}

/// Does jobs until the queue is closed and empty.
fn work(queue: &Mutex<Receiver<Job>>, address: &Address) {
    let mut session: Option<Session> = None;
    loop {
        let job = queue.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = job else { return };
        if session.as_ref().is_none_or(|session| !session.is_alive()) {
            session = None;
            match Session::open(address) {
                Ok(opened) => session = Some(opened),
                Err(error) => {
                    job(Err(error));
                    std::thread::sleep(RECONNECT);
                    continue;
                }
            }
        }
        if let Some(session) = &session {
            job(Ok(session));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_write_that_may_have_been_committed_has_everybody_look() {
        let changed = may_have_changed::<()>(&Err(StoreError::Uncertain));
        assert!(changed.deliveries && changed.channels);
        let undone = may_have_changed::<()>(&Err(StoreError::Away(None)));
        assert_eq!(undone, Changed::default());
    }
}
