//! What of the server needs no workerd.

use super::port;

#[test]
fn only_workerds_own_line_gives_a_port() {
    assert_eq!(port(r#"{"event":"listen","socket":"http","port":4711}"#), Some(4711));
    assert_eq!(port(r#"{"event":"listen-inspector","port":4711}"#), None);
    assert_eq!(port(r#"{"level":"info","message":"listen"}"#), None);
    assert_eq!(port("listen 4711"), None);
}
