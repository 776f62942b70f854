//! The server, with a shell in the place of workerd.

use std::net::TcpListener;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result};

use super::{Server, port};

const LONG: Duration = Duration::from_secs(60);
const SHORT: Duration = Duration::from_millis(50);

/// Runs a script that finds a port which answers in `$PORT`.
fn serve(script: &str, grace: Duration) -> Result<(Server, TcpListener)> {
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let mut command = Command::new("sh");
    command.args(["-c", script]).env("PORT", listener.local_addr()?.port().to_string());
    Ok((Server::spawn(command, grace)?, listener))
}

const LISTEN: &str = r#"echo hello; echo "{\"event\":\"listen\",\"socket\":\"http\",\"port\":$PORT}";"#;

#[test]
fn only_workerds_own_line_gives_a_port() {
    assert_eq!(port(r#"{"event":"listen","socket":"http","port":4711}"#), Some(4711));
    assert_eq!(port(r#"{"event":"listen-inspector","port":4711}"#), None);
    assert_eq!(port(r#"{"level":"info","message":"listen"}"#), None);
    assert_eq!(port("listen 4711"), None);
}

#[test]
fn it_is_started_when_its_port_answers() -> Result<()> {
    let (server, listener) = serve(&format!("{LISTEN} exec sleep 60"), LONG)?;
    assert_eq!(server.address(), listener.local_addr()?);
    assert_eq!(server.url(), format!("http://127.0.0.1:{}", server.address().port()));
    server.kill9()
}

#[test]
fn one_that_ends_before_it_listens_is_an_error_at_once() {
    let before = Instant::now();
    let error = serve("echo no; exit 3", LONG).map(|_| ()).map_err(|error| error.to_string());
    assert!(error.is_err_and(|text| text.contains("ended before it listened (exit status: 3)")));
    assert!(before.elapsed() < Duration::from_secs(20));
}

#[test]
fn one_that_hangs_is_killed_after_the_grace() -> Result<()> {
    let (server, _listener) = serve(&format!("trap '' TERM; {LISTEN} exec sleep 60"), SHORT)?;
    let pid = server.pid();
    server.stop()?;
    assert!(!alive(pid)?);
    Ok(())
}

#[test]
fn one_that_obeys_is_not_waited_for() -> Result<()> {
    let (server, _listener) = serve(&format!("{LISTEN} exec sleep 60"), LONG)?;
    let before = Instant::now();
    server.stop()?;
    assert!(before.elapsed() < LONG);
    Ok(())
}

#[test]
fn a_dropped_server_leaves_nothing_running() -> Result<()> {
    let (server, _listener) = serve(&format!("trap '' TERM; {LISTEN} exec sleep 60"), LONG)?;
    let pid = server.pid();
    drop(server);
    assert!(!alive(pid)?);
    Ok(())
}

#[test]
fn one_that_ended_by_itself_is_told() -> Result<()> {
    let (mut server, listener) = serve(&format!("{LISTEN} exec cat <&0"), LONG)?;
    drop(listener);
    let status = server.child.wait()?;
    assert_eq!(server.ended()?.context("it has ended")?, status);
    server.stop()
}

fn alive(pid: u32) -> Result<bool> {
    Ok(Command::new("kill").args(["-0", &pid.to_string()]).output()?.status.success())
}
