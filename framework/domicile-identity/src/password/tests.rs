//! That hashes are what others make and read, and what is refused before anything is computed.

use super::*;

const SALT: [u8; SALT_BYTES] = *b"0123456789abcdef";

/// What Django stores of a password.
fn django(iterations: u32, password: &str) -> String {
    use base64::Engine as _;
    let hash =
        pbkdf2::pbkdf2_hmac_array::<sha2::Sha256, 32>(password.as_bytes(), b"saltsaltsalt", iterations);
    let hash = base64::engine::general_purpose::STANDARD.encode(hash);
    format!("pbkdf2_sha256${iterations}$saltsaltsalt${hash}")
}

#[test]
fn a_hash_is_right_for_its_password_only() {
    let stored = hash("correct horse", SALT).unwrap();
    assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$MDEyMzQ1Njc4OWFiY2RlZg$"), "{stored}");
    assert_eq!(verify("correct horse", &stored), Verdict::Right);
    for wrong in ["", "correct hors", "correct horse ", "Correct horse"] {
        assert_eq!(verify(wrong, &stored), Verdict::Wrong);
    }
    assert_ne!(hash("correct horse", [1; SALT_BYTES]).unwrap(), stored);
}

#[test]
fn weaker_parameters_are_old() {
    // Of `phc-winner-argon2`: `echo -n password | argon2 somesalt -id -t 2 -k 256 -p 1 -l 32`.
    let stored = "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    assert_eq!(verify("password", stored), Verdict::RightAndOld);
    assert_eq!(verify("Password", stored), Verdict::Wrong);
}

#[test]
fn a_hash_of_django_is_read() {
    // `PBKDF2PasswordHasher().encode("lètmein", "seasalt2", 1000)`, made with Python's hashlib.
    let stored = DJANGO;
    assert_eq!(verify("lètmein", stored), Verdict::RightAndOld);
    assert_eq!(verify("letmein", stored), Verdict::Wrong);
    let stored = django(1000, "correct horse");
    assert_eq!(verify("correct horse", &stored), Verdict::RightAndOld);
}

/// See `a_hash_of_django_is_read`.
const DJANGO: &str = "pbkdf2_sha256$1000$seasalt2$ABPNVLVV1vRC5OnBCpgwRvsTOJaXds28OSzNig3GR2M=";

#[test]
fn what_is_no_hash_is_wrong() {
    let hash = "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    for stored in [
        "",
        UNUSABLE,
        "!vDx0nkQ",
        "plain",
        "md5$salt$hash",
        "$argon2id$",
        "$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$",
        &format!("$argon2i$v=19$m=256,t=2,p=1$c29tZXNhbHQ${hash}"),
        &format!("$argon2id$v=16$m=256,t=2,p=1$c29tZXNhbHQ${hash}"),
        "pbkdf2_sha256$",
        "pbkdf2_sha256$1000$salt$",
        "pbkdf2_sha256$1000$salt$AAAA",
        &django(1000, "x").replace("$1000$", "$+1000$"),
        &django(1000, "x").replace("$1000$", "$0$"),
        &django(1000, "x").replace("saltsaltsalt", ""),
    ] {
        assert_eq!(verify("x", stored), Verdict::Wrong, "{stored}");
        assert_eq!(verify(stored, stored), Verdict::Wrong, "{stored}");
        assert!(!is_usable(stored), "{stored}");
    }
}

#[test]
fn a_stored_text_may_not_ask_for_too_much() {
    let hash = "nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4";
    let argon = |cost: &str| format!("$argon2id$v=19${cost}$c29tZXNhbHQ${hash}");
    for cost in [
        "m=4194304,t=2,p=1",
        "m=65537,t=1,p=1",
        "m=256,t=11,p=1",
        "m=256,t=4294967295,p=1",
        "m=65536,t=5,p=1",
        "m=256,t=1,p=5",
    ] {
        assert!(!is_usable(&argon(cost)), "{cost}");
        assert_eq!(verify("x", &argon(cost)), Verdict::Wrong, "{cost}");
    }
    assert!(is_usable(&argon("m=65536,t=4,p=1")) && is_usable(&argon("m=256,t=1,p=4")));
    assert!(!is_usable(&django(1, "x").replace("$1$", "$2000001$")) && is_usable(&django(1, "x")));
    assert!(!is_usable(&django(1, "x").replace("$1$", "$99999999999999999999$")));
    assert!(!is_usable("$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$c2hvcnRoYXNo"), "too few bits");
}

#[test]
fn a_password_has_a_longest() {
    let long = "x".repeat(MAX_BYTES);
    let stored = hash(&long, SALT).unwrap();
    assert_eq!(verify(&long, &stored), Verdict::Right);
    let longer = format!("{long}x");
    assert_eq!(verify(&longer, &stored), Verdict::Wrong);
    let error = hash(&longer, SALT).unwrap_err();
    assert_eq!(error.status(), domicile::http::StatusCode::UNPROCESSABLE_ENTITY);
    assert!(error.to_string().contains("at most 1024 bytes"), "{error}");
}

#[test]
fn a_decoy_looks_and_costs_like_a_hash() {
    let secret = Secret::new("S", "a secret of thirty-two bytes, or more").unwrap();
    let stored = hash("x", SALT).unwrap();
    let decoy = |name: &str| super::decoy(&secret, name);
    let nobody = decoy("nobody");
    let cost = |text: &str| text.rsplitn(3, '$').last().map(str::to_owned);
    assert_eq!((nobody.len(), cost(&nobody)), (stored.len(), cost(&stored)));
    assert!(is_usable(&nobody));
    assert_eq!(nobody, decoy("nobody"), "the same each time");
    assert_ne!(nobody, decoy("nobody2"));
    assert_eq!(verify("x", &nobody), Verdict::Wrong);
}

#[track_caller]
fn check(password: &str, expect: &[&str]) {
    let about = [("username", "ada_lovelace"), ("email address", "countess@lovelace.example")];
    assert_eq!(problems(password, &about), expect, "{password}");
}

#[test]
fn weak_passwords_are_told_as_django_tells_them() {
    check("correct horse", &[]);
    check("short7!", &["This password is too short. It must contain at least 8 characters."]);
    check("", &["This password is too short. It must contain at least 8 characters."]);
    check("8391047265", &["This password is entirely numeric."]);
    check("12345678", &["This password is too common.", "This password is entirely numeric."]);
    check("PassWord", &["This password is too common."]);
    check("yoursecurepassword", &["This password is too common."]);
    check("lovelace", &["The password is too similar to the username."]);
    check("Ada_Lovelace1", &["The password is too similar to the username."]);
    check("c0untess", &["The password is too similar to the email address."]);
    check("ada_lovelace is no good part of this one", &[]);
    check(&"long".repeat(257), &["This password is too long. It must contain at most 1024 bytes."]);
}
