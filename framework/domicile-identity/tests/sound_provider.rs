//! An app has a provider of jsonwebtoken's of its own: where it verifies RS256, Access makes do with it.
//! A process has one provider, so this is a program of its own.

use domicile::Timestamp;
use domicile_identity::access::{KeySet, Settings, test};
use jsonwebtoken::crypto::{CryptoProvider, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind};
use rsa::{BoxedUint, PublicKey};
use signature::Verifier;

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
    verifier_factory: verifier,
    key_utils: KeyUtils::new_unimplemented(),
};

struct Rs256(PublicKey);

fn verifier(_: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, Error> {
    let DecodingKeyKind::RsaModulusExponent { n, e } = key.kind() else {
        return Err(ErrorKind::UnsupportedAlgorithm.into());
    };
    let [n, e] = [n, e].map(|number| BoxedUint::from_be_slice_vartime(number));
    Ok(Box::new(Rs256(PublicKey::new(n, e).map_err(|_| ErrorKind::InvalidKeyFormat)?)))
}

impl Verifier<Vec<u8>> for Rs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        self.0.pkcs1v15_verify::<sha2::Sha256>(message, signature).map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Rs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::RS256
    }
}

#[test]
fn another_provider_that_verifies_rs256_will_do() {
    PROVIDER.install_default().unwrap();
    let access = Settings::new().team("acme").audience("aud").build().unwrap();
    let (now, key) = (Timestamp::from_millis(1_800_000_000_000), test::KeyPair::first());
    let keys = KeySet::read("https://acme.cloudflareaccess.com", test::key_set(&[&key]).as_bytes()).unwrap();
    let claims = test::user("acme", "aud", "ada@example.com", now);
    access.verify(&keys, "/", &key.token(&claims), now).unwrap();
    let forged = test::KeyPair::second().with_id(key.id()).token(&claims);
    assert!(access.verify(&keys, "/", &forged, now).is_err());
}
