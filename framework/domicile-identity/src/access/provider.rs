//! What checks signatures for jsonwebtoken: RS256 over the `rsa` crate, and nothing else.
//!
//! jsonwebtoken has one provider for the whole process. Either of its own would bring all algorithms with them, and
//! twice the size in Wasm; and it panics at its first use where none was chosen. So ours is installed when an
//! [`Access`](super::Access) is built.

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

/// Makes jsonwebtoken use this provider. Any number of calls is one.
///
/// # Errors
/// The process has another provider already: a verifier that is not known here is not to decide who enters.
pub(super) fn install() -> Result<()> {
    static OURS: OnceLock<bool> = OnceLock::new();
    if *OURS.get_or_init(|| PROVIDER.install_default().is_ok()) {
        return Ok(());
    }
    Err(Error::internal(
        "jsonwebtoken has another CryptoProvider already: build `Access` before the app uses jsonwebtoken itself, \
         or verify the app's own tokens with another crate",
    ))
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
