//! Tokens that Access did not sign: each is rejected, and costs at most the one fetch of a cold cache.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domicile::Timestamp;
use domicile_identity::access::test::{KeyPair, key_set, user};
use domicile_identity::access::{KeySet, Settings};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::site::{ISSUER, NOW, Refused, Site, claims};

const NOT_BY_ITS_KEY: &str = "not by the key";

/// Two primes of 512 bits.
const SMALL: (&str, &str) = (
    "da6a5b0b9867a024ad5402ecfe0a93748367b18bebb057fe0a161058b444927f62f4f9a27a713048c131191932e06a90\
     f9408253188292689469ee6778214203",
    "cdbff5bafce4efd4dd767c830f38486bf76114d31924b101d6052a5fd296c2e8eafee400b9a8aed8ad9fd435910d6c09\
     4cc8134fb026b35c6ca4ca7b8fdd65f3",
);

fn decode(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

fn split(token: &str) -> (&str, Vec<u8>) {
    let (message, signature) = token.rsplit_once('.').unwrap();
    (message, decode(signature))
}

fn joined(message: &str, signature: &[u8]) -> String {
    format!("{message}.{}", URL_SAFE_NO_PAD.encode(signature))
}

fn hmac(secret: &[u8], message: &[u8]) -> Vec<u8> {
    let mut block = [0; 64];
    if secret.len() > 64 {
        block[..32].copy_from_slice(&Sha256::digest(secret));
    } else {
        block[..secret.len()].copy_from_slice(secret);
    }
    let inner = Sha256::new().chain_update(block.map(|b| b ^ 0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(block.map(|b| b ^ 0x5c)).chain_update(inner).finalize().to_vec()
}

/// What the padding of RS256 makes of a message (RFC 8017, 9.2).
fn padded(message: &str) -> Vec<u8> {
    let mut block = vec![0, 1];
    block.resize(256 - 52, 0xff);
    block.extend([
        0, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01,
    ]);
    block.extend([0x05, 0x00, 0x04, 0x20]);
    block.extend(Sha256::digest(message));
    block
}

#[test]
fn every_algorithm_but_rs256_is_refused_before_a_key_is_asked_for() {
    let key = KeyPair::first();
    for alg in [
        json!("none"),
        json!("None"),
        json!("NONE"),
        json!(""),
        json!("HS256"),
        json!("HS512"),
        json!("RS384"),
        json!("RS512"),
        json!("PS256"),
        json!("ES256"),
        json!("EdDSA"),
        json!("rs256"),
        json!(" RS256"),
        json!(null),
        json!(["RS256"]),
        json!(256),
    ] {
        let token = key.token_with(&json!({ "alg": alg, "kid": key.id() }), &claims());
        Site::new().rejects(&alg.to_string(), &token, "only RS256", 0);
        let (message, _) = split(&token);
        Site::new().rejects(&alg.to_string(), &format!("{message}."), "three parts", 0);
    }
    let missing = key.token_with(&json!({ "kid": key.id() }), &claims());
    Site::new().rejects("missing", &missing, "only RS256", 0);
}

#[test]
fn hs256_with_the_public_key_as_its_secret_is_refused() {
    let (key, n) = (KeyPair::first(), KeyPair::first().jwk()["n"].as_str().unwrap().to_owned());
    for secret in [decode(&n), n.clone().into_bytes(), key.jwk().to_string().into_bytes(), Vec::new()] {
        for alg in ["HS256", "RS256"] {
            let signed = key.token_with(&json!({ "alg": alg, "kid": key.id() }), &claims());
            let (message, _) = split(&signed);
            let mac = hmac(&secret, message.as_bytes());
            let why = if alg == "HS256" { "only RS256" } else { "signature has 32 bytes" };
            Site::new().rejects(alg, &joined(message, &mac), why, 0);
            // As long as a signature is, so that only its check can tell.
            let why = if alg == "HS256" { "only RS256" } else { NOT_BY_ITS_KEY };
            Site::new().rejects(alg, &joined(message, &mac.repeat(8)), why, usize::from(alg == "RS256"));
        }
    }
}

#[test]
fn a_key_of_somebody_elses_is_refused() {
    let (first, second) = (KeyPair::first(), KeyPair::second());
    Site::new().rejects("its own id", &second.token(&claims()), "the issuer has no key", 1);
    let posing = second.clone().with_id(first.id());
    Site::new().rejects("the id of the right one", &posing.token(&claims()), NOT_BY_ITS_KEY, 1);
    // Keys that a token brings itself, or names a place for, are never looked at.
    for (name, value) in [
        ("jwk", posing.jwk()),
        ("jku", json!("https://evil.example/certs")),
        ("x5u", json!("https://evil.example/cert")),
        ("x5c", json!(["AAAA"])),
    ] {
        let mut header = json!({ "alg": "RS256", "kid": first.id(), "typ": "JWT" });
        header[name] = value;
        let mut site = Site::new();
        site.rejects(name, &posing.token_with(&header, &claims()), NOT_BY_ITS_KEY, 1);
        assert_eq!(site.fetched, [format!("{ISSUER}/cdn-cgi/access/certs")]);
    }
}

#[test]
fn a02_the_key_of_one_issuer_is_none_of_anothers() {
    let access = Settings::new().audience("aud").allowed_teams(["acme", "evil"]).build().unwrap();
    let key = KeyPair::second();
    let evil = KeySet::read("https://evil.cloudflareaccess.com", key_set(&[&key]).as_bytes()).unwrap();
    let token = |team: &str| key.token(&user(team, "aud", "admin@example.com", NOW));
    access.verify(&evil, "/", &token("evil"), NOW).unwrap();
    let rejected = access.verify(&evil, "/", &token("acme"), NOW).unwrap_err();
    assert!(rejected.to_string().contains("the issuer has no key"), "{rejected}");

    let mut site = Site::of(Settings::new().audience("aud").allowed_teams(["acme", "evil"]));
    site.served = Some(key_set(&[&key]));
    site.ask(&token("evil")).unwrap();
    site.served = Some(key_set(&[&KeyPair::first()]));
    site.rejects("with another's key", &token("acme"), "the issuer has no key", 1);
    assert_eq!(site.fetched.len(), 2);
}

#[test]
fn a10_a_token_has_one_spelling() {
    let token = KeyPair::first().token(&claims());
    let (message, signature) = token.rsplit_once('.').unwrap();
    let (begin, end) = signature.split_at(100);
    let mut site = Site::new();
    site.ask(&token).unwrap();
    for junk in ["=", "==", " ", "\n", "\r\n", "*", "+", "/", "%", "\u{0}", "é", "-_", "AAAA"] {
        for (place, forged) in [
            ("inside", format!("{message}.{begin}{junk}{end}")),
            ("behind", format!("{message}.{signature}{junk}")),
            ("before", format!("{message}.{junk}{signature}")),
            ("in front", format!("{junk}{token}")),
            ("after the header", token.replacen('.', &format!("{junk}."), 1)),
        ] {
            assert!(matches!(site.ask(&forged), Err(Refused::Rejected(_))), "{junk:?} {place}");
        }
    }
    // The last letter of a signature of 256 bytes has bits to spare.
    let last = signature.chars().last().unwrap();
    let alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    for other in alphabet.chars().filter(|c| *c != last) {
        let forged = format!("{message}.{}{other}", &signature[..signature.len() - 1]);
        assert!(matches!(site.ask(&forged), Err(Refused::Rejected(_))), "{other}");
    }
    assert_eq!(site.fetched.len(), 1);
}

#[test]
fn no_letter_of_a_token_can_be_another() {
    let token = KeyPair::first().token(&claims());
    let mut site = Site::new();
    site.ask(&token).unwrap();
    for at in 0..token.len() {
        let mut bytes = token.clone().into_bytes();
        bytes[at] = match bytes[at] {
            b'A' => b'B',
            b'.' => b'A',
            _ => b'A',
        };
        let forged = String::from_utf8(bytes).unwrap();
        assert!(matches!(site.ask(&forged), Err(Refused::Rejected(_))), "letter {at}");
        assert!(matches!(site.ask(&token[..at]), Err(Refused::Rejected(_))), "up to {at}");
    }
    assert_eq!(site.fetched.len(), 1, "a changed `kid` is an unknown one, in the minute after a fetch");
}

#[test]
fn a17_a_signature_is_less_than_the_modulus() {
    let key = KeyPair::first();
    let n = decode(key.jwk()["n"].as_str().unwrap());
    // About every third signature has room for the modulus above it.
    let forged = (0..100).find_map(|salt| {
        let mut claims = claims();
        claims["salt"] = json!(salt);
        let token = key.token(&claims);
        let (message, mut signature) = split(&token);
        let mut carry = 0;
        for (s, n) in signature.iter_mut().zip(&n).rev() {
            let sum = u16::from(*s) + u16::from(*n) + carry;
            *s = u8::try_from(sum & 0xff).unwrap();
            carry = sum >> 8;
        }
        Site::new().ask(&token).unwrap();
        (carry == 0).then(|| joined(message, &signature))
    });
    Site::new().rejects("s + n", &forged.unwrap(), NOT_BY_ITS_KEY, 1);
}

#[test]
fn a17_signatures_that_are_numbers_of_a_kind_are_refused() {
    let token = KeyPair::first().token(&claims());
    let (message, signature) = split(&token);
    let n = decode(KeyPair::first().jwk()["n"].as_str().unwrap());
    let mut one = vec![0; 256];
    one[255] = 1;
    let longer = [&[0], signature.as_slice()].concat();
    for (label, forged) in [
        ("0", vec![0; 256]),
        ("1", one),
        ("n", n),
        ("the largest", vec![0xff; 256]),
        ("the padding itself", padded(message)),
        ("a zero before it", longer),
        ("512 bytes", vec![1; 512]),
    ] {
        Site::new().rejects(label, &joined(message, &forged), NOT_BY_ITS_KEY, 1);
    }
    for bytes in [1, 128, 255, 513, 1_024] {
        Site::new().rejects("size", &joined(message, &vec![1; bytes]), "no size of an accepted key", 0);
    }
}

#[test]
fn a17_an_exponent_of_one_lets_nobody_forge() {
    let (good, mut weak) = (KeyPair::first(), KeyPair::first().with_id("weak").jwk());
    weak["e"] = json!("AQ");
    let mut site = Site::new();
    site.served = Some(json!({ "keys": [weak, good.jwk()] }).to_string());
    let header = json!({ "alg": "RS256", "kid": "weak" });
    let signed = good.token_with(&header, &claims());
    let (message, _) = split(&signed);
    site.rejects("e = 1", &joined(message, &padded(message)), "the issuer has no key", 1);
    site.ask(&good.token(&claims())).unwrap();
}

#[test]
fn a17_a_small_key_is_no_key() {
    let small = KeyPair::of(SMALL);
    let token = small.token(&claims());
    let mut site = Site::new();
    site.served = Some(key_set(&[&small]));
    site.rejects("1024 bits", &token, "signature has 128 bytes", 0);
    // A signature that is padded to the size of a larger key's comes as far as the set, which has no key.
    let (message, signature) = split(&token);
    let stretched = joined(message, &[vec![0; 128], signature].concat());
    assert_eq!(site.ask(&stretched), Err(Refused::Unavailable));
    assert_eq!(site.fetched.len(), 1);
}

#[test]
fn oversized_or_doubled_keys_admit_nobody() {
    let (good, evil) = (KeyPair::first(), KeyPair::second());
    let token = good.token(&claims());
    let posing = evil.with_id(good.id());
    let many: Vec<Value> = (0..17).map(|n| good.clone().with_id(n.to_string()).jwk()).collect();
    for (label, served) in [
        ("two keys of one id", json!({ "keys": [good.jwk(), posing.jwk()] }).to_string()),
        ("17 keys", json!({ "keys": many }).to_string()),
        ("over 64 KiB", key_set(&[&good]) + &" ".repeat(64 * 1024)),
        ("none", json!({ "keys": [] }).to_string()),
        ("no JSON", "<html>".to_owned()),
    ] {
        let mut site = Site::new();
        site.served = Some(served);
        for _ in 0..5 {
            assert_eq!(site.ask(&token), Err(Refused::Unavailable), "{label}");
            assert_eq!(site.ask(&posing.token(&claims())), Err(Refused::Unavailable), "{label}");
        }
        assert_eq!(site.fetched.len(), 1, "{label}");
    }
}

#[test]
fn junk_is_no_reason_to_panic_or_to_fetch() {
    let mut random = fastrand::Rng::with_seed(5);
    let token = KeyPair::first().token(&claims()).into_bytes();
    let mut site = Site::new();
    for _ in 0..20_000 {
        let mut bytes = token.clone();
        for _ in 0..random.usize(1..20) {
            let at = random.usize(..bytes.len());
            match random.u8(..4) {
                0 => bytes[at] = random.u8(..128),
                1 => bytes.truncate(at.max(1)),
                2 => bytes.insert(at, b'.'),
                _ => drop(bytes.remove(at)),
            }
            if bytes.is_empty() {
                bytes.push(b'.');
            }
        }
        let forged = String::from_utf8_lossy(&bytes).into_owned();
        assert!(bytes == token || site.ask(&forged).is_err());
    }
    assert!(site.fetched.len() <= 1, "{}", site.fetched.len());
    assert!(site.access.gate("/").unwrap().peek("a.b.c", Timestamp::from_millis(i64::MIN)).is_err());
}
