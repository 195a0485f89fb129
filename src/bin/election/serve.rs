//! `election serve`: the playground in a browser, from the page that is built into this program.
//!
//! Answers on the loopback address only and knows nothing but its own table of files: no path of a request ever
//! reaches the file system.

use std::io::Write as _;
use std::net::{Ipv4Addr, SocketAddr};

use clap::Args;
use tiny_http::{Header, Method, Request, Response, Server};

use crate::term::Out;
use crate::{Done, Stop};

/// The files of www/ and pkg/ with their paths, written by build.rs.
static FILES: &[(&str, &[u8])] = include!(concat!(env!("OUT_DIR"), "/page.rs"));

/// Where the playground is unless somebody wants it elsewhere.
const PORT: u16 = 4242;

/// What a browser may do with the page; index.html says the same for other servers.
const POLICY: &str = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; \
                      style-src 'self'; img-src 'self' data:";

/// What the command takes.
#[derive(Args)]
pub struct Options {
    /// The port to listen at; 0 for any that is free [default: 4242, or any other if that is taken]
    #[arg(long)]
    port: Option<u16>,
}

/// The command. Runs until it is interrupted.
///
/// # Errors
/// If the port is taken, or the output cannot be written.
pub fn serve(options: &Options, out: &mut Out) -> Done {
    let listen = |port| Server::http(SocketAddr::from((Ipv4Addr::LOCALHOST, port)));
    let server = match options.port {
        Some(port) => listen(port),
        None => listen(PORT).or_else(|_| listen(0)),
    };
    let server = server.map_err(|error| {
        let port = options.port.unwrap_or(PORT);
        Stop::Complaint(format!("cannot listen at port {port}: {error}; --port 0 takes any that is free"))
    })?;
    if let Some(address) = server.server_addr().to_ip() {
        writeln!(out, "The playground is at http://{address}/   (Ctrl C ends it)")?;
        out.flush()?;
    }
    for request in server.incoming_requests() {
        // Whoever asked may have gone away; that is no reason to stop.
        let _ = answer(request);
    }
    Ok(true)
}

fn answer(request: Request) -> std::io::Result<()> {
    if !matches!(request.method(), Method::Get | Method::Head) {
        return request.respond(Response::from_string("Only GET is answered.\n").with_status_code(405));
    }
    let Some((path, bytes)) = find(request.url()) else {
        return request.respond(Response::from_string("There is nothing here.\n").with_status_code(404));
    };
    // Of known length, so that a browser can compile the wasm while it comes.
    let mut response = Response::from_data(bytes).with_chunked_threshold(usize::MAX);
    for (name, value) in [
        ("Content-Type", mime(path)),
        ("Cache-Control", "no-cache"),
        ("Content-Security-Policy", POLICY),
        ("X-Content-Type-Options", "nosniff"),
        ("Referrer-Policy", "no-referrer"),
    ] {
        response.add_header(Header::from_bytes(name, value).expect("plain text"));
    }
    request.respond(response)
}

/// The file that an address means. The page lies at `/` and, as in the repository, at `/www/`.
fn find(url: &str) -> Option<(&'static str, &'static [u8])> {
    let path = url.split(['?', '#']).next().unwrap_or_default().trim_start_matches('/');
    let path = if path.is_empty() || path.ends_with('/') { format!("{path}index.html") } else { path.into() };
    let known = |name: &str| FILES.iter().find(|(file, _)| *file == name).copied();
    known(&path).or_else(|| known(&format!("www/{path}")))
}

/// The type of a file by its name. A browser runs modules and compiles wasm only under their right types.
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
        assert_eq!(path("/style.css"), Some("www/style.css"));
        assert_eq!(path("/scene/ring.js"), Some("www/scene/ring.js"));
        assert_eq!(
            path("/pkg/election_playground.js?again=1"),
            Some("pkg/election_playground.js"),
            "a question is no part of the path"
        );
        assert_eq!(path("/pkg/"), None);
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
        assert!(String::from_utf8_lossy(page).contains(POLICY));
    }
}
