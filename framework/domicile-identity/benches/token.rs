//! x
fn main() {
    println!("{:?}", domicile_identity::access::go());
}
