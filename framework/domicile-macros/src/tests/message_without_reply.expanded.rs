::core::compile_error! {
    "a message says what it is answered with: add `#[message(reply = …)]` to `List`, or `#[message(reply = ())]` for nothing"
}
const _: () = {
    #[automatically_derived]
    impl ::domicile::Message for List {
        type Reply = ();
        type Error = ::domicile::Never;
        const NAME: &'static str = "List";
    }
};
