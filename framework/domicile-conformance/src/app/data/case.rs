//! The list of cases, and how one runs.

mod aggregate;
mod arithmetic;
mod calendar;
mod changes;
mod create;
mod defect;
mod delete;
mod filter;
mod fixture;
mod join;
mod number;
mod order;
mod page;
mod search;
mod text;
mod typed;
mod update;
mod world;

use std::fmt::Debug;

use domicile::prelude::*;
use domicile::query::{Executor, LocalFuture};

/// What the data layer does, by name.
pub struct Case {
    /// The function's name.
    pub name: &'static str,
    /// Why it runs on a store and not on D1; `None` where it runs on both.
    pub store_only: Option<&'static str>,
    run: Run,
}

enum Run {
    Anywhere(for<'a> fn(&'a dyn Executor) -> LocalFuture<'a, ()>),
    Store(fn(&Cx) -> Result<()>),
}

macro_rules! cases {
    ($($part:ident: $($name:ident $($reason:literal)?)+;)+) => {
        /// All cases.
        pub const CASES: &[Case] = &[$($(cases!(@ $part $name $($reason)?),)+)+];
    };
    (@ $part:ident $name:ident) => {
        Case {
            name: stringify!($name),
            store_only: None,
            run: Run::Anywhere(|on| Box::pin($part::$name(on))),
        }
    };
    (@ $part:ident $name:ident $reason:literal) => {
        Case { name: stringify!($name), store_only: Some($reason), run: Run::Store($part::$name) }
    };
}

cases! {
    filter:
        eq_finds_the_same_text_only
        eq_compares_two_columns
        ne_finds_what_eq_does_not
        ne_finds_null_too
        ne_none_finds_what_is_not_null
        eq_none_finds_null
        comparisons_do_not_find_null
        exclude_takes_null_as_not_met
        not_of_not_is_the_filter_itself
        not_binds_all_that_stands_behind_it
        comparisons_include_or_leave_out_the_bound
        between_includes_both_ends
        filters_after_each_other_must_all_hold
        and_binds_as_it_is_written
        conditions_nest_deeply
        a_list_of_filters_means_all_of_them
        is_in_finds_those_listed
        is_in_nothing_finds_nothing
        is_in_takes_5000_values
        is_in_is_the_same_around_its_own_bound
        null_in_a_list_is_never_found
        is_in_takes_other_columns
        is_in_query_asks_another_model
        is_in_query_keeps_order_and_limit
        bools_are_asked_as_bools
        a_default_stands_for_null
        values_cannot_be_syntax
        a_filter_may_be_used_twice
        more_than_100_parameters_are_told_in_a_sentence
        a_value_that_cannot_be_bound_is_refused
        filters_of_authors_by_nullable_columns
        null_is_neither_equal_to_null_nor_not;
    text:
        hard_texts_come_back_whole
        hard_texts_are_found_by_eq
        hard_texts_are_found_in_long_lists
        hard_texts_are_found_by_their_parts
        hard_texts_are_found_by_their_ends
        needles_of_60_bytes_are_no_trouble
        wildcards_are_letters_like_others
        parts_know_large_from_small
        i_forms_do_not_know_large_from_small
        i_forms_know_a_to_z_only
        combining_marks_are_letters_of_their_own
        the_empty_text_is_part_of_all
        the_empty_text_is_not_null
        lengths_count_characters
        left_takes_whole_characters
        functions_stand_in_each_other
        starts_with_uses_an_index
        texts_sort_byte_by_byte
        long_texts_come_back_whole;
    number:
        integers_of_each_width_come_back
        integers_of_each_width_are_found_at_their_bounds
        integers_beyond_2_53_are_refused_where_they_are_set
        exact64_comes_back_digit_by_digit
        exact64_is_found_to_the_last_digit
        exact64_is_compared_as_a_number
        exact64_sorts_as_a_number
        exact64_has_a_smallest_and_a_largest
        exact64_adds_up_exactly
        expressions_of_exact64_are_numbers
        exact64_calculates_exactly
        keys_of_exact64_point_to_each_other
        floats_come_back_to_the_last_bit
        floats_of_any_digits_are_found_in_long_lists
        minus_zero_is_zero
        nan_is_null
        whole_floats_stay_floats
        bytes_come_back_empty_or_not
        bytes_are_found_and_sorted
        bytes_are_found_in_long_lists
        moments_before_1970_sort_and_are_found
        a_row_of_nothing_but_null;
    fixture:
        what_is_dumped_is_loaded_as_it_was
        a_fixture_may_name_the_target_later
        a_fixture_is_loaded_whole_or_not
        a_fixture_that_points_to_nothing_is_not_loaded;
    typed:
        decimals_come_back_and_sort
        decimals_are_found
        decimals_have_a_smallest_and_a_largest
        decimals_add_up_exactly
        decimals_are_calculated_with
        an_update_stays_within_a_decimals_digits
        large_decimals_sort_as_numbers
        days_are_found_and_sorted
        times_of_day_are_found_and_sorted
        uuids_are_found
        json_comes_back_whole
        typed_columns_are_updated_and_paged
        choices_are_found
        a_stored_value_of_another_type_is_a_decode_error;
    join:
        a_filter_follows_a_key
        a_filter_follows_two_keys
        a_filter_follows_three_keys
        behind_a_key_that_is_null_all_is_null
        one_join_serves_filter_order_and_selection
        a_model_that_points_to_itself_is_joined
        a_row_is_compared_with_its_parent
        two_keys_to_one_model_are_two_joins
        two_keys_of_a_row_are_compared
        a_row_is_selected_with_what_it_points_to
        a_row_is_selected_with_what_it_may_point_to
        any_finds_what_is_pointed_to
        any_finds_a_row_once
        not_any_finds_what_is_not_pointed_to
        any_may_ask_along_keys
        any_asks_a_model_that_points_to_itself
        any_of_two_conditions_is_about_one_row
        of_gives_the_rows_that_point_here
        keys_of_text_are_followed
        rows_are_counted_over_joins
        names_that_are_words_of_sql;
    order:
        rows_come_smallest_first
        rows_come_largest_first
        several_orders_follow_each_other
        null_is_the_smallest
        null_comes_last_or_first_where_it_is_said
        rows_are_ordered_by_what_they_point_to
        rows_are_ordered_by_an_expression
        a_model_has_its_own_order
        an_order_takes_the_place_of_the_one_before
        limit_and_offset_cut_what_is_ordered
        limit_zero_gives_nothing
        offset_without_limit_gives_the_rest
        limits_without_end_are_no_error
        distinct_gives_what_is_the_same_once
        distinct_takes_null_for_one_value
        count_is_of_what_would_come
        exists_asks_whether_any_would_come
        nothing_is_in_an_empty_table
        first_gives_the_first_or_none
        first_without_an_order_is_the_first_by_key
        get_gives_the_only_row
        get_of_none_is_not_found
        get_of_several_is_a_conflict
        a_filter_narrows_a_key;
    aggregate:
        aggregates_of_nothing
        aggregates_leave_null_out
        the_mean_of_integers_is_no_integer
        the_mean_leaves_null_out
        a_sum_that_is_too_large_is_an_error
        the_smallest_and_largest_of_each_type
        different_values_are_counted
        only_counts_what_a_filter_finds
        only_may_ask_along_keys
        only_is_said_of_aggregates
        groups_have_aggregates_of_their_own
        groups_are_by_several_terms
        groups_are_by_an_expression
        null_is_a_group
        groups_are_ordered_by_an_aggregate
        having_asks_of_groups
        filters_come_before_groups_and_having_after
        aggregates_are_calculated_with
        an_expression_is_added_up
        bools_are_added_up
        an_aggregate_of_limited_rows_is_of_all
        a_model_with_a_key_only_is_counted
        having_without_groups_is_of_all
        groups_are_by_five_terms;
    arithmetic:
        integers_are_added_and_subtracted
        integers_divide_to_integers
        floats_divide_to_floats
        operators_bind_as_in_rust
        parentheses_on_the_right_are_kept
        expressions_are_compared
        null_makes_null_of_all
        a_default_stays_an_integer
        division_by_zero_is_null
        what_leaves_the_type_is_an_error
        a_negative_parameter_is_no_comment;
    calendar:
        buckets_of_every_size
        quarters_begin_in_four_months
        weeks_begin_on_monday_over_the_end_of_a_year
        parts_of_every_kind
        a_second_is_not_rounded_up
        buckets_by_the_clocks_of_a_fixed_zone
        buckets_by_clocks_half_an_hour_off
        clocks_that_are_put_forward
        clocks_that_are_put_back
        the_day_of_a_change_is_one_day
        zones_of_other_years
        moments_before_1970_have_buckets
        no_moment_has_no_bucket
        rows_are_grouped_by_week
        groups_of_quarters_in_a_zone_fit_a_statement
        parts_are_filters
        a_thousand_hours_agree_with_jiff
        two_buckets_in_a_zone_fit_a_statement
        a_moment_that_has_a_parameter_is_in_a_zone
        the_last_moment_of_a_group_is_in_a_zone;
    page:
        pages_have_numbers
        a_page_that_is_not_there_is_not_found
        the_first_page_may_be_empty
        a_page_of_no_rows_is_one_of_one
        pages_stay_within_a_limit
        pages_of_groups
        windows_follow_each_other
        windows_follow_the_models_own_order
        windows_over_ties
        windows_in_mixed_directions
        windows_over_null
        windows_by_what_rows_point_to
        windows_by_expressions
        windows_of_what_a_filter_finds
        windows_by_exact64
        windows_by_bytes_floats_and_bools
        windows_by_hard_texts
        rows_that_come_meanwhile_repeat_and_hide_none
        the_last_window_has_no_next
        a_cursor_of_another_list_is_refused
        text_that_is_no_cursor_is_refused
        windows_of_groups_are_refused
        windows_have_no_limit_of_their_own
        windows_keep_the_place_of_null
        a_window_uses_an_index
        rows_that_are_equal_stay_on_their_page
        groups_that_are_equal_stay_on_their_page;
    search:
        a_word_is_found_in_all_columns
        all_words_must_be_there
        words_have_no_syntax
        no_words_find_nothing
        letters_of_other_languages
        the_last_word_may_be_begun
        the_best_come_first
        an_order_may_say_otherwise
        what_is_changed_is_found_by_its_new_words
        what_is_deleted_is_not_found
        a_search_is_filtered_and_counted
        a_search_is_paged
        a_search_is_grouped
        what_is_found_is_updated_and_deleted
        a_search_without_an_index_is_refused;
    create:
        a_new_row_comes_back_as_it_is_stored
        what_is_not_set_gets_its_default
        now_is_the_time_of_the_event
        a_uuid_is_of_the_events_time
        keys_are_counted
        a_model_with_a_key_only_is_created
        what_is_missing_is_named
        text_that_is_too_long_is_refused
        a_value_that_is_no_choice_is_refused
        a_key_to_nothing_is_a_foreign_key_error
        a_value_that_is_there_is_a_unique_error
        values_that_are_unique_together
        upsert_creates_or_updates
        upsert_leaves_what_is_not_set
        upsert_by_key
        upsert_of_nothing_but_what_is_unique
        upsert_of_another_unique_value_is_an_error
        run_or_ignore_ignores_what_is_there
        get_or_create_gets
        get_or_create_creates
        get_or_create_of_what_somebody_else_has
        a_thousand_rows_keep_their_order
        rows_of_99_columns_are_created
        rows_of_each_width_fill_their_statements
        rows_that_set_other_columns_are_created_together
        many_rows_are_stored_whole_or_not;
    update:
        an_update_tells_how_many_rows
        an_update_of_nothing_is_zero
        an_update_calculates
        an_update_takes_columns_as_they_were
        an_update_sets_null
        the_last_value_of_a_column_counts
        an_update_filters_along_keys
        an_update_filters_by_what_points_here
        an_update_within_a_limit
        an_update_sets_nothing_of_other_models
        an_update_that_sets_nothing_is_refused
        an_update_that_fails_changes_nothing
        an_update_stays_within_the_type
        updated_is_set_by_every_update
        upsert_sets_what_is_updated
        a_row_is_saved_whole
        a_row_that_is_gone_is_not_saved
        a_row_is_inserted_with_its_key
        a_row_is_deleted
        columns_of_many_rows_are_saved
        rows_of_99_columns_are_saved
        values_of_every_type_are_saved
        a_key_may_be_changed
        groups_are_not_updated;
    delete:
        what_a_filter_finds_is_deleted
        deleting_what_is_not_there_is_zero
        a_limit_is_deleted_in_order
        a_deletion_filters_along_keys
        cascade_deletes_what_points_here
        cascade_goes_three_levels_down
        a_diamond_is_deleted_once
        cascade_follows_a_model_into_itself
        rows_that_point_round_in_one_table
        two_tables_that_point_to_each_other
        set_null_leaves_the_row
        two_keys_to_what_is_deleted
        set_default_gives_the_default
        set_default_to_nothing_is_an_error
        protect_names_what_it_protects
        what_is_protected_stays_whole
        protect_holds_below_a_cascade
        protect_within_a_model
        ten_thousand_rows_are_deleted
        keys_of_text_and_of_64_bits_are_deleted
        groups_are_not_deleted
        the_model_that_is_asked_for_comes_first
        a_row_that_is_changed_meanwhile_is_not_deleted
        a_row_that_points_elsewhere_meanwhile_is_not_deleted
        changes_meanwhile_are_noticed_before_the_first_change
        a_row_that_is_gone_meanwhile_is_no_conflict
        a_row_that_comes_meanwhile_pushes_none_out_of_a_limit;
    changes:
        changes_are_made_in_order
        changes_of_every_kind_in_one
        changes_that_fail_leave_nothing
        no_changes_are_none
        a_requirement_that_holds
        a_requirement_that_does_not_hold_says_its_sentence
        the_sentence_is_of_the_requirement_that_fails
        what_must_not_be_there
        a_requirement_sees_what_came_before_it
        a_requirement_may_ask_along_keys
        what_does_not_hold_is_refused_before_anything
        deletions_among_changes_cascade_and_protect
        saved_rows_among_changes_are_updated_now
        a_deletion_has_its_place_in_the_order
        what_is_moved_away_is_not_deleted_with_its_target
        a_tree_is_deleted_among_changes
        a_new_row_is_not_taken_for_one_that_is_gone
        a_query_explains_itself
        a_full_scan_is_named
        sql_by_hand_stands_beside_it
        a_statement_is_a_value
        sql_by_hand_that_fails_is_a_typed_error;
    defect:
        d01_actors_of_one_process_have_stores_of_their_own "a D1 database is one for all"
        d02_rows_come_in_order
        d02_many_new_rows_have_their_own_keys
        d03_deferred_keys_are_over_with_their_transaction
        d04_an_error_does_not_poison_what_follows
        d05_what_fails_is_undone
        d05_a_transaction_that_fails_is_undone "D1 has no interactive transaction"
        d06_errors_have_types
        d07_queries_stand_inside_a_loop_over_rows
        d07_statements_run_while_rows_are_walked "D1 gives all rows of a statement at once"
        d08_text_with_percent_s_and_question_marks
        d09_buckets_with_a_filter_and_a_zone
        d10_parts_of_dates_are_filters
        d11_nothing_asks_for_a_lock
        d12_counts_are_of_rows_and_not_of_index_entries
        d13_a_query_tells_its_parameters
        d14_numbers_beyond_2_53_are_exact_or_refused;
}

/// Runs a case on the store of an actor, whose tables are empty.
pub(crate) fn on_store(case: &Case, cx: &Cx) -> Result<()> {
    match case.run {
        // Nothing waits on a store, so the future is ready.
        Run::Anywhere(run) => domicile::query::on_store(cx, |on| run(on)),
        Run::Store(run) => run(cx),
    }
}

/// Runs a case on D1, where all tables are empty.
pub(crate) async fn on_d1(case: &Case, db: &D1) -> Result<()> {
    match case.run {
        Run::Anywhere(run) => run(db).await,
        Run::Store(_) => Err(Error::new(domicile::Kind::Unsupported, "the case is for a store only")),
    }
}

/// Fails the case unless both are equal.
#[track_caller]
fn same<T: PartialEq + Debug>(got: T, want: T) -> Result<()> {
    if got == want {
        return Ok(());
    }
    let place = std::panic::Location::caller();
    Err(Error::internal(format!("{}:{}: got {got:?}, want {want:?}", place.file(), place.line())))
}

/// Fails the case unless `time` is not before `begin` and not after now. On a store both are the time of the event.
#[track_caller]
fn since(time: Timestamp, begin: Timestamp, on: &dyn Executor) -> Result<()> {
    same(begin <= time && time <= on.now(), true)
}

/// Fails the case unless it is an error of this kind that says `says`.
#[track_caller]
fn refused<T: Debug>(got: Result<T>, kind: domicile::Kind, says: &str) -> Result<()> {
    let place = std::panic::Location::caller();
    match got {
        Err(error) if error.kind() == kind && error.to_string().contains(says) => Ok(()),
        other => Err(Error::internal(format!(
            "{}:{}: got {other:?}, want {kind:?}: {says}",
            place.file(),
            place.line()
        ))),
    }
}
