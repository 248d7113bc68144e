//! `cargo dev serve`: builds the site and serves it on this machine.
use std::io::ErrorKind;
use std::net::{Ipv4Addr, SocketAddr, TcpListener};
use std::path::Path;
use std::process::ExitCode;
use std::thread;

use anyhow::{Context, Result, anyhow, bail};
use axum::Router;
use axum::extract::Request;
use axum::http::{HeaderValue, Uri, header};
use axum::middleware::{Next, from_fn};
use axum::response::Response;
use tower_http::services::{ServeDir, ServeFile};
use tower_http::set_header::SetResponseHeaderLayer;

use crate::site;

/// Builds the site and serves it on 127.0.0.1.
#[derive(clap::Args)]
pub struct Args {
    /// The port; 0 takes a free one
    #[arg(long, default_value_t = 8080)]
    port: u16,
    /// Compile quickly to larger wasm
    #[arg(long)]
    fast: bool,
}

/// Builds, serves, says where, and goes on until it is stopped.
pub fn run(args: &Args) -> Result<ExitCode> {
    // The port comes first: nobody should wait for a build to hear that it is taken.
    let listener = listen(args.port)?;
    let address = listener.local_addr()?;
    eprintln!("building the site");
    let built = site::build(&site::Options { fast: args.fast, ..site::Options::default() })?;
    let server = spawn(&built.out, listener)?;
    println!("Splitbrain is at http://{address}/ (Ctrl+C ends it)");
    server.join().map_err(|_| anyhow!("the server broke"))?;
    Ok(ExitCode::SUCCESS)
}

/// Serves a folder on a port of this machine (0: a free one) until the process ends. Where `file.gz` stands beside `file`,
/// a browser that takes it gets that.
pub fn start(folder: &Path, port: u16) -> Result<SocketAddr> {
    let listener = listen(port)?;
    let address = listener.local_addr()?;
    spawn(folder, listener)?;
    Ok(address)
}

fn listen(port: u16) -> Result<TcpListener> {
    match TcpListener::bind((Ipv4Addr::LOCALHOST, port)) {
        Ok(listener) => Ok(listener),
        Err(error) if error.kind() == ErrorKind::AddrInUse => bail!(
            "port {port} is already in use: stop what listens there, or choose another with `cargo dev --port {}` \
             (`--port 0` finds a free one)",
            port.checked_add(1).unwrap_or(8080)
        ),
        Err(error) => Err(error).with_context(|| format!("port {port} cannot be opened")),
    }
}

fn spawn(folder: &Path, listener: TcpListener) -> Result<thread::JoinHandle<()>> {
    listener.set_nonblocking(true)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let files =
        ServeDir::new(folder).precompressed_gzip().not_found_service(ServeFile::new(folder.join("404.html")));
    // Whoever builds again wants to see what was built, not what the browser remembers.
    let fresh =
        SetResponseHeaderLayer::overriding(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // A sandboxed iframe has no origin: its module scripts and wasm come only from hosts that let anybody read.
    let open = SetResponseHeaderLayer::overriding(
        header::ACCESS_CONTROL_ALLOW_ORIGIN,
        HeaderValue::from_static("*"),
    );
    let app = Router::new().fallback_service(files).layer(from_fn(look_for)).layer(fresh).layer(open);
    Ok(thread::spawn(move || {
        runtime.block_on(async {
            let listener =
                tokio::net::TcpListener::from_std(listener).expect("the listener was made for this");
            axum::serve(listener, app).await.expect("serving ends only with the process");
        });
    }))
}

/// What no file can be called is not looked for: a name that is too long or has a byte of nothing in it is an error to the file system and no
/// missing page, and a path that begins with two slashes names another host wherever it is answered with the way to it.
async fn look_for(mut request: Request, next: Next) -> Response {
    const MAX_NAME: usize = 255;
    const MAX_PATH: usize = 2_048;
    let path = request.uri().path();
    let is_strange = path.len() > MAX_PATH
        || path.split('/').any(|name| name.len() > MAX_NAME)
        || path.starts_with("//")
        || path.contains("%00");
    if is_strange {
        *request.uri_mut() = Uri::from_static("/nothing-is-called-this");
    }
    next.run(request).await
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpStream;

    #[test]
    fn a_path_that_no_file_can_have_is_a_missing_page() {
        let folder = crate::workspace::target().join("served-by-a-test");
        std::fs::create_dir_all(folder.join("labs")).unwrap();
        std::fs::write(folder.join("404.html"), "no such page").unwrap();
        let address = start(&folder, 0).unwrap();
        let long = format!("/{}", "x".repeat(9_000));
        let deep = format!("/{}", "x/".repeat(2_000));
        for path in [long.as_str(), &deep, "//labs", "//example.org/", "/a%00b", "/nowhere"] {
            let mut stream = TcpStream::connect(address).unwrap();
            write!(stream, "GET {path} HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n").unwrap();
            let mut answer = String::new();
            stream.read_to_string(&mut answer).unwrap();
            assert!(answer.starts_with("HTTP/1.1 404"), "{}: {answer}", &path[..path.len().min(40)]);
            assert!(answer.ends_with("no such page"), "{answer}");
        }
    }

    #[test]
    fn a_busy_port_is_named_with_a_way_out() {
        let first = listen(0).unwrap();
        let port = first.local_addr().unwrap().port();
        let message = listen(port).unwrap_err().to_string();
        assert!(message.contains(&format!("port {port} is already in use")) && message.contains("--port"));
    }
}
