const _: () = {
    #[automatically_derived]
    impl ::domicile::__private::Model for Author {
        type Key = i64;
        const SCHEMA: &'static ::domicile::__private::schema::Schema = &::domicile::__private::schema::Schema {
            name: "Author",
            table: "author",
            verbose_name: "author",
            verbose_name_plural: "authors",
            columns: &[
                ::domicile::__private::Slot::key(
                    <i64 as ::domicile::__private::Field>::SLOT,
                    "id",
                    "id",
                ),
            ],
            key: 0usize,
            indexes: &[],
            ordering: &[],
            search: ::core::option::Option::None,
        };
        fn read(
            row: &::domicile::__private::Row<'_>,
            at: usize,
        ) -> ::domicile::Result<Self> {
            ::domicile::Result::Ok(Self {
                id: <i64 as ::domicile::__private::Field>::read_at(
                    row,
                    at,
                    0usize,
                    Self::SCHEMA,
                )?,
            })
        }
        fn bind<'value>(
            &'value self,
            out: &mut ::std::vec::Vec<::domicile::__private::Param<'value>>,
        ) -> ::domicile::Result<()> {
            <i64 as ::domicile::__private::Field>::bind_at(
                &self.id,
                out,
                0usize,
                Self::SCHEMA,
            )?;
            ::domicile::Result::Ok(())
        }
        fn key(&self) -> Self::Key {
            ::core::clone::Clone::clone(&self.id)
        }
    }
    #[automatically_derived]
    #[allow(dead_code, non_upper_case_globals, private_interfaces)]
    impl Author {
        ///The column `id`.
        const id: ::domicile::__private::Column<Self, i64> = ::domicile::__private::Column::new(
            0usize,
        );
    }
};
const _: () = {
    #[automatically_derived]
    impl ::domicile::__private::Model for Post {
        type Key = Uuid;
        const SCHEMA: &'static ::domicile::__private::schema::Schema = &::domicile::__private::schema::Schema {
            name: "Post",
            table: "blog_post",
            verbose_name: "post",
            verbose_name_plural: "posts",
            columns: &[
                ::domicile::__private::schema::Column {
                    unique: true,
                    max_length: ::domicile::__private::Slot::max_length(
                        <String as ::domicile::__private::Field>::SLOT,
                        200,
                    ),
                    ..::domicile::__private::Slot::plain(
                        <String as ::domicile::__private::Field>::SLOT,
                        "title",
                        "title",
                    )
                },
                ::domicile::__private::schema::Column {
                    default: ::domicile::__private::Slot::uuid(
                        <Uuid as ::domicile::__private::Field>::SLOT,
                    ),
                    ..::domicile::__private::Slot::key(
                        <Uuid as ::domicile::__private::Field>::SLOT,
                        "slug",
                        "slug",
                    )
                },
                ::domicile::__private::schema::Column {
                    index: false,
                    ..::domicile::__private::Slot::foreign(
                        <Option<
                            ForeignKey<Author>,
                        > as ::domicile::__private::Field>::SLOT,
                        "author",
                        "author",
                        ::domicile::__private::schema::OnDelete::SetNull,
                    )
                },
                ::domicile::__private::schema::Column {
                    default: ::domicile::__private::Slot::now(
                        <Timestamp as ::domicile::__private::Field>::SLOT,
                    ),
                    updated: ::domicile::__private::Slot::updated_now(
                        <Timestamp as ::domicile::__private::Field>::SLOT,
                    ),
                    ..::domicile::__private::Slot::plain(
                        <Timestamp as ::domicile::__private::Field>::SLOT,
                        "pub_date",
                        "pub date",
                    )
                },
                ::domicile::__private::schema::Column {
                    default: ::domicile::__private::Slot::default(
                        <Status as ::domicile::__private::Field>::SLOT,
                        {
                            const _: <Status as ::domicile::__private::Field>::Base = Status::Draft;
                            ::domicile::__private::Given::Text(Status::Draft.value())
                        },
                    ),
                    ..::domicile::__private::Slot::plain(
                        <Status as ::domicile::__private::Field>::SLOT,
                        "state",
                        "type",
                    )
                },
                ::domicile::__private::schema::Column {
                    default: {
                        const WIDE: ::domicile::__private::Wide = ::domicile::__private::Slot::wide(
                            <Decimal<9, 2> as ::domicile::__private::Field>::SLOT,
                            ::domicile::__private::Given::Real(-1.5f64, "-1.50"),
                        );
                        ::domicile::__private::Slot::default_number(
                            <Decimal<9, 2> as ::domicile::__private::Field>::SLOT,
                            ::domicile::__private::Given::Real(-1.5f64, "-1.50"),
                            &WIDE,
                        )
                    },
                    choices: &[
                        ::domicile::__private::Slot::choice(
                            <Decimal<9, 2> as ::domicile::__private::Field>::SLOT,
                            ::domicile::__private::Given::Real(-1.5f64, "-1.50"),
                            "Low",
                        ),
                        ::domicile::__private::Slot::choice(
                            <Decimal<9, 2> as ::domicile::__private::Field>::SLOT,
                            ::domicile::__private::Given::Integer(2i64),
                            "High",
                        ),
                    ],
                    help: "A number.",
                    ..::domicile::__private::Slot::plain(
                        <Decimal<9, 2> as ::domicile::__private::Field>::SLOT,
                        "weight",
                        "weight",
                    )
                },
            ],
            key: 1usize,
            indexes: &[
                ::domicile::__private::schema::Index {
                    columns: &["author", "slug"],
                    unique: true,
                },
            ],
            ordering: &[
                ::domicile::__private::schema::Ordering {
                    column: "pub_date",
                    descending: true,
                },
                ::domicile::__private::schema::Ordering {
                    column: "title",
                    descending: false,
                },
            ],
            search: ::core::option::Option::Some(::domicile::__private::schema::Search {
                columns: &[
                    ::domicile::__private::Slot::searched(
                        <String as ::domicile::__private::Field>::SLOT,
                        "title",
                    ),
                ],
                tokenizer: "unicode61",
            }),
        };
        fn read(
            row: &::domicile::__private::Row<'_>,
            at: usize,
        ) -> ::domicile::Result<Self> {
            ::domicile::Result::Ok(Self {
                title: <String as ::domicile::__private::Field>::read_at(
                    row,
                    at,
                    0usize,
                    Self::SCHEMA,
                )?,
                slug: <Uuid as ::domicile::__private::Field>::read_at(
                    row,
                    at,
                    1usize,
                    Self::SCHEMA,
                )?,
                author: <Option<
                    ForeignKey<Author>,
                > as ::domicile::__private::Field>::read_at(
                    row,
                    at,
                    2usize,
                    Self::SCHEMA,
                )?,
                pub_date: <Timestamp as ::domicile::__private::Field>::read_at(
                    row,
                    at,
                    3usize,
                    Self::SCHEMA,
                )?,
                r#type: <Status as ::domicile::__private::Field>::read_at(
                    row,
                    at,
                    4usize,
                    Self::SCHEMA,
                )?,
                weight: <Decimal<
                    9,
                    2,
                > as ::domicile::__private::Field>::read_at(
                    row,
                    at,
                    5usize,
                    Self::SCHEMA,
                )?,
            })
        }
        fn bind<'value>(
            &'value self,
            out: &mut ::std::vec::Vec<::domicile::__private::Param<'value>>,
        ) -> ::domicile::Result<()> {
            <String as ::domicile::__private::Field>::bind_at(
                &self.title,
                out,
                0usize,
                Self::SCHEMA,
            )?;
            <Uuid as ::domicile::__private::Field>::bind_at(
                &self.slug,
                out,
                1usize,
                Self::SCHEMA,
            )?;
            <Option<
                ForeignKey<Author>,
            > as ::domicile::__private::Field>::bind_at(
                &self.author,
                out,
                2usize,
                Self::SCHEMA,
            )?;
            <Timestamp as ::domicile::__private::Field>::bind_at(
                &self.pub_date,
                out,
                3usize,
                Self::SCHEMA,
            )?;
            <Status as ::domicile::__private::Field>::bind_at(
                &self.r#type,
                out,
                4usize,
                Self::SCHEMA,
            )?;
            <Decimal<
                9,
                2,
            > as ::domicile::__private::Field>::bind_at(
                &self.weight,
                out,
                5usize,
                Self::SCHEMA,
            )?;
            ::domicile::Result::Ok(())
        }
        fn key(&self) -> Self::Key {
            ::core::clone::Clone::clone(&self.slug)
        }
    }
    #[automatically_derived]
    #[allow(dead_code, non_upper_case_globals, private_interfaces)]
    impl Post {
        /// What it is called.
        pub const title: ::domicile::__private::Column<Self, String> = ::domicile::__private::Column::new(
            0usize,
        );
        ///The column `slug`.
        pub const slug: ::domicile::__private::Column<Self, Uuid> = ::domicile::__private::Column::new(
            1usize,
        );
        ///The column `author`.
        pub const author: ::domicile::__private::Column<
            Self,
            Option<ForeignKey<Author>>,
        > = ::domicile::__private::Column::new(2usize);
        ///The column `pub_date`.
        pub const pub_date: ::domicile::__private::Column<Self, Timestamp> = ::domicile::__private::Column::new(
            3usize,
        );
        ///The column `state`.
        pub const r#type: ::domicile::__private::Column<Self, Status> = ::domicile::__private::Column::new(
            4usize,
        );
        ///The column `weight`.
        pub const weight: ::domicile::__private::Column<Self, Decimal<9, 2>> = ::domicile::__private::Column::new(
            5usize,
        );
    }
};
