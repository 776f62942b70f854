//! What is changed, and what is refused.

use super::*;

#[domicile::test(start = NOW, crash_everywhere)]
fn an_issue_is_opened_and_shown(host: Host) {
    begin(&host);
    done(&host, "/labels/", &[("name", "bug"), ("colour", "red")]);
    let form = [
        ("project", "1"),
        ("title", "  The mast leans "),
        ("description", "To the left.\r\n\r\n  A bit."),
        ("priority", "2"),
        ("assignee", "1"),
        ("due", "2026-11-20"),
        ("label", "1"),
    ];
    assert_eq!(done(&host, "/issue/new/", &form), "/t/acme/issue/1/");
    let check = |host: &Host| {
        let page = get(host, "/issue/1/");
        has(
            &page,
            &["<h1>The mast leans</h1>", "To the left.\n\n  A bit.", "Boats", "Ada", "High", "20 Nov", "bug"],
        );
        has(&page, &["3 Nov 2026, 08:30", "No comments yet"]);
    };
    check(&host);
    host.evict();
    check(&host);
    has(&get(&host, "/"), &["The mast leans"]);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn mistakes_stand_beside_their_fields_with_what_was_typed(host: Host) {
    begin(&host);
    let long = "x".repeat(201);
    let form = [
        ("project", ""),
        ("title", &*long),
        ("description", "What was typed stays."),
        ("priority", "7"),
        ("assignee", "1"),
        ("due", "tomorrow"),
    ];
    let page = post(&host, "/issue/new/", &form);
    assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY);
    for (field, says) in [
        ("project", "This field is required."),
        ("title", "Write at most 200 characters; these are 201."),
        ("priority", "Choose one of: Urgent, High, Normal, Low."),
        ("due", "Write a day, such as 2026-11-03."),
    ] {
        has(page.text(), &[&format!(r#"id="{field}-problem">{says}</p>"#)]);
    }
    has(
        page.text(),
        &["What was typed stays.", &long, r#"value="tomorrow""#, r#"<option value="1" selected>Ada"#],
    );
    assert_eq!(stored(&host, |store| Issue::objects().count(store)), 0);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn a_blank_title_is_none(host: Host) {
    begin(&host);
    let page = post(&host, "/issue/new/", &[("project", "1"), ("title", "  \t "), ("priority", "3")]);
    assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY);
    has(page.text(), &[r#"id="title-problem">This field is required.</p>"#]);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn an_issue_that_points_to_nothing_is_not_stored(host: Host) {
    begin(&host);
    for more in [("project", "9"), ("assignee", "9"), ("label", "9")] {
        let mut form = vec![("title", "Lost"), ("priority", "3"), ("project", "1")];
        form.retain(|(name, _)| *name != more.0);
        form.push(more);
        let page = post(&host, "/issue/new/", &form);
        assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY, "{more:?}: {}", page.text());
        has(page.text(), &["Something that you chose was deleted meanwhile.", r#"value="Lost""#]);
    }
    assert_eq!(stored(&host, |store| Issue::objects().count(store)), 0);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn an_issue_is_edited_with_its_labels(host: Host) {
    begin(&host);
    for name in ["bug", "idea"] {
        done(&host, "/labels/", &[("name", name), ("colour", "red")]);
    }
    open(&host, "The mast leans", &[("label", "1"), ("assignee", "1")]);
    let form = get(&host, "/issue/1/edit/");
    has(
        &form,
        &[r#"value="The mast leans""#, r#"name="label" value="1" checked"#, r#"value="1" selected>Ada"#],
    );
    host.advance(DAY);
    let seen = NOW.as_millis().to_string();
    let form = [("seen", &*seen), ("project", "1"), ("title", "It fell"), ("priority", "1"), ("label", "2")];
    done(&host, "/issue/1/edit/", &form);
    let page = get(&host, "/issue/1/");
    has(&page, &["<h1>It fell</h1>", "Urgent", "idea", "Nobody", "4 Nov 2026, 08:30"]);
    lacks(&page, &["bug"]);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn a_change_that_came_between_is_not_overwritten(host: Host) {
    begin(&host);
    open(&host, "The mast leans", &[]);
    host.advance(DAY);
    done(&host, "/issue/1/state/", &[("state", "doing")]);
    let seen = NOW.as_millis().to_string();
    let form = [("seen", &*seen), ("project", "1"), ("title", "Mine"), ("priority", "1")];
    let page = post(&host, "/issue/1/edit/", &form);
    assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY);
    has(page.text(), &["Somebody has changed this issue since you began.", r#"value="Mine""#]);
    has(&get(&host, "/issue/1/"), &["<h1>The mast leans</h1>", "In progress"]);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn an_issue_is_begun_closed_and_opened_again(host: Host) {
    begin(&host);
    open(&host, "The mast leans", &[]);
    let issue = |host: &Host| stored(host, |store| Issue::by_key(1_u32).get(store));
    done(&host, "/issue/1/state/", &[("state", "doing")]);
    assert_eq!((issue(&host).state, issue(&host).closed), (State::Doing, None));
    host.advance(DAY);
    done(&host, "/issue/1/state/", &[("state", "done")]);
    let closed = Some(NOW.after(DAY));
    assert_eq!(
        (issue(&host).state, issue(&host).closed, Some(issue(&host).updated)),
        (State::Done, closed, closed)
    );
    host.advance(DAY);
    done(&host, "/issue/1/state/", &[("state", "done")]);
    assert_eq!(issue(&host).closed, closed, "closing it twice changes nothing");
    done(&host, "/issue/1/state/", &[("state", "open")]);
    assert_eq!((issue(&host).state, issue(&host).closed), (State::Open, None));
    assert_eq!(post(&host, "/issue/1/state/", &[("state", "lost")]).status(), StatusCode::BAD_REQUEST);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn comments_are_counted_and_in_order(host: Host) {
    begin(&host);
    open(&host, "The mast leans", &[]);
    done(&host, "/issue/1/comment/", &[("text", "First!"), ("author", "1")]);
    done(&host, "/issue/1/comment/", &[("text", "Second!"), ("author", "2")]);
    let page = get(&host, "/issue/1/");
    assert!(page.find("First!") < page.find("Second!"));
    has(&get(&host, "/"), &["2 comments"]);
    assert_eq!(stored(&host, |store| Issue::by_key(1_u32).get(store)).comments, 2);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn a_comment_can_close_the_issue(host: Host) {
    begin(&host);
    open(&host, "The mast leans", &[]);
    done(&host, "/issue/1/comment/", &[("text", "Straight."), ("author", "1"), ("then", "close")]);
    let issue = stored(&host, |store| Issue::by_key(1_u32).get(store));
    assert_eq!((issue.state, issue.closed, issue.comments), (State::Done, Some(NOW), 1));
}

#[domicile::test(start = NOW, crash_everywhere)]
fn an_empty_comment_and_one_of_nobody_are_refused(host: Host) {
    begin(&host);
    open(&host, "The mast leans", &[]);
    let page = post(&host, "/issue/1/comment/", &[("text", ""), ("author", "x")]);
    assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY);
    has(
        page.text(),
        &[r#"id="text-problem">This field is required."#, r#"id="author-problem">Write a whole number"#],
    );
    let page = post(&host, "/issue/1/comment/", &[("text", "Kept text"), ("author", "9")]);
    has(page.text(), &["was deleted meanwhile", "Kept text"]);
    let issue = stored(&host, |store| Issue::by_key(1_u32).get(store));
    assert_eq!((issue.comments, stored(&host, |store| Comment::objects().count(store))), (0, 0));
}

#[domicile::test(start = NOW, crash_everywhere)]
fn a_name_is_taken_once(host: Host) {
    begin(&host);
    done(&host, "/labels/", &[("name", "bug"), ("colour", "red")]);
    let forms = [
        ("/projects/", vec![("name", "Boats"), ("about", "Kept")]),
        ("/people/", vec![("name", "Ada")]),
        ("/labels/", vec![("name", "bug"), ("colour", "green")]),
    ];
    for (path, form) in forms {
        let page = post(&host, path, &form);
        assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY, "{path}");
        has(page.text(), &["There is one of this name already.", &format!(r#"value="{}""#, form[0].1)]);
    }
    let counts = stored(&host, |store| {
        Ok((
            Project::objects().count(store)?,
            Person::objects().count(store)?,
            Label::objects().count(store)?,
        ))
    });
    assert_eq!(counts, (1, 2, 1));
}

#[domicile::test(start = NOW, crash_everywhere)]
fn a_project_takes_its_issues_and_comments_along(host: Host) {
    begin(&host);
    done(&host, "/projects/", &[("name", "Trees"), ("about", "")]);
    done(&host, "/labels/", &[("name", "bug"), ("colour", "red")]);
    open(&host, "Goes", &[("label", "1")]);
    open(&host, "Goes too", &[]);
    open(&host, "Stays", &[("project", "2"), ("label", "1")]);
    for issue in ["1", "2", "3"] {
        done(&host, &format!("/issue/{issue}/comment/"), &[("text", "Yes."), ("author", "1")]);
    }
    has(&get(&host, "/project/1/delete/"), &["Delete Boats?", "2 issues and 2 comments go with it"]);
    let page = post(&host, "/project/1/delete/", &[]);
    // The project, two issues, two comments and a label of one of them.
    has(page.text(), &["Boats is gone", "2 issues and 2 comments went with it: 6 rows in all"]);
    let left = stored(&host, |store| {
        Ok((
            Issue::objects().select(Issue::title).all(store)?,
            Comment::objects().count(store)?,
            Tag::objects().count(store)?,
        ))
    });
    assert_eq!(left, (vec!["Stays".to_owned()], 1, 1));
    assert!(numbers(&get(&host, "/issues/?q=goes")).is_empty(), "nothing of it is found any more");
}

#[domicile::test(start = NOW, crash_everywhere)]
fn issues_of_somebody_who_goes_are_nobodys(host: Host) {
    begin(&host);
    open(&host, "The mast leans", &[("assignee", "2")]);
    assert_eq!(done(&host, "/person/2/delete/", &[]), "/t/acme/people/");
    assert_eq!(stored(&host, |store| Issue::by_key(1_u32).get(store)).assignee, None);
    assert_eq!(numbers(&get(&host, "/issues/?assignee=nobody")), [1]);
    lacks(&get(&host, "/people/"), &["Berit"]);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn somebody_who_wrote_something_stays(host: Host) {
    begin(&host);
    open(&host, "The mast leans", &[("assignee", "1")]);
    done(&host, "/issue/1/comment/", &[("text", "Mine."), ("author", "1")]);
    let page = post(&host, "/person/1/delete/", &[]);
    assert_eq!(page.status(), StatusCode::CONFLICT);
    has(page.text(), &["Ada stays: the person cannot be deleted: 1 comment points to it by `author`"]);
    let issue = stored(&host, |store| Issue::by_key(1_u32).get(store));
    assert_eq!(issue.assignee, Some(ForeignKey::new(1)), "nothing was changed");
}

#[domicile::test(start = NOW, crash_everywhere)]
fn the_time_zone_is_kept_and_used_at_once(host: Host) {
    begin(&host);
    open(&host, "The mast leans", &[]);
    has(&get(&host, "/issue/1/"), &["3 Nov 2026, 08:30"]);
    for (zone, shows) in
        [("tokyo", "3 Nov 2026, 17:30"), ("zurich", "3 Nov 2026, 09:30"), ("new_york", "3 Nov 2026, 03:30")]
    {
        done(&host, "/settings/", &[("zone", zone)]);
        has(&get(&host, "/issue/1/"), &[shows]);
        host.evict();
        has(&get(&host, "/issue/1/"), &[shows]);
    }
    assert_eq!(
        stored(&host, |store| Setting::objects().all(store)),
        [Setting { id: 1, zone: Zone::NewYork }]
    );
    let page = post(&host, "/settings/", &[("zone", "moon")]);
    assert_eq!(page.status(), StatusCode::UNPROCESSABLE_ENTITY);
    has(page.text(), &["Choose one of: UTC, London"]);
}

#[test]
fn every_zone_has_clocks_of_its_own() {
    let hours = [
        (Zone::Utc, 0.0),
        (Zone::London, 0.0),
        (Zone::Zurich, 1.0),
        (Zone::NewYork, -5.0),
        (Zone::LosAngeles, -8.0),
        (Zone::Kolkata, 5.5),
        (Zone::Tokyo, 9.0),
        (Zone::Sydney, 11.0),
    ];
    let now = jiff::Timestamp::from_millisecond(NOW.as_millis()).expect("the time of the tests");
    for (zone, hours) in hours {
        assert_eq!(f64::from(zone.clock().to_offset(now).seconds()) / 3600.0, hours, "{zone:?}");
    }
}
