//! The names of files: readable, short, and one for each actor.

use std::collections::HashSet;

use domicile::Name;
use domicile::wire::ActorRef;

use super::path;

fn of(kind: &str, name: &str) -> String {
    let actor = ActorRef { kind: kind.to_owned(), name: Name::new(name).unwrap() };
    path(&actor).to_str().unwrap().to_owned()
}

#[track_caller]
fn check(name: &str, slug: &str) {
    let path = of("Blog", name);
    let (start, hash) = path.strip_suffix(".sqlite").unwrap().split_at(path.len() - 39);
    assert_eq!(start, format!("blog/{slug}"), "{name}");
    assert!(hash.bytes().all(|b| b.is_ascii_hexdigit()), "{hash}");
}

#[test]
fn a_name_is_readable_in_lower_case() {
    check("main", "main-");
    check("Acme & Söhne, GmbH", "acme-söhne-gmbh-");
    check("../../etc/passwd", "etc-passwd-");
    check("a_b.c", "a_b-c-");
    check("-", "");
    check("日本", "日本-");
    check(&"x".repeat(200), &format!("{}-", "x".repeat(80)));
    // The slug is cut between two characters: 26 of three bytes each are 78.
    check(&"日".repeat(40), &format!("{}-", "日".repeat(26)));
}

#[test]
fn the_file_of_an_actor_never_changes() {
    assert_eq!(of("Blog", "main"), "blog/main-d3d53a3b2ebcfa0aa2b3c2b17b195354.sqlite");
}

#[test]
fn each_actor_has_a_file_of_its_own() {
    let actors = [("A", "b"), ("a", "b"), ("A", "B"), ("Ab", "b"), ("A", "b "), ("A", "b-"), ("A", "-b")];
    let files: HashSet<_> = actors.iter().map(|(kind, name)| of(kind, name)).collect();
    assert_eq!(files.len(), actors.len());
    // Not even where a file system does not tell upper from lower case.
    let lower: HashSet<_> = files.iter().map(|file| file.to_lowercase()).collect();
    assert_eq!(lower.len(), actors.len());
}
