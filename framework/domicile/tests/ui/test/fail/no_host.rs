//! A test that takes no host.

#[domicile::test]
fn it_works() {}

fn main() {}
