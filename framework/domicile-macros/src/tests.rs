//! What the macros expand to, beside the code that they are given: a change shows as a difference to be read.
//!
//! `TRYBUILD=overwrite cargo test -p domicile-macros` writes the expansions anew, as it does the texts of the mistakes.

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::{actor, choices, from_row, message, model, refusal, schema};

#[track_caller]
fn check(name: &str, expect: &str, derive: fn(&DeriveInput) -> TokenStream, inputs: &[&str]) {
    let derived = |input: &&str| derive(&syn::parse_str(input).expect("the input is a type"));
    check_expanded(name, expect, inputs.iter().map(derived).collect());
}

#[track_caller]
fn check_expanded(name: &str, expect: &str, expanded: TokenStream) {
    let file = syn::parse2(expanded).expect("the expansion is Rust");
    let text = prettyplease::unparse(&file);
    if std::env::var_os("TRYBUILD").is_some_and(|mode| mode == "overwrite") {
        let path = format!("{}/src/tests/{name}.expanded.rs", env!("CARGO_MANIFEST_DIR"));
        std::fs::write(path, &text).expect("the snapshot can be written");
        return;
    }
    assert!(text == expect, "the expansion of `{name}` is now:\n{text}");
}

macro_rules! snapshots {
    ($($name:ident($derive:path): $($input:literal)*;)*) => {$(
        #[test]
        fn $name() {
            let expect = include_str!(concat!("tests/", stringify!($name), ".expanded.rs"));
            check(stringify!($name), expect, $derive, &[$($input),*]);
        }
    )*};
}

snapshots! {
    actor(actor::derive):
        "struct Empty;"
        "#[actor(handles(Add, Alarm), reads(blog::Total), defers(Checkout), routes = routes)]
         #[actor(models(Entry, blog::Post), migrations = MIGRATIONS, start = Counter::load, binding = \"DO_STORAGE\", location = \"weur\")]
         struct Counter { n: i64 }";
    actor_with_mistakes(actor::derive):
        "#[actor(handels(Add), reads(Total, Total), migrations = MIGRATIONS)] struct Counter;";
    message(message::derive):
        "#[message(reply = Vec<(i64, String)>, error = Full, name = \"blog.List\")] struct List { limit: u8 }";
    message_without_reply(message::derive):
        "struct List { limit: u8 }";
    refusal(refusal::derive):
        "struct Full;"
        "#[refusal(status = 403)]
         enum Denied { Owner, #[refusal(status = 404)] Gone(u8), #[refusal(status = 404)] Moved { to: u8 } }";
    from_row(from_row::derive):
        "struct Post { id: i64, #[row(name = \"caption\")] title: Option<String> }"
        "struct Pair<T>(i64, T);";
    model(model::derive):
        "struct Author { id: i64 }"
        "#[model(table = \"blog_post\", ordering(-pub_date, title), unique(author, slug), search(title))]
         pub struct Post {
             /// What it is called.
             #[model(max_length = 200, unique)] title: String,
             #[model(key, default = uuid)] slug: Uuid,
             #[model(on_delete = set_null, index = false)] author: Option<ForeignKey<Author>>,
             #[model(default = now, updated = now)] pub_date: Timestamp,
             #[model(default = Status::Draft, column = \"state\")] r#type: Status,
             #[model(default = -1.50, choices(-1.50 = \"Low\", 2 = \"High\"), help = \"A number.\")] weight: Decimal<9, 2>,
         }";
    model_with_mistakes(model::derive):
        "#[model(tabel = \"t\", unique(slg))] struct Post { title: String, #[model(on_delete = drop)] author: ForeignKey<Author> }"
        "struct Pair(i64, String);"
        "struct Page<T> { id: T }";
    choices(choices::derive):
        "enum Status { Draft, #[choice(value = \"live\", label = \"On the site\")] Published }"
        "#[choices(rename_all = \"camelCase\")] enum Empty {}";
    schema(schema::derive):
        "struct Post<T> { id: i64, #[serde(rename = \"caption\")] title: Option<T> }"
        "enum Change { None, Add(i64), Set(i64, u8), Post { post: Post<u8> } }";
}

#[test]
fn a_model_has_as_many_columns_as_a_table() {
    let expanded = |fields: usize| {
        let fields: String = (1..fields).map(|at| format!("f{at}: i64, ")).collect();
        let input = format!("struct Wide {{ id: i64, {fields} }}");
        model::derive(&syn::parse_str(&input).expect("the input is a type")).to_string()
    };
    assert!(!expanded(100).contains("compile_error"));
    let refused = expanded(102);
    assert_eq!(refused.matches("a table has at most 100 columns").count(), 1);
}

#[test]
fn a_test() {
    let tests = [
        ("", "fn it_works(host: Host) { host.evict(); }"),
        (
            "app = blog::app, vars(TENANTS = \"path\", HOOKS = \"on\"), start = NOW, crash_everywhere,
             idempotent(Add, till::Put), seeds = 64",
            "#[should_panic] async fn it_works(host: AsyncHost) -> Result<(), String> { Ok(()) }",
        ),
    ];
    let expanded = tests.iter().map(|(arguments, function)| {
        let arguments = arguments.parse().expect("the arguments are tokens");
        crate::test::attribute(&arguments, &syn::parse_str(function).expect("the function is one"))
    });
    check_expanded("test", include_str!("tests/test.expanded.rs"), expanded.collect());
}
