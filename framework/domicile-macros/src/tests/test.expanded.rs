#[::core::prelude::v1::test]
fn it_works() {
    #[allow(clippy::needless_pass_by_value)]
    fn it_works(host: Host) {
        host.evict();
    }
    ::domicile_host::test::Plan::new("it_works", crate::app).run(it_works);
}
#[::core::prelude::v1::test]
#[should_panic]
fn it_works() {
    #[allow(clippy::needless_pass_by_value)]
    async fn it_works(host: AsyncHost) -> Result<(), String> {
        Ok(())
    }
    ::domicile_host::test::Plan::new("it_works", blog::app)
        .var("TENANTS", "path")
        .var("HOOKS", "on")
        .start(NOW)
        .seeds(64)
        .crash_everywhere()
        .idempotent(
            &[
                <Add as ::domicile::Message>::NAME,
                <till::Put as ::domicile::Message>::NAME,
            ],
        )
        .run_async(it_works);
}
