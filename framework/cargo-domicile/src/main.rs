//! The `cargo domicile` command: reads the arguments, runs one command, prints what went wrong.

use std::process::ExitCode;

use clap::Parser;

use cargo_domicile::command::Cli;

fn main() -> ExitCode {
    // Cargo gives an installed subcommand its own name as the first argument; the repository's alias does not.
    let mut arguments: Vec<_> = std::env::args_os().collect();
    if arguments.get(1).is_some_and(|first| first == "domicile") {
        arguments.remove(1);
    }
    match Cli::parse_from(arguments).run() {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}
