//! Arguments of a test that do not exist, or have no such value.

struct Host;

#[domicile::test(crash_everywhere = true, seeds = 0, vars(TENANTS = path), aap = app)]
fn it_works(_: Host) {}

#[domicile::test(app, start, seeds, idempotent(Add))]
fn it_works_too(_: Host) {}

fn main() {}
