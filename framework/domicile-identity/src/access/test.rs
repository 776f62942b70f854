//! Playing Cloudflare Access in tests: keys, key sets as its endpoint serves them, and tokens with any claims.
//!
//! **The private keys stand here for everybody to read.** They are of use with a certs URL of a test's own, and never an
//! issuer's.
//!
//! ```
//! use domicile::{Principal, Timestamp};
//! use domicile_identity::access::{KeySet, Settings, test};
//!
//! # fn main() -> domicile::Result<()> {
//! let access = Settings::new().team("acme").audience("f00d").build()?;
//! let now = Timestamp::from_millis(1_800_000_000_000);
//! let key = test::KeyPair::first();
//! let token = key.token(&test::user("acme", "f00d", "ada@example.com", now));
//!
//! let keys = KeySet::read("https://acme.cloudflareaccess.com", test::key_set(&[&key]).as_bytes());
//! let principal = access.verify(&keys.expect("a key set"), "/", &token, now).expect("a valid token");
//! assert_eq!(principal.user().map(|user| user.email.as_str()), Some("ada@example.com"));
//! # Ok(()) }
//! ```
#![allow(clippy::expect_used, reason = "a test that has no key has failed")]

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domicile::Timestamp;
use rsa::traits::PublicKeyParts;
use rsa::{BoxedUint, PrivateKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

/// A pair of RSA keys of 2048 bits.
#[derive(Debug, Clone)]
pub struct KeyPair {
    id: String,
    private: PrivateKey,
}

impl KeyPair {
    /// A pair that is always the same.
    #[must_use]
    pub fn first() -> Self {
        Self::of(FIRST)
    }

    /// Another one, for rotation and forgeries.
    #[must_use]
    pub fn second() -> Self {
        Self::of(SECOND)
    }

    /// The pair of two primes in hexadecimal digits, with the exponent 65537; its id is made as Cloudflare's look.
    ///
    /// # Panics
    /// They are no such primes.
    #[must_use]
    pub fn of((p, q): (&str, &str)) -> Self {
        let private =
            PrivateKey::from_p_q(number(p), number(q), BoxedUint::from(65_537_u64)).expect("two primes");
        let digest = Sha256::digest(private.n().to_be_bytes_trimmed_vartime());
        let id = digest.iter().map(|byte| format!("{byte:02x}")).collect();
        Self { id, private }
    }

    /// The same pair under another id.
    #[must_use]
    pub fn with_id(mut self, id: impl Into<String>) -> Self {
        self.id = id.into();
        self
    }

    /// Its `kid`.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The public key, as it stands in a key set.
    #[must_use]
    pub fn jwk(&self) -> Value {
        let encode = |number: &BoxedUint| URL_SAFE_NO_PAD.encode(number.to_be_bytes_trimmed_vartime());
        json!({
            "kid": self.id, "kty": "RSA", "alg": "RS256", "use": "sig",
            "e": encode(self.private.e()), "n": encode(self.private.n()),
        })
    }

    /// A token with these claims, as Access would issue it.
    #[must_use]
    pub fn token(&self, claims: &Value) -> String {
        self.token_with(&json!({ "alg": "RS256", "kid": self.id, "typ": "JWT" }), claims)
    }

    /// A token with this header and these claims, whatever they say.
    #[must_use]
    pub fn token_with(&self, header: &Value, claims: &Value) -> String {
        self.token_of(&header.to_string(), &claims.to_string())
    }

    /// A token of these two texts, which need not even be JSON.
    #[must_use]
    pub fn token_of(&self, header: &str, claims: &str) -> String {
        let message = format!("{}.{}", URL_SAFE_NO_PAD.encode(header), URL_SAFE_NO_PAD.encode(claims));
        let signature =
            self.private.pkcs1v15_sign::<Sha256>(message.as_bytes()).expect("the key is large enough");
        format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

/// A key set, as `/cdn-cgi/access/certs` serves it.
#[must_use]
pub fn key_set(keys: &[&KeyPair]) -> String {
    let all: Vec<_> = keys.iter().map(|key| key.jwk()).collect();
    let certs: Vec<_> = keys.iter().map(|key| json!({ "kid": key.id, "cert": "not read" })).collect();
    json!({ "keys": all, "public_cert": certs.first(), "public_certs": certs }).to_string()
}

/// The claims of a person's token that was issued at `now`, for a day.
#[must_use]
pub fn user(team: &str, audience: &str, email: &str, now: Timestamp) -> Value {
    let seconds = now.as_millis().div_euclid(1_000);
    json!({
        "aud": [audience], "email": email, "exp": seconds + 86_400, "iat": seconds, "nbf": seconds,
        "iss": format!("https://{team}.cloudflareaccess.com"), "type": "app", "identity_nonce": "Pw7WnDGZkSV3WyRP",
        "sub": format!("sub-of-{email}"), "country": "PT",
    })
}

/// The claims of a service token that was issued at `now`, for a day.
#[must_use]
pub fn service(team: &str, audience: &str, client_id: &str, now: Timestamp) -> Value {
    let seconds = now.as_millis().div_euclid(1_000);
    json!({
        "aud": [audience], "exp": seconds + 86_400, "iat": seconds, "type": "app", "sub": "",
        "iss": format!("https://{team}.cloudflareaccess.com"), "common_name": client_id,
    })
}

fn number(digits: &str) -> BoxedUint {
    let digit = |at| digits.get(at..at + 2).and_then(|two| u8::from_str_radix(two, 16).ok());
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(digit).collect();
    BoxedUint::from_be_slice_vartime(&bytes.expect("hexadecimal digits"))
}

const FIRST: (&str, &str) = (
    "e2f2b2738ad0ef83520bd4c203d7df80cf3cf8c348098d985c84da71c762304f5f76e91e2a2ee2d7bf115966d8031dd2\
     1b662be96585c0d794cfa0114ea5d75bc43413ac6a6317f961fea3a9067622295cf58bed8107e860ab2e7d4246d90431\
     0c58ea618ff6f6e7d1e2be316fcd1699de3ddb860c44a147cfa1359d515001a1",
    "da89a631577fb93d3e617737ac315b260bb6ed05e773cabf80700428d77f9b3aab5d25d246effddbd695ccff51569e1c\
     755a463aa588849999db6fa8c8fd4e17e9508a85fd455adb49b28aae30ce30ee4afb992f3582308105b1b137c1ffcae3\
     967e9f2ed996aa8be733f6eb663e3e019b5d5aee283aa18624ff71025eeaefb9",
);

const SECOND: (&str, &str) = (
    "f60ff55e535fec7ae29c2e418e9400f7cc05130e9d7471c3b8c2e4307b7043d06e7287d2c1185c4e9cbda4746f09e3d9\
     93a7b4ba02cc9c346b6bc49cc16174be03643e778980107f268bdd87199617cd63bf3a2dea91df557f716ef38ea5ebcf\
     24bf31eb9f15e4321f35e18d1272c597f7f3f3442c8cffd93c519d9368be15c1",
    "fd77e93cdd8a30ffdf3d0b22d9c8933cf9b95892259cc7352ccca66bb74f66a0008b5cf061d03ffcee063d98863df5e3\
     2d0665ceafab8e403bc91b5f902b6b6a07cf184cb7e05979cec1fd2123fa01d0ab5622da02b1ff5f4b4fa1a7b422ba94\
     920eff68f4b8e6b603fcdf46de6fbbb25f2c5a557bd2619c6dd2e48bb4a671af",
);
