//! `#[derive(Schema)]`: the same description as postcard-schema's own derive gives, for every form of type.

use std::collections::BTreeMap;

use domicile::Schema;

/// Declares the same types twice, once with each derive, and compares what they say of themselves.
macro_rules! same {
    ($($test:ident: $type:ty => { $($item:item)* })*) => {$(
        #[test]
        fn $test() {
            mod ours {
                use super::*;
                $(
                    #[derive(domicile::Schema)]
                    #[allow(dead_code)]
                    $item
                )*
                pub(super) fn schema() -> &'static postcard_schema::schema::NamedType {
                    <$type as Schema>::SCHEMA
                }
            }
            mod theirs {
                use super::*;
                $(
                    #[derive(postcard_schema::Schema)]
                    #[allow(dead_code)]
                    $item
                )*
                pub(super) fn schema() -> &'static postcard_schema::schema::NamedType {
                    <$type as Schema>::SCHEMA
                }
            }
            assert_eq!(ours::schema(), theirs::schema());
        }
    )*};
}

same! {
    unit_struct: A => { struct A; }
    newtype_struct: A => { struct A(u32); }
    empty_tuple_struct: A => { struct A(); }
    tuple_struct: A => { struct A(u8, Option<String>, [u16; 3]); }
    empty_struct: A => { struct A {} }
    nested_structs: A => {
        struct A { b: B, list: Vec<B>, map: BTreeMap<String, B> }
        struct B { c: (i64, f64), d: bool }
    }
    empty_enum: A => { enum A {} }
    enum_of_every_form: A => {
        enum A { Unit, Newtype(u8), Empty(), Tuple(u8, String), Struct { a: u8, b: Vec<u8> }, None {} }
    }
    generics: A<'static, String, 4> => {
        struct A<'a, T, const N: usize> where T: Clone { a: T, b: &'a str, c: [u8; 4], d: B<T> }
        enum B<T> { One(T), Many { all: Vec<T> } }
    }
}

#[test]
fn renamed_as_serde_renames() {
    #[derive(domicile::Schema, serde::Serialize)]
    #[serde(rename = "Renamed", deny_unknown_fields)]
    struct Ours {
        #[serde(default, rename = "b")]
        a: u8,
    }
    #[derive(postcard_schema::Schema)]
    #[allow(dead_code)]
    struct Renamed {
        b: u8,
    }
    assert_eq!(Ours::SCHEMA, Renamed::SCHEMA);
    assert_eq!(Ours { a: 1 }.a, 1);
}

#[test]
fn what_serde_skips_is_not_on_the_wire() {
    #[derive(domicile::Schema, serde::Serialize)]
    struct Ours {
        a: u8,
        #[serde(skip)]
        cache: Option<std::rc::Rc<u8>>,
    }
    let names = match Ours::SCHEMA.ty {
        postcard_schema::schema::DataModelType::Struct(fields) => fields.iter().map(|f| f.name).collect(),
        _ => vec!["no struct"],
    };
    assert_eq!(names, ["a"]);
    assert!(Ours { a: 1, cache: None }.cache.is_none());
}
