const _: () = {
    #[automatically_derived]
    impl ::domicile::__private::Model for Author {
        type Key = i64;
        const SCHEMA: &'static ::domicile::__private::schema::Schema = &::domicile::__private::schema::Schema {
            name: "Author",
            table: "author",
            verbose_name: "author",
            verbose_name_plural: "authors",
            columns: &[::domicile::__private::Slot::<i64>::key("id", "id")],
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
                id: ::domicile::__private::Slot::<i64>::read::<Self>(row, at, 0usize)?,
            })
        }
        fn bind<'value>(
            &'value self,
            out: &mut ::std::vec::Vec<::domicile::__private::Param<'value>>,
        ) -> ::domicile::Result<()> {
            ::domicile::__private::Slot::<i64>::bind::<Self>(&self.id, 0usize, out)?;
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
                    max_length: ::domicile::__private::Slot::<String>::max_length(200),
                    ..::domicile::__private::Slot::<String>::plain("title", "title")
                },
                ::domicile::__private::schema::Column {
                    default: ::domicile::__private::Slot::<Uuid>::uuid(),
                    ..::domicile::__private::Slot::<Uuid>::key("slug", "slug")
                },
                ::domicile::__private::schema::Column {
                    index: false,
                    ..::domicile::__private::Slot::<
                        Option<ForeignKey<Author>>,
                    >::foreign(
                        "author",
                        "author",
                        ::domicile::__private::schema::OnDelete::SetNull,
                    )
                },
                ::domicile::__private::schema::Column {
                    default: ::domicile::__private::Slot::<Timestamp>::now(),
                    updated: ::domicile::__private::Slot::<Timestamp>::updated_now(),
                    ..::domicile::__private::Slot::<
                        Timestamp,
                    >::plain("pub_date", "pub date")
                },
                ::domicile::__private::schema::Column {
                    default: ::domicile::__private::Slot::<
                        Status,
                    >::default({
                        const VARIANT: <Status as ::domicile::__private::Field>::Base = Status::Draft;
                        ::domicile::__private::Given::Text(VARIANT.value())
                    }),
                    ..::domicile::__private::Slot::<Status>::plain("state", "type")
                },
                ::domicile::__private::schema::Column {
                    default: ::domicile::__private::Slot::<
                        Decimal<9, 2>,
                    >::default(::domicile::__private::Given::Real(-1.5f64, "-1.50")),
                    choices: &[
                        ::domicile::__private::Slot::<
                            Decimal<9, 2>,
                        >::choice(
                            ::domicile::__private::Given::Real(-1.5f64, "-1.50"),
                            "Low",
                        ),
                        ::domicile::__private::Slot::<
                            Decimal<9, 2>,
                        >::choice(::domicile::__private::Given::Integer(2i64), "High"),
                    ],
                    help: "A number.",
                    ..::domicile::__private::Slot::<
                        Decimal<9, 2>,
                    >::plain("weight", "weight")
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
                columns: &[::domicile::__private::Slot::<String>::searched("title")],
                tokenizer: "unicode61",
            }),
        };
        fn read(
            row: &::domicile::__private::Row<'_>,
            at: usize,
        ) -> ::domicile::Result<Self> {
            ::domicile::Result::Ok(Self {
                title: ::domicile::__private::Slot::<
                    String,
                >::read::<Self>(row, at, 0usize)?,
                slug: ::domicile::__private::Slot::<
                    Uuid,
                >::read::<Self>(row, at, 1usize)?,
                author: ::domicile::__private::Slot::<
                    Option<ForeignKey<Author>>,
                >::read::<Self>(row, at, 2usize)?,
                pub_date: ::domicile::__private::Slot::<
                    Timestamp,
                >::read::<Self>(row, at, 3usize)?,
                r#type: ::domicile::__private::Slot::<
                    Status,
                >::read::<Self>(row, at, 4usize)?,
                weight: ::domicile::__private::Slot::<
                    Decimal<9, 2>,
                >::read::<Self>(row, at, 5usize)?,
            })
        }
        fn bind<'value>(
            &'value self,
            out: &mut ::std::vec::Vec<::domicile::__private::Param<'value>>,
        ) -> ::domicile::Result<()> {
            ::domicile::__private::Slot::<
                String,
            >::bind::<Self>(&self.title, 0usize, out)?;
            ::domicile::__private::Slot::<Uuid>::bind::<Self>(&self.slug, 1usize, out)?;
            ::domicile::__private::Slot::<
                Option<ForeignKey<Author>>,
            >::bind::<Self>(&self.author, 2usize, out)?;
            ::domicile::__private::Slot::<
                Timestamp,
            >::bind::<Self>(&self.pub_date, 3usize, out)?;
            ::domicile::__private::Slot::<
                Status,
            >::bind::<Self>(&self.r#type, 4usize, out)?;
            ::domicile::__private::Slot::<
                Decimal<9, 2>,
            >::bind::<Self>(&self.weight, 5usize, out)?;
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
