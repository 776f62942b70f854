const _: () = {
    #[automatically_derived]
    impl ::domicile::Actor for Empty {
        const KIND: &'static str = "Empty";
        const CLASS: &'static str = "EmptyDO";
        const BINDING: &'static str = "EMPTY_DO";
        const LOCATION: ::core::option::Option<&'static str> = ::core::option::Option::None;
        const JURISDICTION: ::core::option::Option<&'static str> = ::core::option::Option::None;
        const DISPATCH: &'static [::domicile::__private::Dispatch<Self>] = &[];
        const MIGRATIONS: &'static [::domicile::Migration] = &[];
        const MODELS: &'static [&'static ::domicile::__private::schema::Schema] = &[];
        fn start(cx: &::domicile::Cx) -> ::domicile::Result<Self> {
            ::domicile::Result::Ok(
                <Self as ::domicile::__private::StartsByDefault>::by_default(),
            )
        }
        fn routes(routes: &mut ::domicile::__private::Routes<Self>) {}
    }
};
const _: () = {
    #[automatically_derived]
    impl ::domicile::Actor for Counter {
        const KIND: &'static str = "Counter";
        const CLASS: &'static str = "CounterDO";
        const BINDING: &'static str = "DO_STORAGE";
        const LOCATION: ::core::option::Option<&'static str> = ::core::option::Option::Some(
            "weur",
        );
        const JURISDICTION: ::core::option::Option<&'static str> = ::core::option::Option::None;
        const DISPATCH: &'static [::domicile::__private::Dispatch<Self>] = &[
            ::domicile::__private::Dispatch::<Self>::handles::<Add>(),
            ::domicile::__private::Dispatch::<Self>::handles::<Alarm>(),
            ::domicile::__private::Dispatch::<Self>::reads::<blog::Total>(),
            ::domicile::__private::Dispatch::<Self>::defers::<Checkout>(),
        ];
        const MIGRATIONS: &'static [::domicile::Migration] = MIGRATIONS;
        const MODELS: &'static [&'static ::domicile::__private::schema::Schema] = &[
            <Entry as ::domicile::Model>::SCHEMA,
            <blog::Post as ::domicile::Model>::SCHEMA,
        ];
        fn start(cx: &::domicile::Cx) -> ::domicile::Result<Self> {
            let function: fn(&::domicile::Cx) -> ::domicile::Result<Self> = Counter::load;
            function(cx)
        }
        fn routes(routes: &mut ::domicile::__private::Routes<Self>) {
            let function: fn(&mut ::domicile::__private::Routes<Self>) = routes;
            function(routes)
        }
    }
    #[automatically_derived]
    impl ::domicile::Accepts<Add> for Counter {}
    #[automatically_derived]
    impl ::domicile::Accepts<Alarm> for Counter {}
    #[automatically_derived]
    impl ::domicile::Accepts<blog::Total> for Counter {}
    #[automatically_derived]
    impl ::domicile::Accepts<Checkout> for Counter {}
    const _: () = ::core::assert!(
        ::domicile::__private::distinct(< Counter as ::domicile::Actor > ::DISPATCH),
        "two messages of this actor have one name: give one of them another with `#[message(name = …)]`"
    );
    const _: () = ::core::assert!(
        ::domicile::__private::distinct_tables(< Counter as ::domicile::Actor >
        ::MODELS),
        "two models of this actor have one table: list each once, and give one of them another with `#[model(table = …)]`"
    );
};
