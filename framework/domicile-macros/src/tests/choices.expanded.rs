const _: () = {
    #[automatically_derived]
    #[allow(dead_code)]
    impl Status {
        /// All of them, in order.
        pub const ALL: &'static [Self] = &[Self::Draft, Self::Published];
        /// The text that it is stored as.
        #[inline]
        #[must_use]
        pub const fn value(&self) -> &'static str {
            match *self {
                Self::Draft => "draft",
                Self::Published => "live",
            }
        }
        /// What people call it.
        #[inline]
        #[must_use]
        pub const fn label(&self) -> &'static str {
            match *self {
                Self::Draft => "Draft",
                Self::Published => "On the site",
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Display for Status {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.pad(self.label())
        }
    }
    #[automatically_derived]
    impl ::core::str::FromStr for Status {
        type Err = ::domicile::model::NotAChoice;
        fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
            match text {
                "draft" => ::core::result::Result::Ok(Self::Draft),
                "live" => ::core::result::Result::Ok(Self::Published),
                _ => {
                    ::core::result::Result::Err(
                        ::domicile::model::NotAChoice::new(
                            text,
                            <Self as ::domicile::__private::Field>::CHOICES,
                        ),
                    )
                }
            }
        }
    }
    #[automatically_derived]
    impl ::domicile::ToValue for Status {
        fn to_value(&self) -> ::domicile::Result<::domicile::__private::Param<'_>> {
            ::domicile::Result::Ok(::domicile::__private::Param::text(self.value()))
        }
    }
    #[automatically_derived]
    impl ::domicile::FromValue for Status {
        fn from_value(
            value: ::domicile::__private::ValueRef<'_>,
        ) -> ::domicile::Result<Self> {
            ::domicile::__private::chosen(value)
        }
    }
    #[automatically_derived]
    impl ::domicile::FromRow for Status {
        const COLUMNS: ::core::option::Option<&'static [&'static str]> = ::core::option::Option::None;
        fn from_row(row: &::domicile::__private::Row<'_>) -> ::domicile::Result<Self> {
            ::domicile::__private::only(row)
        }
    }
    #[automatically_derived]
    impl ::domicile::__private::Field for Status {
        const KIND: ::domicile::__private::schema::Kind = ::domicile::__private::schema::Kind::Text;
        const CHOICES: &'static [::domicile::__private::schema::Choice] = &[
            ::domicile::__private::schema::Choice {
                value: ::domicile::__private::schema::Literal::Text("draft"),
                label: "Draft",
            },
            ::domicile::__private::schema::Choice {
                value: ::domicile::__private::schema::Literal::Text("live"),
                label: "On the site",
            },
        ];
        type Base = Self;
    }
};
::core::compile_error! {
    "there is no `camelCase`: did you mean `PascalCase`? The rules are: snake_case, kebab-case, SCREAMING_SNAKE_CASE, lowercase, UPPERCASE, PascalCase"
}
::core::compile_error! {
    "there is nothing to choose from: write a variant for each value"
}
const _: () = {
    #[automatically_derived]
    #[allow(dead_code)]
    impl Empty {
        /// All of them, in order.
        pub const ALL: &'static [Self] = &[];
        /// The text that it is stored as.
        #[inline]
        #[must_use]
        pub const fn value(&self) -> &'static str {
            match *self {
                _ => "",
            }
        }
        /// What people call it.
        #[inline]
        #[must_use]
        pub const fn label(&self) -> &'static str {
            match *self {
                _ => "",
            }
        }
    }
    #[automatically_derived]
    impl ::core::fmt::Display for Empty {
        fn fmt(&self, f: &mut ::core::fmt::Formatter<'_>) -> ::core::fmt::Result {
            f.pad(self.label())
        }
    }
    #[automatically_derived]
    impl ::core::str::FromStr for Empty {
        type Err = ::domicile::model::NotAChoice;
        fn from_str(text: &str) -> ::core::result::Result<Self, Self::Err> {
            match text {
                _ => {
                    ::core::result::Result::Err(
                        ::domicile::model::NotAChoice::new(
                            text,
                            <Self as ::domicile::__private::Field>::CHOICES,
                        ),
                    )
                }
            }
        }
    }
    #[automatically_derived]
    impl ::domicile::ToValue for Empty {
        fn to_value(&self) -> ::domicile::Result<::domicile::__private::Param<'_>> {
            ::domicile::Result::Ok(::domicile::__private::Param::text(self.value()))
        }
    }
    #[automatically_derived]
    impl ::domicile::FromValue for Empty {
        fn from_value(
            value: ::domicile::__private::ValueRef<'_>,
        ) -> ::domicile::Result<Self> {
            ::domicile::__private::chosen(value)
        }
    }
    #[automatically_derived]
    impl ::domicile::FromRow for Empty {
        const COLUMNS: ::core::option::Option<&'static [&'static str]> = ::core::option::Option::None;
        fn from_row(row: &::domicile::__private::Row<'_>) -> ::domicile::Result<Self> {
            ::domicile::__private::only(row)
        }
    }
    #[automatically_derived]
    impl ::domicile::__private::Field for Empty {
        const KIND: ::domicile::__private::schema::Kind = ::domicile::__private::schema::Kind::Text;
        const CHOICES: &'static [::domicile::__private::schema::Choice] = &[];
        type Base = Self;
    }
};
