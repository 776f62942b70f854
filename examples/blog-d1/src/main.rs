//! Serves the blog on D1: natively with `cargo run -p blog-d1`, on Cloudflare once it is built to Wasm.

fn main() -> std::process::ExitCode {
    domicile_host::main(blog_d1::app)
}
