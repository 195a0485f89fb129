//! A small HTTP server over `std::net`: enough for one page and the browsers of one machine.
//!
//! It exists because no small crate has the limits it needs. tiny_http ends when a connection cannot be accepted, has
//! no timeouts, and starts a thread for every open connection. Servers that have these limits come with an asynchronous
//! runtime.
//!
//! A connection carries one request and is closed after its response. Each connection has a thread, up to
//! [`CONNECTIONS_MAX`] of them. At that limit, a new connection replaces the oldest, so a client that opens many and
//! sends nothing, or does not read its responses, does not block others.
#![expect(clippy::disallowed_types, reason = "connections have an age; no simulated run depends on it")]

use std::io::{self, ErrorKind, Read, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::{Arc, Condvar, Mutex, MutexGuard};
use std::thread;
use std::time::{Duration, Instant};

/// The largest number of connections open at a time.
const CONNECTIONS_MAX: usize = 128;
/// The age at which a connection counts as stalled and may be closed for a new one. A response takes far less time.
const STALLED: Duration = Duration::from_millis(200);
/// The largest head of a request, in bytes.
const HEAD_MAX: usize = 1 << 14;
/// How long a client may go without sending anything, or without reading anything.
const SILENCE_MAX: Duration = Duration::from_secs(10);
/// How long to wait for further input after a request, and how many pieces of it to read.
const LINGER_MAX: Duration = Duration::from_secs(1);
const LINGER_READS_MAX: usize = 64;
/// How long to wait after a failure to accept, and how many failures in a row are fatal: ten seconds in all.
const PAUSE: Duration = Duration::from_millis(if cfg!(test) { 1 } else { 100 });
const FAILURES_MAX: u32 = 100;
/// How long to stay quiet after reporting a failure to accept.
const REPORT_AGAIN: Duration = Duration::from_secs(60);

/// A client's request.
#[derive(Debug, PartialEq, Eq)]
pub struct Request {
    /// The method, such as `GET`.
    pub method: String,
    /// The path and the query.
    pub target: String,
    /// The requested host, with or without a port.
    pub host: String,
}

/// Why a request is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// It is not HTTP/1, or does not name one host.
    Malformed,
    /// Its head is longer than [`HEAD_MAX`].
    TooLong,
}

/// The response to a request.
pub struct Answer {
    /// The status code and reason phrase, such as `200 OK`.
    pub status: &'static str,
    /// Names and values. `Content-Length` is added when the response is sent.
    pub headers: Vec<(&'static str, &'static str)>,
    /// The content, which is not sent if the method is `HEAD`.
    pub body: &'static [u8],
}

/// Computes the response to a request.
pub type Handler = fn(Result<&Request, Fault>) -> Answer;

/// Answers every client that connects. If a connection cannot be accepted, the error goes to `report` and the server
/// tries again, because the cause may be temporary: usually there are no file descriptors left.
///
/// Returns the error if accepting keeps failing.
pub fn serve(listener: &TcpListener, handler: Handler, mut report: impl FnMut(&io::Error)) -> io::Error {
    let connections = Arc::new(Connections::default());
    let mut reported: Option<Instant> = None;
    let mut failures = 0;
    loop {
        let Err(error) = accept(listener, &connections, handler) else {
            failures = 0;
            continue;
        };
        if reported.is_none_or(|at| REPORT_AGAIN <= at.elapsed()) {
            reported = Some(Instant::now());
            report(&error);
        }
        // A connection that ends may free the missing resource.
        if connections.one_leaves(PAUSE) {
            continue;
        }
        failures += 1;
        if failures == FAILURES_MAX {
            return error;
        }
    }
}

/// Waits for a connection and hands it to a thread.
fn accept(listener: &TcpListener, connections: &Arc<Connections>, handler: Handler) -> io::Result<()> {
    let stream = match listener.accept() {
        Ok((stream, _)) => stream,
        // The client left before its connection was accepted.
        Err(error) if error.kind() == ErrorKind::ConnectionAborted => return Ok(()),
        Err(error) => return Err(error),
    };
    let connection = connections.admit(stream);
    // An error means that the client has left, so there is nowhere to report it.
    thread::Builder::new().spawn(move || connection.attend(handler).unwrap_or(()))?;
    Ok(())
}

/// The open connections.
#[derive(Default)]
struct Connections {
    open: Mutex<Open>,
    left: Condvar,
}

/// The list that the threads share.
#[derive(Default)]
struct Open {
    /// The connections, oldest first.
    list: Vec<Entry>,
    /// The number of connections so far.
    count: u64,
}

/// A connection in the list.
struct Entry {
    id: u64,
    since: Instant,
    stream: Arc<TcpStream>,
}

impl Connections {
    /// Makes room for a connection and adds it.
    fn admit(self: &Arc<Connections>, stream: TcpStream) -> Connection {
        let mut open = self.open();
        while CONNECTIONS_MAX <= open.list.len() {
            open = self.wait(open, STALLED);
        }
        open.count += 1;
        let (id, since, stream) = (open.count, Instant::now(), Arc::new(stream));
        open.list.push(Entry { id, since, stream: Arc::clone(&stream) });
        Connection { stream, _place: Place { id, all: Arc::clone(self) } }
    }

    /// Waits until a connection ends, but no longer than `wait_max`. Returns false if none has ended.
    fn one_leaves(&self, wait_max: Duration) -> bool {
        let open = self.open();
        let before = open.list.len();
        self.wait(open, wait_max).list.len() < before
    }

    /// Waits like [`Connections::one_leaves`], and closes the oldest connection if it is stalled.
    fn wait<'m>(&'m self, open: MutexGuard<'m, Open>, wait_max: Duration) -> MutexGuard<'m, Open> {
        let mut wait = wait_max;
        if let Some(oldest) = open.list.first() {
            let age = oldest.since.elapsed();
            if age < STALLED {
                wait = wait.min(STALLED - age);
            } else {
                // This ends its thread, whether it is reading or writing.
                let _ = oldest.stream.shutdown(Shutdown::Both);
            }
        }
        self.left.wait_timeout(open, wait).expect(UNHARMED).0
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.open.lock().expect(UNHARMED)
    }
}

/// Why the list of connections can be relied on.
const UNHARMED: &str = "no thread panics while it holds the list";

/// A connection that is open until this is dropped.
struct Connection {
    stream: Arc<TcpStream>,
    // Fields are dropped in order, so the stream is closed by the time the place is free.
    _place: Place,
}

/// A connection's place in the list. Dropping it frees the place, which happens even if the thread panics.
struct Place {
    id: u64,
    all: Arc<Connections>,
}

impl Drop for Place {
    fn drop(&mut self) {
        self.all.open().list.retain(|entry| entry.id != self.id);
        self.all.left.notify_one();
    }
}

impl Connection {
    /// Reads a request and answers it.
    fn attend(self, handler: Handler) -> io::Result<()> {
        let mut stream = &*self.stream;
        stream.set_read_timeout(Some(SILENCE_MAX))?;
        stream.set_write_timeout(Some(SILENCE_MAX))?;
        let request = read_head(stream)?.and_then(|head| parse(&head));
        let answer = handler(request.as_ref().map_err(|fault| *fault));
        let mut head = format!(
            "HTTP/1.1 {}\r\nContent-Length: {}\r\nConnection: close\r\n",
            answer.status,
            answer.body.len()
        );
        for (name, value) in answer.headers {
            head += &format!("{name}: {value}\r\n");
        }
        stream.write_all(format!("{head}\r\n").as_bytes())?;
        if request.is_ok_and(|request| request.method == "HEAD") {
            return finish(stream);
        }
        stream.write_all(answer.body)?;
        finish(stream)
    }
}

/// Ends a connection so that the response arrives. If it were closed with input left to read, such as a body or another
/// request, the system would discard what the client has not read yet.
fn finish(mut stream: &TcpStream) -> io::Result<()> {
    stream.shutdown(Shutdown::Write)?;
    stream.set_read_timeout(Some(LINGER_MAX))?;
    let mut ignored = [0; 1 << 12];
    for _ in 0..LINGER_READS_MAX {
        if stream.read(&mut ignored)? == 0 {
            break;
        }
    }
    Ok(())
}

/// The head of a request, without the empty line at its end.
fn read_head(mut stream: impl Read) -> io::Result<Result<Vec<u8>, Fault>> {
    let mut head = Vec::new();
    let mut part = [0; 1 << 10];
    while head.len() < HEAD_MAX {
        match stream.read(&mut part) {
            Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
            Ok(length) => head.extend(&part[..length]),
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
        if let Some(end) = head.windows(4).position(|bytes| bytes == b"\r\n\r\n") {
            head.truncate(end);
            return Ok(Ok(head));
        }
    }
    Ok(Err(Fault::TooLong))
}

/// Reads the parts of a head that matter: its first line and the host.
fn parse(head: &[u8]) -> Result<Request, Fault> {
    let head = str::from_utf8(head).map_err(|_| Fault::Malformed)?;
    let mut lines = head.split("\r\n");
    let first: Vec<&str> = lines.next().unwrap_or_default().split(' ').collect();
    let [method, target, version] = first[..] else { return Err(Fault::Malformed) };
    let fields = lines.map(|line| line.split_once(':')).collect::<Option<Vec<_>>>();
    let fields = fields.ok_or(Fault::Malformed)?;
    let mut hosts = fields.iter().filter(|(name, _)| name.eq_ignore_ascii_case("host"));
    // With two hosts it would be unclear which one the client means.
    let (Some((_, host)), None) = (hosts.next(), hosts.next()) else { return Err(Fault::Malformed) };
    if !["HTTP/1.1", "HTTP/1.0"].contains(&version) {
        return Err(Fault::Malformed);
    }
    Ok(Request { method: method.into(), target: target.into(), host: host.trim().into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn request(text: &str) -> Result<Request, Fault> {
        read_head(text.as_bytes()).expect("it ends").and_then(|head| parse(&head))
    }

    fn local(handler: Handler) -> std::net::SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = listener.local_addr().expect("an address");
        thread::spawn(move || serve(&listener, handler, |_| {}));
        address
    }

    fn hello(_: Result<&Request, Fault>) -> Answer {
        Answer { status: "200 OK", headers: Vec::new(), body: b"hello" }
    }

    fn ask(address: std::net::SocketAddr, text: &str) -> String {
        let mut stream = TcpStream::connect(address).expect("it listens");
        stream.write_all(text.as_bytes()).expect("it reads");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("it answers");
        answer
    }

    #[test]
    fn a_request_is_its_first_line_and_one_host() {
        let read = request("GET /a?b HTTP/1.1\r\nAccept: */*\r\nhOsT:  localhost:1 \r\n\r\nbody")
            .expect("a request");
        assert_eq!(
            (read.method.as_str(), read.target.as_str(), read.host.as_str()),
            ("GET", "/a?b", "localhost:1")
        );
        for malformed in [
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: a\r\nnothing\r\n\r\n",
            "GET / HTTP/2\r\nHost: a\r\n\r\n",
            "GET /\r\nHost: a\r\n\r\n",
            "GET /a b HTTP/1.1\r\nHost: a\r\n\r\n",
            "\r\n\r\n",
        ] {
            assert_eq!(request(malformed), Err(Fault::Malformed), "{malformed:?}");
        }
        assert_eq!(request(&"x".repeat(2 * HEAD_MAX)), Err(Fault::TooLong));
        assert!(read_head(&b"GET / HTTP/1.1\r\nHost: a\r\n"[..]).is_err(), "the client has left");
    }

    #[test]
    fn what_follows_a_request_does_not_cost_it_its_answer() {
        let address = local(hello);
        let ask_for = |method: &str| {
            ask(address, &format!("{method} / HTTP/1.1\r\nHost: a\r\n\r\n{}", "x".repeat(9_999)))
        };
        let head = "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nConnection: close\r\n\r\n";
        assert_eq!(ask_for("GET"), format!("{head}hello"));
        assert_eq!(ask_for("HEAD"), head);
    }

    #[test]
    fn connections_that_do_nothing_are_closed_for_new_ones() {
        let address = local(hello);
        let idle: Vec<_> =
            (0..2 * CONNECTIONS_MAX).map(|_| TcpStream::connect(address).expect("it listens")).collect();
        assert!(ask(address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").ends_with("hello"));
        // Too soon for it to have been closed for its silence.
        idle[0].set_read_timeout(Some(SILENCE_MAX / 4)).expect("a timeout");
        assert_eq!((&idle[0]).read(&mut [0]).expect("it was closed"), 0);
    }

    #[test]
    fn a_handler_that_panics_ends_its_own_connection_only() {
        fn picky(request: Result<&Request, Fault>) -> Answer {
            assert!(request.is_ok_and(|request| request.target == "/"), "this test panics on purpose");
            hello(request)
        }
        let address = local(picky);
        for _ in 0..2 * CONNECTIONS_MAX {
            assert_eq!(ask(address, "GET /panic HTTP/1.1\r\nHost: a\r\n\r\n"), "");
        }
        assert!(ask(address, "GET / HTTP/1.1\r\nHost: a\r\n\r\n").ends_with("hello"));
    }

    #[test]
    fn when_accepting_keeps_failing_the_reason_is_given() {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        // Accepting now fails unless a client is connecting.
        listener.set_nonblocking(true).expect("it may be");
        let mut reports = 0;
        let error = serve(&listener, hello, |_| reports += 1);
        assert_eq!((error.kind(), reports), (ErrorKind::WouldBlock, 1));
    }
}
