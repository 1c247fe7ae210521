//! A TCP proxy that cuts what runs through it, or keeps it.

use std::io::{self, Read as _, Write as _};
use std::net::{Ipv4Addr, Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Between a client and a server: passes bytes on, until it is told to cut.
///
/// Cutting closes each connection in the middle of whatever it carries. After [`Proxy::close`] new
/// connections end at once, as when the network is gone.
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    /// Tried in turn, beginning with the next one for each connection.
    targets: Vec<SocketAddr>,
    next: AtomicUsize,
    closed: AtomicBool,
    ended: AtomicBool,
    open: Mutex<Vec<TcpStream>>,
    /// Lines that clients sent and that begin so are kept.
    watched: Option<&'static str>,
    seen: Mutex<Vec<(Instant, String)>>,
    /// Both directions of each connection, for a proxy that records.
    records: bool,
    recorded: Mutex<Vec<Record>>,
}

/// All that one connection carried.
#[derive(Debug, Clone, Default)]
pub struct Record {
    /// From the client to the server.
    pub asked: Vec<u8>,
    /// From the server to the client.
    pub answered: Vec<u8>,
}

impl Proxy {
    /// A proxy on a free port of loopback.
    pub fn start(target: SocketAddr) -> io::Result<Self> {
        Self::run(vec![target], None, false)
    }

    /// As [`Proxy::start`]; keeps all that it carries.
    pub fn recording(target: SocketAddr) -> io::Result<Self> {
        Self::run(vec![target], None, true)
    }

    /// As [`Proxy::start`]; keeps the lines of clients that begin with `watched`.
    pub fn watching(target: SocketAddr, watched: &'static str) -> io::Result<Self> {
        Self::run(vec![target], Some(watched), false)
    }

    /// Spreads connections over servers, as a load balancer does; passes over those that are down.
    pub fn balancing(targets: Vec<SocketAddr>) -> io::Result<Self> {
        Self::run(targets, None, false)
    }

    fn run(
        targets: Vec<SocketAddr>,
        watched: Option<&'static str>,
        records: bool,
    ) -> io::Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared {
            targets,
            next: AtomicUsize::new(0),
            closed: AtomicBool::new(false),
            ended: AtomicBool::new(false),
            open: Mutex::default(),
            watched,
            seen: Mutex::default(),
            records,
            recorded: Mutex::default(),
        });
        let accepting = Arc::clone(&shared);
        std::thread::spawn(move || accepting.accept(&listener));
        Ok(Self { address, shared })
    }

    /// Where clients connect.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Closes every connection that is open now.
    pub fn cut(&self) {
        for stream in self.shared.open().drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }

    /// Cuts, and lets nothing through until [`Proxy::reopen`].
    pub fn close(&self) {
        self.shared.closed.store(true, Ordering::SeqCst);
        self.cut();
    }

    /// Lets connections through again.
    pub fn reopen(&self) {
        self.shared.closed.store(false, Ordering::SeqCst);
    }

    /// The watched lines and when they passed, in order.
    pub fn seen(&self) -> Vec<(Instant, String)> {
        let seen = self.shared.seen.lock();
        seen.unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// What was carried so far, a record for each connection, in the order in which they came.
    pub fn recorded(&self) -> Vec<Record> {
        self.shared.recorded().clone()
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        self.shared.ended.store(true, Ordering::SeqCst);
        self.close();
        // Wakes the listening thread, which then ends.
        let _ = TcpStream::connect(self.address);
    }
}

impl Shared {
    fn open(&self) -> std::sync::MutexGuard<'_, Vec<TcpStream>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn accept(self: &Arc<Self>, listener: &TcpListener) {
        for client in listener.incoming() {
            if self.ended.load(Ordering::SeqCst) {
                return;
            }
            if let Ok(client) = client
                && !self.closed.load(Ordering::SeqCst)
            {
                // A connection that cannot be made ends the client's, too.
                let _ = self.join(client);
            }
        }
    }

    fn join(self: &Arc<Self>, client: TcpStream) -> io::Result<()> {
        let server = self.connect()?;
        client.set_nodelay(true)?;
        server.set_nodelay(true)?;
        let mut open = self.open();
        open.push(client.try_clone()?);
        open.push(server.try_clone()?);
        // The descriptors of connections that ended by themselves are given back.
        open.retain(|stream| stream.peer_addr().is_ok());
        drop(open);
        let (from, to) = (client.try_clone()?, server.try_clone()?);
        let mut recorded = self.recorded();
        let connection = recorded.len();
        recorded.push(Record::default());
        drop(recorded);
        let shared = Arc::clone(self);
        std::thread::spawn(move || shared.pass(connection, from, to, true));
        let shared = Arc::clone(self);
        std::thread::spawn(move || shared.pass(connection, server, client, false));
        Ok(())
    }

    fn connect(&self) -> io::Result<TcpStream> {
        let first = self.next.fetch_add(1, Ordering::Relaxed);
        let count = self.targets.len();
        let turns = self.targets.iter().cycle().skip(first % count.max(1));
        let mut refused = io::Error::from(io::ErrorKind::NotConnected);
        for target in turns.take(count) {
            match TcpStream::connect(target) {
                Ok(stream) => return Ok(stream),
                Err(error) => refused = error,
            }
        }
        Err(refused)
    }

    fn pass(&self, connection: usize, mut from: TcpStream, mut to: TcpStream, from_client: bool) {
        let mut buffer = vec![0; 64 * 1024];
        while let Ok(count) = from.read(&mut buffer)
            && count > 0
        {
            let Some(bytes) = buffer.get(..count) else {
                break;
            };
            if from_client {
                self.look(bytes);
            }
            self.record(connection, from_client, bytes);
            if to.write_all(bytes).is_err() {
                break;
            }
        }
        let _ = from.shutdown(Shutdown::Both);
        let _ = to.shutdown(Shutdown::Both);
    }

    fn recorded(&self) -> std::sync::MutexGuard<'_, Vec<Record>> {
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn record(&self, connection: usize, from_client: bool, bytes: &[u8]) {
        if !self.records {
            return;
        }
        if let Some(record) = self.recorded().get_mut(connection) {
            let direction = if from_client {
                &mut record.asked
            } else {
                &mut record.answered
            };
            direction.extend_from_slice(bytes);
        }
    }

    fn look(&self, bytes: &[u8]) {
        let Some(watched) = self.watched else { return };
        let text = String::from_utf8_lossy(bytes);
        for line in text.lines().filter(|line| line.starts_with(watched)) {
            let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
            seen.push((Instant::now(), line.to_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_passes_watches_cuts_and_comes_back() {
        let echo = TcpListener::bind("127.0.0.1:0").unwrap();
        let target = echo.local_addr().unwrap();
        std::thread::spawn(move || {
            for stream in echo.incoming() {
                let mut stream = stream.unwrap();
                std::thread::spawn(move || {
                    let mut copy = stream.try_clone().unwrap();
                    io::copy(&mut stream, &mut copy)
                });
            }
        });
        let proxy = Proxy::watching(target, "POST ").unwrap();
        let speak = || -> io::Result<[u8; 8]> {
            let mut stream = TcpStream::connect(proxy.address())?;
            stream.write_all(b"POST /x\n")?;
            let mut back = [0; 8];
            stream.read_exact(&mut back)?;
            proxy.cut();
            assert_eq!(stream.read(&mut [0; 1]).unwrap_or(0), 0, "it was not cut");
            Ok(back)
        };
        assert_eq!(&speak().unwrap(), b"POST /x\n");
        proxy.close();
        assert!(speak().is_err());
        proxy.reopen();
        assert!(speak().is_ok());
        let lines: Vec<_> = proxy.seen().into_iter().map(|(_, line)| line).collect();
        assert_eq!(lines, ["POST /x", "POST /x"]);
        assert!(proxy.recorded().iter().all(|one| one.asked.is_empty()));
    }

    #[test]
    fn it_keeps_what_both_sides_said() {
        let server = TcpListener::bind("127.0.0.1:0").unwrap();
        let proxy = Proxy::recording(server.local_addr().unwrap()).unwrap();
        for word in [b"one", b"two"] {
            let mut client = TcpStream::connect(proxy.address()).unwrap();
            let (mut other, _) = server.accept().unwrap();
            client.write_all(word).unwrap();
            let mut heard = [0; 3];
            other.read_exact(&mut heard).unwrap();
            other.write_all(b"yes").unwrap();
            client.read_exact(&mut heard).unwrap();
        }
        let recorded = proxy.recorded();
        let said = recorded
            .iter()
            .map(|one| (&one.asked[..], &one.answered[..]));
        assert!(said.eq([(&b"one"[..], &b"yes"[..]), (b"two", b"yes")]));
    }
}
