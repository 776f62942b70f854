//! Serves the tracker: natively with `cargo run -p tracker`, on Cloudflare once it is built to Wasm.

fn main() -> std::process::ExitCode {
    domicile_host::main(tracker::app)
}
