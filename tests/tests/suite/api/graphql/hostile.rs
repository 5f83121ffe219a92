//! Documents that ask for more than they say.

use super::{case, notes, refused};
use luge_tests::{Requests, check};
use std::time::Instant;

fn repeated(part: &str, times: usize) -> String {
    part.repeat(times)
}

/// A document that spreads a fragment that spreads a fragment twice, and so on.
fn bomb() -> String {
    let mut bomb = "{ notes { ...f0 } } ".to_owned();
    for n in 0..40 {
        let spread = format!("...f{}", n + 1);
        bomb.push_str(&format!(
            "fragment f{n} on NotesPage {{ {spread} {spread} }} "
        ));
    }
    bomb + "fragment f40 on NotesPage { page }"
}

/// Owners of notes of owners, some times.
fn around(times: usize) -> String {
    let (open, close) = ("owner { notes_via_owner { ", "} } ");
    let (open, close) = (repeated(open, times), repeated(close, times));
    format!("{{ notes {{ items {{ {open} id {close} }} }} }}")
}

#[test]
fn hostile_documents_are_refused_at_once() {
    let Some(world) = notes() else { return };
    let (anyone, superuser) = (&world.anyone, &world.superuser);
    let aliases: String = (0..60).map(|n| format!("a{n}: page ")).collect();
    let roots: String = (0..21)
        .map(|n| format!("a{n}: notes {{ page }} "))
        .collect();
    let circle = "{ notes { ...a } } fragment a on NotesPage { ...b } \
                  fragment b on NotesPage { ...a }";
    let schema = "{ __schema { types { fields { type { fields { type { name } } } } } } }";
    let lists = format!("{{ notes(where: {}) {{ page }} }}", repeated("[", 9_000));
    let directives = repeated("@skip(if: false) ", 500);
    let directives = format!("{{ notes {{ page {directives} }} }}");
    let fields = format!("{{ notes {{ items {{ {} }} }} }}", repeated("id ", 1_500));
    let blank = format!("{{ notes {{ page {} }} }}", repeated(" ", 40_000));
    let large = "{ notes(perPage: 100000) { perPage } }";
    let begun = Instant::now();
    let bad = |name, document: &str| case(name, anyone, document).status(400);
    check(vec![
        bad("aliases", &format!("{{ notes {{ {aliases} }} }}")).has("aliases"),
        bad("fields of the root", &format!("{{ {roots} }}")).has("of the root"),
        bad("depth", &around(8)).has("in each other"),
        bad("brackets", &repeated("{", 30_000)).has("brackets"),
        bad("lists in lists", &lists).has("brackets"),
        bad("fragments in fragments", &bomb()).has("fields"),
        bad("fragments in a circle", circle).has("spreads itself"),
        bad("directives", &directives).has("directives"),
        bad("many fields", &fields).has("fields"),
        bad("a long document", &blank).has("bytes"),
        case("a schema in circles", superuser, schema)
            .status(400)
            .has("lists of the schema"),
        refused("relations behind relations", superuser, &around(4), 400)
            .has("at most 6 relations"),
        case("a page that is too large", anyone, large).is("data.notes.perPage", 1000),
    ]);
    println!("hostile documents took {:?}", begun.elapsed());
    anyone.get("/api/health").expect(200);
}
