//! Key sets: which keys of them are used, and which sets are refused whole.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use domicile_identity::access::test::{KeyPair, key_set};
use domicile_identity::access::{KeySet, MAX_KEY_SET, MAX_KEYS, Unfit};
use serde_json::{Value, json};

use crate::site::ISSUER;

fn read(keys: &[Value]) -> Result<KeySet, Unfit> {
    KeySet::read(ISSUER, json!({ "keys": keys }).to_string().as_bytes())
}

fn with(name: &str, value: Value) -> Value {
    let mut jwk = KeyPair::first().jwk();
    jwk[name] = value;
    jwk
}

/// A modulus of this many bytes with the first byte that is given, odd.
fn modulus(first: u8, bytes: usize) -> Value {
    let mut n = vec![0xa5; bytes];
    n[0] = first;
    json!(URL_SAFE_NO_PAD.encode(n))
}

#[test]
fn a_set_is_read_as_access_serves_it() {
    let (first, second) = (KeyPair::first(), KeyPair::second());
    let set = KeySet::read(ISSUER, key_set(&[&first, &second]).as_bytes()).unwrap();
    for key in [&first, &second] {
        let found = set.key(key.id()).unwrap();
        assert_eq!((found.id(), found.issuer()), (key.id(), ISSUER));
    }
    assert!(set.key("").is_none() && set.key(&first.id()[1..]).is_none());
    let text = format!("{:?}", set.key(first.id()));
    assert!(text.contains(first.id()) && !text.contains(first.jwk()["n"].as_str().unwrap()), "{text}");
}

#[test]
fn a17_keys_that_are_too_weak_or_too_large_are_left_out() {
    let ok = KeyPair::second();
    for (label, jwk) in [
        ("1024 bits", with("n", modulus(0xff, 128))),
        ("2047 bits", with("n", modulus(0x7f, 256))),
        ("2047 bits and zeros", with("n", json!(format!("AAAA{}", modulus(0x7f, 255).as_str().unwrap())))),
        ("4097 bits", with("n", modulus(0x01, 513))),
        ("8192 bits", with("n", modulus(0xff, 1024))),
        ("even", with("n", json!(URL_SAFE_NO_PAD.encode([0xf0; 256])))),
        ("empty n", with("n", json!(""))),
        ("zero n", with("n", json!("AAAA"))),
        ("n is a number", with("n", json!(7))),
        ("n is padded", with("n", json!(format!("{}=", KeyPair::first().jwk()["n"].as_str().unwrap())))),
        ("e = 1", with("e", json!("AQ"))),
        ("e = 3", with("e", json!("Aw"))),
        ("e = 65536", with("e", json!("AQAA"))),
        ("e = 65535", with("e", json!("__8"))),
        ("e over 32 bits", with("e", json!(URL_SAFE_NO_PAD.encode([1, 0, 0, 0, 1])))),
        ("e = 0", with("e", json!("AA"))),
        ("e is missing", with("e", Value::Null)),
        ("another algorithm", with("alg", json!("RS512"))),
        ("for encryption", with("use", json!("enc"))),
        ("alg is a number", with("alg", json!(256))),
        ("another kind", with("kty", json!("EC"))),
        ("a kind of tomorrow", with("kty", json!("AKP"))),
        ("a secret", json!({ "kty": "oct", "kid": KeyPair::first().id(), "k": "AAAA", "alg": "RS256" })),
        ("no kid", with("kid", Value::Null)),
        ("an empty kid", with("kid", json!(""))),
        ("a long kid", with("kid", json!("k".repeat(129)))),
        ("no object", json!("key")),
    ] {
        assert_eq!(read(std::slice::from_ref(&jwk)).err(), Some(Unfit::Empty), "{label}");
        // What stays is of use: a kind of key that is not known yet takes nothing away.
        let set = read(&[jwk, ok.jwk()]).unwrap_or_else(|why| panic!("{label}: {why}"));
        assert!(set.key(ok.id()).is_some() && set.key(KeyPair::first().id()).is_none(), "{label}");
    }
}

#[test]
fn a_key_of_4096_bits_and_one_without_alg_and_use_are_read() {
    for jwk in [with("n", modulus(0xff, 512)), with("n", modulus(0x80, 256)), with("alg", json!("RS256"))] {
        assert!(read(&[jwk]).is_ok());
    }
    let mut bare = KeyPair::first().jwk();
    for name in ["alg", "use"] {
        bare.as_object_mut().unwrap().remove(name);
    }
    assert!(read(&[bare]).is_ok());
}

#[test]
fn one_id_is_one_key() {
    let (first, second) = (KeyPair::first(), KeyPair::second());
    assert!(read(&[first.jwk(), first.jwk()]).unwrap().key(first.id()).is_some());
    let imposter = second.with_id(first.id());
    assert_eq!(read(&[first.jwk(), imposter.jwk()]).err(), Some(Unfit::Ambiguous));
    assert_eq!(read(&[imposter.jwk(), first.jwk()]).err(), Some(Unfit::Ambiguous));
}

#[test]
fn a09_a_set_is_bounded() {
    let many = |count: usize| {
        let keys: Vec<Value> = (0..count).map(|n| KeyPair::first().with_id(n.to_string()).jwk()).collect();
        read(&keys).err()
    };
    assert_eq!(many(MAX_KEYS), None);
    assert_eq!(many(MAX_KEYS + 1), Some(Unfit::TooMany(MAX_KEYS + 1)));
    let mut large = key_set(&[&KeyPair::first()]);
    large.push_str(&" ".repeat(MAX_KEY_SET - large.len()));
    assert!(KeySet::read(ISSUER, large.as_bytes()).is_ok());
    large.push(' ');
    assert_eq!(KeySet::read(ISSUER, large.as_bytes()).err(), Some(Unfit::TooLong(MAX_KEY_SET + 1)));
}

#[test]
fn f36_what_is_no_key_set_is_refused_whole() {
    let twice =
        key_set(&[&KeyPair::first()]).replacen("\"kty\":\"RSA\"", "\"kty\":\"RSA\",\"kty\":\"RSA\"", 1);
    assert!(twice.matches("kty").count() == 2);
    for (text, why) in [
        ("", Unfit::NoKeySet),
        ("<html>", Unfit::NoKeySet),
        ("[]", Unfit::NoKeySet),
        ("{}", Unfit::NoKeySet),
        (r#"{"keys":{}}"#, Unfit::NoKeySet),
        (r#"{"keys":[]}"#, Unfit::Empty),
        (r#"{"keys":[],"keys":[]}"#, Unfit::NoKeySet),
        (r#"{"keys":[null,1,"x",[]]}"#, Unfit::Empty),
        (&twice, Unfit::NoKeySet),
    ] {
        assert_eq!(KeySet::read(ISSUER, text.as_bytes()).err(), Some(why), "{text}");
    }
    assert_eq!(KeySet::read(ISSUER, &[0xff; 100]).err(), Some(Unfit::NoKeySet));
}
