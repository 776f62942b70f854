const _: () = {
    #[automatically_derived]
    impl<T: ::domicile::Schema> ::domicile::Schema for Post<T> {
        const SCHEMA: &'static ::domicile::__private::postcard_schema::schema::NamedType = &::domicile::__private::postcard_schema::schema::NamedType {
            name: "Post",
            ty: &::domicile::__private::postcard_schema::schema::DataModelType::Struct(
                &[
                    &::domicile::__private::postcard_schema::schema::NamedValue {
                        name: "id",
                        ty: <i64 as ::domicile::__private::Described>::SCHEMA,
                    },
                    &::domicile::__private::postcard_schema::schema::NamedValue {
                        name: "caption",
                        ty: <Option<T> as ::domicile::__private::Described>::SCHEMA,
                    },
                ],
            ),
        };
    }
};
const _: () = {
    #[automatically_derived]
    impl ::domicile::Schema for Change {
        const SCHEMA: &'static ::domicile::__private::postcard_schema::schema::NamedType = &::domicile::__private::postcard_schema::schema::NamedType {
            name: "Change",
            ty: &::domicile::__private::postcard_schema::schema::DataModelType::Enum(
                &[
                    &::domicile::__private::postcard_schema::schema::NamedVariant {
                        name: "None",
                        ty: &::domicile::__private::postcard_schema::schema::DataModelVariant::UnitVariant,
                    },
                    &::domicile::__private::postcard_schema::schema::NamedVariant {
                        name: "Add",
                        ty: &::domicile::__private::postcard_schema::schema::DataModelVariant::NewtypeVariant(
                            <i64 as ::domicile::__private::Described>::SCHEMA,
                        ),
                    },
                    &::domicile::__private::postcard_schema::schema::NamedVariant {
                        name: "Set",
                        ty: &::domicile::__private::postcard_schema::schema::DataModelVariant::TupleVariant(
                            &[
                                <i64 as ::domicile::__private::Described>::SCHEMA,
                                <u8 as ::domicile::__private::Described>::SCHEMA,
                            ],
                        ),
                    },
                    &::domicile::__private::postcard_schema::schema::NamedVariant {
                        name: "Post",
                        ty: &::domicile::__private::postcard_schema::schema::DataModelVariant::StructVariant(
                            &[
                                &::domicile::__private::postcard_schema::schema::NamedValue {
                                    name: "post",
                                    ty: <Post<u8> as ::domicile::__private::Described>::SCHEMA,
                                },
                            ],
                        ),
                    },
                ],
            ),
        };
    }
};
