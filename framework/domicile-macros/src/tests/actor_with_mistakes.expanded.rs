::core::compile_error! {
    "there is no `handels`: did you mean `handles`? The keys are: handles, reads, defers, routes, migrations, models, start, class, binding, kind, location, jurisdiction"
}
::core::compile_error! {
    "`Total` stands twice under `reads(…)`: take one away"
}
const _: () = {
    #[automatically_derived]
    impl ::domicile::Actor for Counter {
        const KIND: &'static str = "Counter";
        const CLASS: &'static str = "CounterDO";
        const BINDING: &'static str = "COUNTER_DO";
        const LOCATION: ::core::option::Option<&'static str> = ::core::option::Option::None;
        const JURISDICTION: ::core::option::Option<&'static str> = ::core::option::Option::None;
        const DISPATCH: &'static [::domicile::__private::Dispatch<Self>] = &[];
        const MIGRATIONS: &'static [::domicile::Migration] = &[];
        const MODELS: &'static [&'static ::domicile::__private::schema::Schema] = &[];
        fn start(cx: &::domicile::Cx) -> ::domicile::Result<Self> {
            ::domicile::Result::Err(::domicile::Error::internal("this does not compile"))
        }
        fn routes(routes: &mut ::domicile::__private::Routes<Self>) {}
    }
    #[automatically_derived]
    impl ::domicile::Accepts<Total> for Counter {}
};
