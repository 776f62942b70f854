//! A test that is generic, and one that is a method.

struct Host;

#[domicile::test(app = app)]
fn it_works<T>(_: Host) {}

#[domicile::test(app = app)]
fn it_works_on(&self) {}

fn main() {}
