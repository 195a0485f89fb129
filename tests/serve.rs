//! `election serve`, asked over a socket as a browser asks it.
#![cfg(feature = "cli")]

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

/// The program, ended when the test ends.
struct Serving {
    child: Child,
    address: String,
}

impl Serving {
    fn start() -> Serving {
        let mut child = Command::new(env!("CARGO_BIN_EXE_election"))
            .args(["serve", "--port", "0"])
            .stdout(Stdio::piped())
            .spawn()
            .expect("the program starts");
        let mut line = String::new();
        BufReader::new(child.stdout.take().expect("piped")).read_line(&mut line).expect("it says where");
        let address = line.split_once("http://").and_then(|(_, rest)| rest.split_once('/'));
        let address = address.unwrap_or_else(|| panic!("no address in {line:?}")).0.to_string();
        Serving { child, address }
    }

    /// The head and the body of an answer.
    fn ask(&self, method: &str, path: &str) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).expect("it listens");
        write!(stream, "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address)
            .expect("it reads");
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
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/pkg/election_playground_bg.wasm");
    assert!(body == std::fs::read(file).expect("it is in the repository"), "the bytes of pkg/");

    let (head, _) = serving.ask("GET", "/main.js");
    assert!(head.contains("content-type: text/javascript"), "{head}");
    for path in ["/Cargo.toml", "/../Cargo.toml", "/www/../src/lib.rs", "/%2e%2e/Cargo.toml"] {
        assert!(serving.ask("GET", path).0.starts_with("http/1.1 404"), "{path}");
    }
    assert!(serving.ask("POST", "/").0.starts_with("http/1.1 405"));
}
