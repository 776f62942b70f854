const _: () = {
    #[automatically_derived]
    impl ::domicile::FromRow for Post {
        const COLUMNS: ::core::option::Option<&'static [&'static str]> = ::core::option::Option::Some(
            &["id", "caption"],
        );
        fn from_row(row: &::domicile::__private::Row<'_>) -> ::domicile::Result<Self> {
            ::domicile::Result::Ok(Self {
                id: row.get::<i64>(0usize)?,
                title: row.get::<Option<String>>(1usize)?,
            })
        }
    }
};
const _: () = {
    #[automatically_derived]
    impl<T> ::domicile::FromRow for Pair<T>
    where
        i64: ::domicile::FromValue,
        T: ::domicile::FromValue,
    {
        const COLUMNS: ::core::option::Option<&'static [&'static str]> = ::core::option::Option::None;
        fn from_row(row: &::domicile::__private::Row<'_>) -> ::domicile::Result<Self> {
            ::domicile::__private::count(row, 2usize)?;
            ::domicile::Result::Ok(Self(row.get::<i64>(0usize)?, row.get::<T>(1usize)?))
        }
    }
};
