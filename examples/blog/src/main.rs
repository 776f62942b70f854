//! Serves the blog: natively with `cargo run -p blog`, on Cloudflare once it is built to Wasm.

fn main() -> std::process::ExitCode {
    domicile_host::main(blog::app)
}
