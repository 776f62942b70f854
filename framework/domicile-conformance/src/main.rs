//! Serves the proving app on the host that it is compiled for.

fn main() -> std::process::ExitCode {
    domicile_host::main(domicile_conformance::app)
}
