const _: () = {
    #[automatically_derived]
    impl ::domicile::Message for List {
        type Reply = Vec<(i64, String)>;
        type Error = Full;
        const NAME: &'static str = "blog.List";
    }
};
