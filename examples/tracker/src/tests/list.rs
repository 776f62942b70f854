//! What lists and the report find.

use super::*;

/// Six issues, one each day, of several kinds.
fn six(host: &Host) {
    begin(host);
    done(host, "/labels/", &[("name", "bug"), ("colour", "red")]);
    open(host, "The mast leans", &[("assignee", "1"), ("due", "2026-11-05"), ("label", "1")]);
    host.advance(DAY);
    open(host, "Paint the hull", &[("priority", "1"), ("assignee", "2"), ("due", "2026-12-24")]);
    host.advance(DAY);
    open(host, "Sails", &[("priority", "4"), ("description", "The mast needs new ones."), ("label", "1")]);
    host.advance(DAY);
    open(host, "Anchor", &[("assignee", "1"), ("due", "2026-11-06")]);
    done(host, "/issue/4/state/", &[("state", "done")]);
    host.advance(DAY);
    open(host, "Rope", &[("priority", "2")]);
    done(host, "/issue/5/state/", &[("state", "doing")]);
    host.advance(DAY);
    open(host, "Mast mast mast", &[("priority", "3")]);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn the_board_has_a_column_for_each_state(host: Host) {
    six(&host);
    assert_eq!(numbers(&get(&host, "/")), [2, 1, 6, 3, 5, 4], "the most urgent first, then the oldest");
}

#[domicile::test(start = NOW, crash_everywhere)]
fn lists_are_filtered(host: Host) {
    six(&host);
    for (query, found) in [
        ("", vec![6, 5, 4, 3, 2, 1]),
        ("?state=open", vec![6, 3, 2, 1]),
        ("?state=doing", vec![5]),
        ("?assignee=1", vec![4, 1]),
        ("?assignee=nobody", vec![6, 5, 3]),
        ("?label=1", vec![3, 1]),
        ("?label=1&assignee=1", vec![1]),
        ("?project=1&state=done", vec![4]),
        ("?project=2", vec![]),
    ] {
        assert_eq!(numbers(&get(&host, &format!("/issues/{query}"))), found, "{query}");
    }
}

#[domicile::test(start = NOW, crash_everywhere)]
fn what_is_done_is_not_overdue(host: Host) {
    six(&host);
    // It is 8 November: the first is late, and the fourth would be.
    assert_eq!(numbers(&get(&host, "/issues/?overdue=yes")), [1]);
    has(&get(&host, "/report/"), &["<dt>Overdue</dt><dd class=\"late\">1</dd>"]);
}

#[domicile::test(start = NOW, crash_everywhere)]
fn a_day_is_over_when_it_is_over_for_the_team(host: Host) {
    begin(&host);
    open(&host, "Today", &[("due", "2026-11-03")]);
    assert!(numbers(&get(&host, "/issues/?overdue=yes")).is_empty());
    host.advance(DAY / 2);
    assert!(numbers(&get(&host, "/issues/?overdue=yes")).is_empty(), "20:30 in UTC");
    done(&host, "/settings/", &[("zone", "tokyo")]);
    assert_eq!(numbers(&get(&host, "/issues/?overdue=yes")), [1], "05:30 of the next day in Tokyo");
}

#[domicile::test(start = NOW, crash_everywhere)]
fn lists_are_sorted(host: Host) {
    six(&host);
    for (sort, found) in [
        ("newest", [6, 5, 4, 3, 2, 1]),
        ("oldest", [1, 2, 3, 4, 5, 6]),
        ("priority", [2, 5, 1, 4, 6, 3]),
        ("due", [1, 4, 2, 3, 5, 6]),
    ] {
        assert_eq!(numbers(&get(&host, &format!("/issues/?sort={sort}"))), found, "{sort}");
    }
}

#[domicile::test(start = NOW, crash_everywhere)]
fn search_finds_words_with_the_best_first(host: Host) {
    six(&host);
    assert_eq!(numbers(&get(&host, "/issues/?q=mast"))[0], 6, "the one that speaks of nothing else");
    for (words, found) in [
        ("mast", vec![1, 3, 6]),
        ("masts", vec![1, 3, 6]),
        ("MAST+needs", vec![3]),
        ("hul", vec![2]),
        ("%22*", vec![]),
    ] {
        let mut numbers = numbers(&get(&host, &format!("/issues/?q={words}")));
        numbers.sort_unstable();
        assert_eq!(numbers, found, "{words}");
    }
    assert_eq!(numbers(&get(&host, "/issues/?q=mast&label=1&assignee=1")), [1]);
    has(&get(&host, "/issues/?q=whale"), &["No issue is like that."]);
}

#[domicile::test(start = NOW)]
fn pages_go_on_where_the_last_one_ended(host: Host) {
    begin(&host);
    super::stored_many(&host);
    for query in
        ["?", "?state=open", "?sort=priority", "?sort=due", "?sort=oldest&state=open", "?project=1&sort=due"]
    {
        let mut seen = Vec::new();
        let mut path = format!("/issues/{query}");
        loop {
            let page = get(&host, &path);
            seen.extend(numbers(&page));
            let Some(next) = next(&page) else { break };
            path = next;
        }
        let all = if query.contains("state") { 80 } else { 120 };
        let mut once = seen.clone();
        once.sort_unstable();
        once.dedup();
        assert_eq!((seen.len(), once.len()), (all, all), "{query}");
    }
}

#[domicile::test(start = NOW, crash_everywhere)]
fn projects_and_people_are_listed_with_what_they_have(host: Host) {
    six(&host);
    done(&host, "/projects/", &[("name", "Trees"), ("about", "")]);
    done(&host, "/issue/1/comment/", &[("text", "Yes."), ("author", "2")]);
    let page = get(&host, "/projects/");
    has(&page, &["<span>5 to do</span><span>6 in all</span>", "<span>0 to do</span><span>0 in all</span>"]);
    let page = get(&host, "/people/");
    has(
        &page,
        &["<span>1 to do</span><span>0 comments</span>", "<span>1 to do</span><span>1 comment</span>"],
    );
}

#[domicile::test(start = NOW, crash_everywhere)]
fn the_report_adds_up(host: Host) {
    six(&host);
    let page = get(&host, "/report/");
    has(&page, &["<dt>To do</dt><dd>5</dd>", "<dt>Done</dt><dd>1</dd>"]);
    // They are 5, 4, 3, 1 and 0 days old.
    has(&page, &["<dt>Mean age of what is to do</dt><dd>2 days</dd>"]);
    let rows: Vec<String> = page.split("<tr>").skip(1).map(cells).collect();
    for row in ["Boats 5 6", "Nobody 3 1", "Ada 1 0", "Berit 1 1", "2 Nov 6 1", "26 Oct 0 0"] {
        assert!(rows.iter().any(|found| found == row), "{row}: {rows:?}");
    }
    lacks(&page, &["Too much to do"]);
    for n in 0..3 {
        open(&host, &format!("More {n}"), &[("assignee", "2")]);
    }
    has(&get(&host, "/report/"), &["Too much to do at once: Berit."]);
}

/// The text of the cells of a row.
fn cells(row: &str) -> String {
    let cells = row.split("<td").skip(1).filter_map(|cell| cell.split_once('>')?.1.split("</td>").next());
    cells.filter(|cell| !cell.contains('<')).collect::<Vec<_>>().join(" ")
}

#[domicile::test(start = Timestamp::from_millis(1_794_180_600_000), crash_everywhere)]
fn weeks_begin_on_monday_on_the_clock_of_the_team(host: Host) {
    // It is Sunday, 8 November 2026, 23:30 in UTC, which is Monday already in Zurich.
    begin(&host);
    open(&host, "The mast leans", &[]);
    let weeks = |host: &Host| get(host, "/report/").split("<tr>").skip(1).map(cells).collect::<Vec<_>>();
    assert_eq!(weeks(&host).last().map(String::as_str), Some("2 Nov 1 0"));
    done(&host, "/settings/", &[("zone", "zurich")]);
    assert_eq!(weeks(&host).last().map(String::as_str), Some("9 Nov 1 0"));
    done(&host, "/issue/1/state/", &[("state", "done")]);
    assert_eq!(weeks(&host).last().map(String::as_str), Some("9 Nov 1 1"));
    done(&host, "/settings/", &[("zone", "los_angeles")]);
    assert_eq!(weeks(&host).last().map(String::as_str), Some("2 Nov 1 1"));
}

#[domicile::test(start = NOW, crash_everywhere)]
fn a_report_of_nothing_is_a_page(host: Host) {
    has(&get(&host, "/report/"), &["<dt>Mean age of what is to do</dt><dd>–</dd>"]);
}
