//! Plays Cloudflare Access on this machine: prints the cookie of somebody who is let in, and serves the keys to check it by.
//!
//! The keys are those of Domicile's tests, which everybody knows: an app takes them from a loopback host only.
#![allow(clippy::print_stdout)]

use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::process::ExitCode;
use std::time::{SystemTime, UNIX_EPOCH};

use domicile::Timestamp;
use domicile_identity::access::test::{KeyPair, key_set, user};

const ADDRESS: &str = "127.0.0.1:8788";

fn main() -> ExitCode {
    let Some(email) = std::env::args().nth(1).filter(|email| email.contains('@')) else {
        eprintln!("say who is let in: cargo run -p tenants --example access -- ada@acme.example");
        return ExitCode::from(2);
    };
    let listener = match TcpListener::bind(ADDRESS) {
        Ok(listener) => listener,
        Err(error) => {
            eprintln!("error: cannot listen on {ADDRESS}: {error}");
            return ExitCode::FAILURE;
        }
    };
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis();
    let now = Timestamp::from_millis(i64::try_from(now).unwrap_or_default());
    println!(
        "serving keys on http://{ADDRESS}/certs; a browser is let in for a day by this, typed into its console:"
    );
    println!(
        "document.cookie = \"CF_Authorization={}; path=/\"",
        KeyPair::first().token(&user("acme", "f00d", &email, now))
    );
    let keys = key_set(&[&KeyPair::first()]);
    for stream in listener.incoming() {
        let answered = stream.and_then(|mut stream| {
            let lines = BufReader::new(stream.try_clone()?).lines();
            lines.take_while(|line| line.as_ref().is_ok_and(|line| !line.is_empty())).for_each(drop);
            write!(
                stream,
                "HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n{keys}",
                keys.len()
            )
        });
        if let Err(error) = answered {
            eprintln!("a request broke off: {error}");
        }
    }
    ExitCode::SUCCESS
}
