//! `election serve`: serves the playground page that is built into this program.
//!
//! It listens on the loopback address only and serves only its own table of files: no request path ever reaches the
//! file system.

use std::io::Write as _;
use std::net::{Ipv4Addr, TcpListener};

use clap::Args;
use election_playground::page::FILES;

use crate::http::{self, Answer, Fault, Request};
use crate::term::Out;
use crate::{Done, Stop};

/// The default port.
const PORT: u16 = 4242;

/// The names of this machine. If other names were accepted, a web page elsewhere could reach this server through a
/// host name that resolves to this machine.
const HOSTS: [&str; 3] = ["localhost", "127.0.0.1", "[::1]"];

/// The content security policy. index.html sets the same one for other servers, except for `frame-ancestors`, which
/// only a header can set.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; \
                      style-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'none'; \
                      frame-ancestors 'self'";

/// The pages that say their own policy alone: other pages may show them in a frame.
const FRAMED: [&str; 2] = ["pkg/embed.html", "www/embed.html"];

/// The arguments of the command.
#[derive(Args)]
pub struct Options {
    /// The port to listen on, or 0 for any free port [default: 4242, or any free port if that is taken]
    #[arg(long)]
    port: Option<u16>,
}

/// Runs the command until it is interrupted.
///
/// # Errors
/// If the port is taken, the output cannot be written, or connections can no longer be accepted.
pub fn serve(options: &Options, out: &mut Out) -> Done {
    let listen = |port| TcpListener::bind((Ipv4Addr::LOCALHOST, port));
    let listener = match options.port {
        Some(port) => listen(port),
        None => listen(PORT).or_else(|_| listen(0)),
    };
    let listener = listener.map_err(|error| {
        let port = options.port.unwrap_or(PORT);
        Stop::Error(format!("cannot listen on port {port}: {error}; --port 0 picks a free one"))
    })?;
    let address = listener.local_addr()?;
    // Serving must continue even if nothing reads the address.
    out.outlive_reader();
    writeln!(out, "The playground is at http://{address}/   (press Ctrl-C to stop)")?;
    out.flush()?;
    let error = http::serve(&listener, answer, |error| {
        let _ = out.error(&format!("cannot accept a connection: {error}; trying again"));
    });
    Err(Stop::Error(format!("can no longer accept connections: {error}")))
}

fn answer(request: Result<&Request, Fault>) -> Answer {
    let request = match request {
        Ok(request) => request,
        Err(Fault::Malformed) => {
            return sentence("400 Bad Request", "This is not an HTTP/1.1 request with exactly one host.\n");
        }
        Err(Fault::TooLong) => {
            return sentence("431 Request Header Fields Too Large", "The request head is too long.\n");
        }
    };
    if !is_this_machine(&request.host) {
        return sentence(
            "421 Misdirected Request",
            "Only requests to localhost or 127.0.0.1 are answered.\n",
        );
    }
    if !["GET", "HEAD"].contains(&request.method.as_str()) {
        let mut refused = sentence("405 Method Not Allowed", "Only GET and HEAD are answered.\n");
        refused.headers.push(("Allow", "GET, HEAD"));
        return refused;
    }
    match find(&request.target) {
        Some((path, body)) => file(path, body),
        None => sentence("404 Not Found", "There is nothing here.\n"),
    }
}

fn sentence(status: &'static str, text: &'static str) -> Answer {
    content(status, "text/plain; charset=utf-8", text.as_bytes())
}

/// A file, which may be used by pages of other origins: a frame that its page has sandboxed has none.
fn file(path: &str, body: &'static [u8]) -> Answer {
    let mut answer = content("200 OK", mime(path), body);
    answer.headers.push(("Access-Control-Allow-Origin", "*"));
    if FRAMED.contains(&path) {
        answer.headers.retain(|(name, _)| *name != "Content-Security-Policy");
    }
    answer
}

fn content(status: &'static str, kind: &'static str, body: &'static [u8]) -> Answer {
    let headers = vec![
        ("Content-Type", kind),
        ("Cache-Control", "no-cache"),
        ("Content-Security-Policy", POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ];
    Answer { status, headers, body }
}

/// Whether a host, with or without a port, is this machine.
fn is_this_machine(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|digit| digit.is_ascii_digit()) => name,
        _ => host,
    };
    HOSTS.iter().any(|own| own.eq_ignore_ascii_case(name))
}

/// The file at an address. The page is at `/` and, as in the repository, at `/www/`.
fn find(url: &str) -> Option<(&'static str, &'static [u8])> {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
    let path = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.into() };
    let known = |name: &str| FILES.iter().find(|(file, _)| *file == name).copied();
    known(&path).or_else(|| known(&format!("www/{path}")))
}

/// The media type of a file, by its name. Browsers run modules and compile wasm only with the right types.
fn mime(path: &str) -> &'static str {
    match path.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        _ => "text/plain; charset=utf-8",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_lead_to_files() {
        let path = |url| find(url).map(|(path, _)| path);
        assert_eq!(path("/"), Some("www/index.html"));
        assert_eq!(path("/www/"), Some("www/index.html"));
        assert_eq!(path("/page.css"), Some("www/page.css"));
        assert_eq!(path("/scene/ring.js"), Some("www/scene/ring.js"));
        assert_eq!(
            path("/pkg/election_playground.js?copy=1"),
            Some("pkg/election_playground.js"),
            "the query is not part of the path"
        );
        assert_eq!(path("/pkg/"), Some("pkg/index.html"));
        assert_eq!(path("/../Cargo.toml"), None);
        assert_eq!(path("/www/../Cargo.toml"), None);
        assert_eq!(path("//etc/passwd"), None);
    }

    #[test]
    fn every_file_has_a_type_that_a_browser_takes() {
        for (path, bytes) in FILES {
            let kind = mime(path);
            assert!(!bytes.is_empty(), "{path} is empty");
            if path.ends_with(".wasm") {
                assert_eq!(kind, "application/wasm");
                assert_eq!(&bytes[..4], b"\0asm");
            }
            if path.ends_with(".js") {
                assert!(kind.starts_with("text/javascript"));
            }
        }
    }

    #[test]
    fn the_page_says_the_same_policy_itself() {
        let (_, page) = find("/").expect("the page is built in");
        let policy =
            POLICY.strip_suffix("; frame-ancestors 'self'").expect("the part that only a header can set");
        assert!(String::from_utf8_lossy(page).contains(&format!("content=\"{policy}\"")));
    }

    #[test]
    fn files_may_be_used_elsewhere_and_the_page_for_frames_be_framed() {
        let header = |path: &str, name| {
            let (path, body) = find(path).expect("it is built in");
            file(path, body).headers.iter().find(|(it, _)| *it == name).map(|(_, value)| *value)
        };
        for path in ["/", "/pkg/first_bg.wasm", "/pkg/embed.html"] {
            assert_eq!(header(path, "Access-Control-Allow-Origin"), Some("*"), "{path}");
        }
        assert_eq!(header("/", "Content-Security-Policy"), Some(POLICY));
        assert_eq!(header("/pkg/embed.html", "Content-Security-Policy"), None);
        let (_, page) = find("/pkg/embed.html").expect("it is built in");
        assert!(String::from_utf8_lossy(page).contains("Content-Security-Policy"), "it has its own");
    }

    #[test]
    fn only_names_of_this_machine_are_its_hosts() {
        for host in
            ["localhost", "LocalHost:4242", "127.0.0.1", "127.0.0.1:80", "[::1]", "[::1]:8080", "localhost:"]
        {
            assert!(is_this_machine(host), "{host}");
        }
        for host in
            ["", "example.org", "localhost.example.org:80", "127.0.0.2", "::1", "[::1", "localhost:x", ":80"]
        {
            assert!(!is_this_machine(host), "{host}");
        }
    }
}
