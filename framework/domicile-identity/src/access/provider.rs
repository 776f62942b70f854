//! What checks signatures for jsonwebtoken: RS256 over the `rsa` crate, and nothing else.
//!
//! jsonwebtoken has one provider for the whole process. Either of its own would bring all algorithms with them, and
//! twice the size in Wasm; and it panics at its first use where none was chosen. So ours is installed when an
//! [`Access`](super::Access) is built. An app that verifies other tokens with jsonwebtoken installs one of its own before.

use std::sync::OnceLock;

use domicile::{Error, Result};
use jsonwebtoken::crypto::{CryptoProvider, JwtSigner, JwtVerifier, KeyUtils};
use jsonwebtoken::errors::{Error as JwtError, ErrorKind};
use jsonwebtoken::{Algorithm, DecodingKey, DecodingKeyKind, EncodingKey};
use rsa::{BoxedUint, PublicKey};
use sha2::Sha256;
use signature::Verifier;

use super::keys::{MAX_KEY_BITS, MIN_KEY_BITS};

static PROVIDER: CryptoProvider = CryptoProvider {
    signer_factory: no_signer,
    verifier_factory: verifier,
    key_utils: KeyUtils {
        rsa_pub_components_from_private_key: |_| Err(ErrorKind::UnsupportedAlgorithm.into()),
        rsa_pub_components_from_public_key: |_| Err(ErrorKind::UnsupportedAlgorithm.into()),
        ec_pub_components_from_private_key: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
        ed_pub_components_from_private_key: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
        compute_digest: |_, _| Err(ErrorKind::UnsupportedAlgorithm.into()),
    },
};

/// Makes jsonwebtoken use this provider, or sees that the one that it has already knows a good signature from a bad one.
/// Any number of calls is one.
///
/// # Errors
/// The process has another provider, which does not verify RS256.
pub(super) fn install() -> Result<()> {
    static SOUND: OnceLock<bool> = OnceLock::new();
    if *SOUND.get_or_init(|| PROVIDER.install_default().is_ok() || is_sound()) {
        return Ok(());
    }
    Err(Error::internal(
        "jsonwebtoken has a CryptoProvider already that does not verify RS256, which Cloudflare Access signs with: \
         install one that does, or none",
    ))
}

/// Whether the provider that is installed accepts a signature of `domicile`, and for nothing else.
fn is_sound() -> bool {
    let key = DecodingKey::from_rsa_components(MODULUS, "AQAB");
    let verify = |message: &[u8]| {
        jsonwebtoken::crypto::verify(SIGNATURE, message, key.as_ref().ok()?, Algorithm::RS256).ok()
    };
    verify(b"domicile") == Some(true) && verify(b"domicilf") == Some(false)
}

fn no_signer(_: &Algorithm, _: &EncodingKey) -> Result<Box<dyn JwtSigner>, JwtError> {
    Err(ErrorKind::UnsupportedAlgorithm.into())
}

fn verifier(algorithm: &Algorithm, key: &DecodingKey) -> Result<Box<dyn JwtVerifier>, JwtError> {
    let (Algorithm::RS256, DecodingKeyKind::RsaModulusExponent { n, e }) = (algorithm, key.kind()) else {
        return Err(ErrorKind::UnsupportedAlgorithm.into());
    };
    let key = PublicKey::new_with_size_limits(
        BoxedUint::from_be_slice_vartime(n),
        BoxedUint::from_be_slice_vartime(e),
        MIN_KEY_BITS..=MAX_KEY_BITS,
    )
    .map_err(|_| ErrorKind::InvalidKeyFormat)?;
    Ok(Box::new(Rs256(key)))
}

struct Rs256(PublicKey);

impl Verifier<Vec<u8>> for Rs256 {
    fn verify(&self, message: &[u8], signature: &Vec<u8>) -> Result<(), signature::Error> {
        self.0.pkcs1v15_verify::<Sha256>(message, signature).map_err(|_| signature::Error::new())
    }
}

impl JwtVerifier for Rs256 {
    fn algorithm(&self) -> Algorithm {
        Algorithm::RS256
    }
}

/// The modulus of [`KeyPair::first`](super::test::KeyPair::first).
const MODULUS: &str = "wbyzLQHH_yqICA2bvF8s6uLc3Kqgpxas_pxgnk3ZsbeQiUM9-jnl0K_-KOcubfWPpczO0Q7E2jbMR2AEKWNSUz6bcaN4DeSF\
    NSBpOyItvwR3NYOJdc_Rlig0YOUlzwsrCbZcJ7tVBmWuX71cj43QeLJh-c_inONmaaEFW9EMlCWz6KLHDYO8n_1neuVuCJha\
    UL-DI6kGLRMTSIxZp4YFS33gAIqLle0tIZfvJaFn93vYl84sngBH3smtbW-tZbNQPCWtadVkENARjNi804h36N47iQbhx65i\
    BNrQFb_YmcfsxB0Jqx5uQhL8STD-D4nr9gawJnB8yRiI7GWWD4B8WQ";

/// Its signature of `domicile`.
const SIGNATURE: &str = "dODatBJv7VpPikYLhw9OLp98frUVled6WY6UpeKakR279B7zNXaN3zs8sgTj6T_tpJotY8rUFfhYSq60KTTNgWoP1WKYeDlO\
    cW5nklLx58j_rAlHmnkZuLQltfXUL3Ypm6pE9_NNEndBeIMHez_nEvl7S5MpFsQ_0bpi2NObdWv6umPzggFxLFmZIDuCr96O\
    aWbNiOm5yvQVbh6sqM3aNpf15wk032sS1nU6AlPxM5ql9Ix5Tfval_KtJ9na8d8sPJW3q3skOEiYxOhnDcLrvuo3ssJHWAPU\
    9wW3NywmVNQ8xGnUyR0YiURGFe3OixphTshuPpeTnkkOc_crkhz17w";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_provider_is_sound_and_is_installed_once() {
        install().unwrap();
        install().unwrap();
        assert!(is_sound());
    }

    /// What it does not know is an error and no panic, as jsonwebtoken's own dummies are.
    #[test]
    fn there_is_no_other_algorithm() {
        install().unwrap();
        let rsa = DecodingKey::from_rsa_components(MODULUS, "AQAB").unwrap();
        for algorithm in
            [Algorithm::RS384, Algorithm::PS256, Algorithm::HS256, Algorithm::ES256, Algorithm::EdDSA]
        {
            assert!(jsonwebtoken::crypto::verify(SIGNATURE, b"domicile", &rsa, algorithm).is_err());
        }
        let small = DecodingKey::from_rsa_raw_components(&[0xff; 128], &[1, 0, 1]);
        assert!(jsonwebtoken::crypto::verify(SIGNATURE, b"domicile", &small, Algorithm::RS256).is_err());
        let secret = DecodingKey::from_secret(b"secret");
        assert!(jsonwebtoken::crypto::verify(SIGNATURE, b"domicile", &secret, Algorithm::RS256).is_err());
        assert!(jsonwebtoken::crypto::sign(b"", &EncodingKey::from_secret(b""), Algorithm::HS256).is_err());
    }
}
