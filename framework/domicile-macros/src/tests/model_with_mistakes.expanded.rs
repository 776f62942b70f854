::core::compile_error! {
    "there is no `tabel`: did you mean `table`? The keys are: table, verbose_name, verbose_name_plural, ordering, unique, index, search, tokenizer"
}
::core::compile_error! {
    "a model has a primary key: add a field `id: i64`, which numbers the rows, or mark another with `#[model(key)]`"
}
::core::compile_error! {
    "there is no `drop`. The ways are: protect, cascade, set_null, set_default"
}
::core::compile_error! {
    "there is no `slg`. The fields are: title, author"
}
::core::compile_error! {
    "`unique(…)` is for several columns: for one, write `#[model(unique)]` on the field"
}
const _: () = {
    #[automatically_derived]
    impl ::domicile::__private::Model for Post {
        type Key = i64;
        const SCHEMA: &'static ::domicile::__private::schema::Schema = &::domicile::__private::schema::Schema {
            name: "",
            table: "",
            verbose_name: "",
            verbose_name_plural: "",
            columns: &[],
            key: 0,
            indexes: &[],
            ordering: &[],
            search: ::core::option::Option::None,
        };
        fn read(
            row: &::domicile::__private::Row<'_>,
            at: usize,
        ) -> ::domicile::Result<Self> {
            ::domicile::Result::Err(::domicile::Error::internal("this does not compile"))
        }
        fn bind<'value>(
            &'value self,
            out: &mut ::std::vec::Vec<::domicile::__private::Param<'value>>,
        ) -> ::domicile::Result<()> {
            ::domicile::Result::Err(::domicile::Error::internal("this does not compile"))
        }
        fn key(&self) -> Self::Key {
            0
        }
    }
    #[automatically_derived]
    #[allow(dead_code, non_upper_case_globals, private_interfaces)]
    impl Post {
        ///The column `title`.
        const title: ::domicile::__private::Column<Self, String> = ::domicile::__private::Column::new(
            0usize,
        );
        ///The column `author`.
        const author: ::domicile::__private::Column<Self, ForeignKey<Author>> = ::domicile::__private::Column::new(
            1usize,
        );
    }
};
::core::compile_error! {
    "a model is a struct with a named field for each column: write such a struct"
}
const _: () = {
    #[automatically_derived]
    impl ::domicile::__private::Model for Pair {
        type Key = i64;
        const SCHEMA: &'static ::domicile::__private::schema::Schema = &::domicile::__private::schema::Schema {
            name: "",
            table: "",
            verbose_name: "",
            verbose_name_plural: "",
            columns: &[],
            key: 0,
            indexes: &[],
            ordering: &[],
            search: ::core::option::Option::None,
        };
        fn read(
            row: &::domicile::__private::Row<'_>,
            at: usize,
        ) -> ::domicile::Result<Self> {
            ::domicile::Result::Err(::domicile::Error::internal("this does not compile"))
        }
        fn bind<'value>(
            &'value self,
            out: &mut ::std::vec::Vec<::domicile::__private::Param<'value>>,
        ) -> ::domicile::Result<()> {
            ::domicile::Result::Err(::domicile::Error::internal("this does not compile"))
        }
        fn key(&self) -> Self::Key {
            0
        }
    }
};
::core::compile_error! {
    "a model has no generics: it is one table. Write a struct for each table that there is"
}
