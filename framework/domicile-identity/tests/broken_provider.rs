//! An app has a provider of jsonwebtoken's of its own that takes every signature: Access does not start with it.
//! A process has one provider, so this is a program of its own.

use domicile_identity::access::Settings;
use jsonwebtoken::Algorithm;
use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::ErrorKind;
use signature::Verifier;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
    verifier_factory: |_, _| Ok(Box::new(Anything)),
    key_utils: KeyUtils::new_unimplemented(),
};

struct Anything;

impl Verifier<Vec<u8>> for Anything {
    fn verify(&self, _: &[u8], _: &Vec<u8>) -> Result<(), signature::Error> {
        Ok(())
    }
}

impl JwtVerifier for Anything {
    fn algorithm(&self) -> Algorithm {
        Algorithm::RS256
    }
}

#[test]
fn a_provider_that_takes_every_signature_is_a_mistake() {
    PROVIDER.install_default().unwrap();
    for _ in 0..2 {
        let error = Settings::new().team("acme").audience("aud").build().unwrap_err().to_string();
        assert!(error.contains("does not verify RS256"), "{error}");
    }
}
