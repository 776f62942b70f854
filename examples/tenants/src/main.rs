//! Serves the notebooks: natively with `cargo run -p tenants`, on Cloudflare once it is built to Wasm.

fn main() -> std::process::ExitCode {
    domicile_host::main(tenants::app)
}
