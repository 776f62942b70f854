//! The bytes themselves: a change here is a new `VERSION`.

use super::*;
use crate::principal::{Claims, Principal};

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|b| format!("{b:02x}")).collect()
}

#[track_caller]
fn golden<T: Serialize + for<'a> Deserialize<'a> + PartialEq + fmt::Debug>(what: T, bytes: &str) {
    assert_eq!(hex(&encode(&what)), bytes);
    assert_eq!(decode::<T>(&encode(&what)).unwrap(), what);
}

fn actor(kind: &str, name: &str) -> ActorRef {
    ActorRef { kind: kind.into(), name: Name::new(name).unwrap() }
}

#[test]
fn golden_message() {
    golden(
        Event {
            request: RequestId(300),
            chain: vec![actor("Shop", "acme")],
            credential: Credential {
                principal: Principal::User(Claims { subject: "s".into(), ..Claims::default() }),
                session: Some("k".into()),
                app: false,
                browser: None,
                exempt: false,
            },
            what: What::Message { name: "Add".into(), shape: 1, payload: vec![2, 255] },
        },
        "03ac0201045368 6f700461636d65 01000173000000 01016b000000 000341646401 0202ff"
            .replace(' ', "")
            .as_str(),
    );
}

#[test]
fn golden_http() {
    golden(
        Event {
            request: RequestId(1),
            chain: vec![],
            credential: Credential::default(),
            what: What::Http(HttpHead {
                method: "GET".into(),
                target: "/a?b".into(),
                prefix: "/t/x".into(),
                origin: "http://h".into(),
                headers: vec![Header("a".into(), vec![0xff])],
            }),
        },
        "0301000000000000010347455404 2f613f62042f742f7808687474703a2f2f6801016101ff"
            .replace(' ', "")
            .as_str(),
    );
}

#[test]
fn golden_replies() {
    golden(Reply::Message(vec![7]), "03000107");
    golden(Reply::Refused(vec![]), "030100");
    golden(Reply::Http { status: 404, headers: vec![] }, "0302940300");
    golden(Reply::Alarm, "0303");
    golden(Reply::Failed(Fault::Panic), "030401");
    golden(Reply::Failed(Fault::TooDeep), "030406");
}

#[test]
fn other_versions_and_junk_are_told_apart() {
    assert_eq!(decode::<Reply>(&[1, 3]), Err(WireError::Version(1)));
    assert_eq!(decode::<Reply>(&[]), Err(WireError::Malformed));
    assert_eq!(decode::<Reply>(&[3, 9]), Err(WireError::Malformed));
    assert_eq!(decode::<Reply>(&[3, 3, 0]), Err(WireError::Malformed));
}

#[test]
fn a_name_on_the_wire_is_checked() {
    let mut bytes = encode(&actor("A", "b"));
    let last = bytes.len() - 1;
    bytes[last] = 0x07;
    assert_eq!(decode::<ActorRef>(&bytes), Err(WireError::Malformed));
}
