const _: () = {
    #[automatically_derived]
    impl ::domicile::Refusal for Full {
        fn status(&self) -> ::domicile::__private::StatusCode {
            ::domicile::__private::StatusCode::from_u16(409u16)
                .unwrap_or(::domicile::__private::StatusCode::CONFLICT)
        }
    }
};
const _: () = {
    #[automatically_derived]
    impl ::domicile::Refusal for Denied {
        fn status(&self) -> ::domicile::__private::StatusCode {
            ::domicile::__private::StatusCode::from_u16(
                    match self {
                        Self::Owner { .. } => 403u16,
                        Self::Gone { .. } | Self::Moved { .. } => 404u16,
                    },
                )
                .unwrap_or(::domicile::__private::StatusCode::CONFLICT)
        }
    }
};
