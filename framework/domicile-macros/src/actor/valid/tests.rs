//! Names made of names.

use super::screaming;

#[track_caller]
fn check(name: &str, expect: &str) {
    assert_eq!(screaming(name), expect);
}

#[test]
fn a_binding_is_the_class_in_capitals() {
    check("CounterDO", "COUNTER_DO");
    check("BlogPostDO", "BLOG_POST_DO");
    check("HTTPServerDO", "HTTP_SERVER_DO");
    check("Blog2DO", "BLOG2_DO");
    check("ABDO", "ABDO");
    check("Snake_CaseDO", "SNAKE_CASE_DO");
    check("lowerDO", "LOWER_DO");
    check("_PrivateDO", "_PRIVATE_DO");
}
