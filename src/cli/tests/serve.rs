//! Tests `election serve` over a socket, with the requests of a browser.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command, Stdio};
use std::time::Duration;

/// The running program, which is killed when the test ends.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start() -> Serving {
        Serving::start_as(&mut Command::new(env!("CARGO_BIN_EXE_election")))
    }

    /// Starts the program with a command that lacks only its arguments.
    fn start_as(command: &mut Command) -> Serving {
        command.args(["serve", "--port", "0"]).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it says where");
        let address = line.split_once("http://").and_then(|(_, rest)| rest.split_once('/'));
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}")).0.to_string();
        Serving { child, address }
    }

    fn connect(&self) -> TcpStream {
        TcpStream::connect(&self.address).expect("it listens")
    }

    /// The head of a response in lower case, and its body.
    fn ask(&self, method: &str, path: &str) -> (String, Vec<u8>) {
        self.ask_of(&self.address, method, path)
    }

    /// The same, for a client that addresses the server as another host.
    fn ask_of(&self, host: &str, method: &str, path: &str) -> (String, Vec<u8>) {
        let mut stream = self.connect();
        // Far less than the server's own timeout for silent clients.
        stream.set_read_timeout(Some(Duration::from_secs(5))).expect("a timeout");
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: {host}\r\n\r\n").expect("it reads");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).expect("it answers");
        let end = answer.windows(4).position(|w| w == b"\r\n\r\n").expect("a head");
        (String::from_utf8_lossy(&answer[..end]).to_lowercase(), answer[end + 4..].to_vec())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn it_serves_the_page_and_nothing_else() {
    let serving = Serving::start();
    assert!(serving.address.starts_with("127.0.0.1:"), "the loopback address only");

    let (head, body) = serving.ask("GET", "/");
    assert!(head.starts_with("http/1.1 200"), "{head}");
    assert!(head.contains("content-type: text/html"), "{head}");
    assert!(head.contains("content-security-policy: default-src 'none'"), "{head}");
    assert!(String::from_utf8_lossy(&body).contains("<election-playground"));

    let (head, body) = serving.ask("GET", "/pkg/election_playground_bg.wasm");
    assert!(head.contains("content-type: application/wasm"), "{head}");
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../pkg/election_playground_bg.wasm");
    assert!(body == std::fs::read(file).expect("it is in the repository"), "the bytes of pkg/");

    let (head, _) = serving.ask("GET", "/pkg/element.js");
    assert!(head.contains("content-type: text/javascript"), "{head}");
    for path in ["/Cargo.toml", "/../Cargo.toml", "/www/../src/lib.rs", "/%2e%2e/Cargo.toml"] {
        assert!(serving.ask("GET", path).0.starts_with("http/1.1 404"), "{path}");
    }
    assert!(serving.ask("POST", "/").0.starts_with("http/1.1 405"));
    let (head, body) = serving.ask("HEAD", "/pkg/election_playground_bg.wasm");
    assert!(head.starts_with("http/1.1 200") && body.is_empty(), "{head}");
}

#[test]
fn it_serves_even_if_its_output_is_not_read() {
    // A port that was free just now.
    let port = TcpListener::bind("127.0.0.1:0").and_then(|it| it.local_addr()).expect("a port").port();
    let mut command = Command::new(env!("CARGO_BIN_EXE_election"));
    command.args(["serve", "--port", &port.to_string()]).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the program starts");
    drop(child.stdout.take());
    let serving = Serving { child, address: format!("127.0.0.1:{port}") };
    let up = (0..100).any(|_| {
        std::thread::sleep(Duration::from_millis(50));
        TcpStream::connect(&serving.address).is_ok()
    });
    assert!(up && serving.ask("GET", "/").0.starts_with("http/1.1 200"));
}

#[test]
fn every_response_has_the_security_headers() {
    let serving = Serving::start();
    for (method, path, status) in
        [("GET", "/", 200), ("GET", "/nothing", 404), ("POST", "/", 405), ("GET", "/ /", 400)]
    {
        let (head, _) = serving.ask(method, path);
        assert!(head.starts_with(&format!("http/1.1 {status}")), "{head}");
        assert!(head.contains("x-content-type-options: nosniff"), "{head}");
        for part in ["default-src 'none'", "base-uri 'none'", "form-action 'none'", "frame-ancestors 'self'"]
        {
            assert!(head.contains(part), "{part} is missing in {head}");
        }
    }
}

#[test]
fn only_requests_to_this_machine_are_answered() {
    let serving = Serving::start();
    let (_, port) = serving.address.split_once(':').expect("a port");
    for host in ["localhost", "127.0.0.1", "[::1]"] {
        for host in [host.to_string(), format!("{host}:{port}")] {
            assert!(serving.ask_of(&host, "GET", "/").0.starts_with("http/1.1 200"), "{host}");
        }
    }
    for host in ["example.org", "localhost.example.org", &format!("127.0.0.1.example.org:{port}")] {
        let (head, body) = serving.ask_of(host, "GET", "/");
        assert!(head.starts_with("http/1.1 421"), "{head}");
        assert_eq!(body, b"Only requests to localhost or 127.0.0.1 are answered.\n");
    }
}

#[test]
fn clients_that_read_nothing_do_not_keep_others_waiting() {
    let serving = Serving::start();
    let stalled: Vec<TcpStream> = (0..40).map(|_| serving.connect()).collect();
    let request = "GET /pkg/election_playground_bg.wasm HTTP/1.1\r\nHost: localhost\r\n\r\n".repeat(41);
    for mut stream in &stalled {
        stream.write_all(request.as_bytes()).expect("it reads");
    }
    assert!(serving.ask("GET", "/").0.starts_with("http/1.1 200"));
    // Neither do many clients that send nothing.
    let idle: Vec<TcpStream> = (0..150).map(|_| serving.connect()).collect();
    assert!(serving.ask("GET", "/").0.starts_with("http/1.1 200"));
    drop((stalled, idle));
}

#[cfg(unix)]
#[test]
fn it_continues_when_there_are_no_file_descriptors_left() {
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n 16 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_election")]);
    let mut serving = Serving::start_as(&mut shell);
    let idle: Vec<TcpStream> = (0..40).map(|_| serving.connect()).collect();
    for _ in 0..3 {
        assert!(serving.ask("GET", "/").0.starts_with("http/1.1 200"));
    }
    drop(idle);
    let mut error = String::new();
    let mut stderr = BufReader::new(serving.child.stderr.take().expect("piped"));
    stderr.read_line(&mut error).expect("a line");
    assert!(error.starts_with("error: cannot accept a connection: ") && error.ends_with("; trying again\n"));
    assert_eq!(serving.child.try_wait().expect("a child"), None, "it runs");
}

#[cfg(unix)]
#[test]
fn if_no_connection_can_be_accepted_it_ends_and_says_why() {
    // Three descriptors are the standard streams, and one is the listener.
    let mut shell = Command::new("sh");
    shell.args(["-c", "ulimit -n 4 && exec \"$0\" \"$@\"", env!("CARGO_BIN_EXE_election")]);
    let mut serving = Serving::start_as(&mut shell);
    assert_eq!(serving.child.wait().expect("it ends").code(), Some(2));
    let mut errors = String::new();
    serving.child.stderr.take().expect("piped").read_to_string(&mut errors).expect("UTF-8");
    let last = errors.lines().last().unwrap_or_default();
    assert!(last.starts_with("error: can no longer accept connections: "), "{errors}");
}
