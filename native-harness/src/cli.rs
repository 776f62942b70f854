//! The program that an app is natively: it reads its flags, starts the host and serves until a signal comes; or does
//! what a command says.

use std::ffi::OsString;
use std::io::Write;
use std::net::{IpAddr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Args, Parser};
use domicile::env::{DEV, SECRET};
use domicile::{AppFn, Env};

use crate::command::Command;
use crate::host::{Config, Host};
use crate::server::{self, Ended, Shutdown, bind, serve};
use crate::{Limits, log, vars};

/// Serve the app on this machine, on SQLite files
#[derive(Debug, Parser)]
#[command(long_about = None, args_conflicts_with_subcommands = true)]
struct Cli {
    #[command(flatten)]
    serve: Flags,

    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Args)]
struct Flags {
    /// The port; 0 takes a free one
    #[arg(long, value_name = "PORT", default_value_t = 8787)]
    port: u16,

    /// The address to listen on
    #[arg(long, value_name = "ADDRESS", default_value = "127.0.0.1")]
    host: IpAddr,

    /// The folder that keeps the stores
    #[arg(long, value_name = "DIR", default_value = "data")]
    data: PathBuf,

    /// How tenants are told apart, as the app understands it: short for `--var TENANTS=HOW`
    #[arg(long, value_name = "HOW")]
    tenants: Option<String>,

    /// A variable of the app; may be given again
    #[arg(long = "var", value_name = "NAME=VALUE", value_parser = vars::pair)]
    vars: Vec<(String, String)>,

    /// Open for development what needs a secret elsewhere: sets DOMICILE_DEV=1, and a DOMICILE_SECRET for as long as the
    /// program runs if there is none. Only on a loopback address
    #[arg(long)]
    dev: bool,

    /// Where the keys of Cloudflare Access are instead, so that a test can play it: an http URL of a loopback host; short
    /// for `--var CLOUDFLARE_ACCESS_CERTS_URL=URL`
    #[arg(long, value_name = "URL")]
    access_certs: Option<String>,

    /// Behind one proxy: the client's address is the last one that `X-Forwarded-For` names, and the scheme the last one of
    /// `X-Forwarded-Proto`. What stands before them a client may have sent. With several proxies, let the nearest pass on
    /// what the first has said, and nothing else
    #[arg(long)]
    behind_proxy: bool,

    /// The longest request body, in bytes
    #[arg(long, value_name = "BYTES", default_value_t = 10 << 20)]
    body_limit: usize,

    /// The sizes that statements and values may have: what Cloudflare documents, or what workerd enforces on one's own
    /// machine, to compare the two
    #[arg(long, value_name = "WHOSE", default_value = "production")]
    limits: Whose,

    /// What to log: error, warn, info, debug or trace; the variable RUST_LOG says it in more detail
    #[arg(long, value_name = "LEVEL", default_value = "info")]
    log: String,
}

/// Whose sizes apply.
#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum Whose {
    Production,
    Workerd,
}

impl From<Whose> for Limits {
    fn from(whose: Whose) -> Self {
        match whose {
            Whose::Production => Self::PRODUCTION,
            Whose::Workerd => Self::WORKERD,
        }
    }
}

/// Serves `app` with the flags of this process' command line, until SIGINT or SIGTERM; or runs the command that stands
/// there, such as `makemigrations`.
///
/// It prints `listening on http://…` to stdout when it listens, and logs to stderr. The exit code is 0 after a signal,
/// 1 when it could not serve, 2 for flags that it does not know.
///
/// ```no_run
/// use domicile::prelude::*;
///
/// fn app(_: &Env) -> App {
///     App::new().route(Method::GET, "/", async |_, _| "hello")
/// }
///
/// fn main() -> std::process::ExitCode {
///     native_harness::main(app)
/// }
/// ```
#[must_use]
pub fn main(app: AppFn) -> ExitCode {
    run(app, std::env::args_os())
}

/// As [`main`], with these arguments, of which the first is the program's name.
#[must_use]
pub fn run(app: AppFn, arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    let Cli { serve: flags, command } = match Cli::try_parse_from(arguments) {
        Ok(cli) => cli,
        Err(error) => {
            // Help is no error and goes to stdout. Where nobody can read either, there is nothing more to do.
            let _ = error.print();
            return ExitCode::from(if error.use_stderr() { 2 } else { 0 });
        }
    };
    if let Some(command) = command {
        return command.run(app);
    }
    match serve_until_signal(app, flags) {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            eprintln!("error: {sentence}");
            ExitCode::FAILURE
        }
    }
}

/// The environment of a developer's own machine, where that is wanted.
fn develop(env: Env, dev: bool, host: IpAddr) -> Result<Env, String> {
    if !dev && env.get(DEV) != Some("1") {
        return Ok(env);
    }
    if !host.is_loopback() {
        return Err(format!(
            "`--dev` and {DEV}=1 open the app to whoever reaches it, and {host} is not this machine alone: leave out \
             `--host`, or `--dev` and {DEV}"
        ));
    }
    tracing::warn!(
        "{DEV}=1: /__run_migrations__/ and /__create_admin__/ are open to everybody on this machine"
    );
    let mut more = vec![(DEV.to_owned(), "1".to_owned())];
    if env.get(SECRET).is_none() {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes).map_err(|error| error.to_string())?;
        let secret = bytes.iter().map(|byte| format!("{byte:02x}")).collect();
        more.push((SECRET.to_owned(), secret));
        tracing::warn!(
            "{SECRET} is not set: one is made, and whoever has logged in has to again after a restart"
        );
    }
    Ok(env.and(more))
}

/// Refuses what is for this machine alone where a proxy brings others.
fn serves_others(env: &Env) -> Result<(), String> {
    let open = [DEV, CERTS].into_iter().find(|name| env.get(name).is_some_and(|value| !value.is_empty()));
    match open {
        Some(name) => Err(format!(
            "{name} is set and `--behind-proxy` given: it is for one's own machine, and a proxy brings others. Take {name} out of \
             the environment and .dev.vars"
        )),
        None => Ok(()),
    }
}

/// Where the keys of Cloudflare Access are instead, in a test.
const CERTS: &str = "CLOUDFLARE_ACCESS_CERTS_URL";

fn serve_until_signal(app: AppFn, flags: Flags) -> Result<(), String> {
    log::start(&flags.log)?;
    #[cfg(feature = "teeth")]
    crate::tooth::choose_by_environment()?;
    let tenants = flags.tenants.map(|how| ("TENANTS".to_owned(), how));
    let certs = flags.access_certs.map(|url| (CERTS.to_owned(), url));
    let named = tenants.into_iter().chain(certs).chain(flags.vars);
    let env = vars::gather(std::env::vars_os(), ".".as_ref(), named)?;
    let env = develop(env, flags.dev, flags.host)?;
    if flags.behind_proxy {
        serves_others(&env)?;
    }
    let listener = bind(SocketAddr::new(flags.host, flags.port)).map_err(|error| error.to_string())?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let limits = flags.limits.into();
    let config = Config { env, limits, behind_proxy: flags.behind_proxy, ..Config::folder(flags.data) };
    let host = Host::start(config, app).map_err(|error| error.to_string())?;
    let config = server::Config { body_limit: flags.body_limit, ..server::Config::default() };
    let remote = host.remote();
    let ready = || {
        let mut out = std::io::stdout().lock();
        // One who closed stdout does not want to know.
        let _ = writeln!(out, "listening on http://{address}").and_then(|()| out.flush());
    };
    let served = serve(listener, config, Shutdown::on_signals(), move || remote.entry(), ready);
    // What has had its time there, or was told twice to stop, gets no more of it here.
    if served.as_ref().is_ok_and(|ended| *ended == Ended::InOrder) {
        host.shutdown();
    } else {
        drop(host);
    }
    served.map(drop).map_err(|error| format!("the server stopped: {error}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn env(vars: &[(&str, &str)]) -> Env {
        Env::new(vars.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())))
    }

    #[test]
    fn only_this_machine_is_developed_on() {
        let (here, everywhere) = (IpAddr::from([127, 0, 0, 1]), IpAddr::from([0, 0, 0, 0]));
        assert!(develop(env(&[]), false, everywhere).is_ok_and(|env| env.get(DEV).is_none()));
        assert!(
            develop(env(&[]), true, everywhere)
                .is_err_and(|why| why.contains("0.0.0.0 is not this machine alone"))
        );
        assert!(develop(env(&[(DEV, "1")]), false, everywhere).is_err());
        let made = develop(env(&[]), true, here).unwrap();
        assert_eq!((made.get(DEV), made.get(SECRET).map(str::len)), (Some("1"), Some(64)));
        let own = develop(env(&[(SECRET, "own")]), true, here).unwrap();
        assert_eq!(own.get(SECRET), Some("own"));
    }

    #[test]
    fn what_is_for_this_machine_is_not_behind_a_proxy() {
        assert!(serves_others(&env(&[(DEV, ""), (SECRET, "own")])).is_ok());
        for name in [DEV, CERTS] {
            assert!(serves_others(&env(&[(name, "1")])).is_err_and(|why| why.contains(name)));
        }
    }
}
