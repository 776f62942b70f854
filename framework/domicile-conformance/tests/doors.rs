//! The scenarios of identity: each is a conversation with the app that knows its users, on one host.

mod account;
mod attack;
mod both;
mod certs;
mod cost;
mod door;
mod form;
mod key;
mod manage;
mod session;
mod settings;
mod site;
mod tenant;
mod token;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use crate::support::host::Kind;
use site::Site;

/// What a scenario runs on.
#[derive(Clone, Copy)]
enum On {
    /// The site whose people come in so, which others use too: each takes tenants of its own.
    Shared(&'static str, fn(&Site)),
    /// Sites that it starts itself.
    Own(fn(&Kind)),
}

/// A scenario.
pub struct Scenario {
    pub name: &'static str,
    on: On,
}

macro_rules! own {
    ($part:ident::$name:ident) => {
        Scenario { name: stringify!($name), on: On::Own($part::$name) }
    };
}

macro_rules! on {
    ($how:literal, $part:ident::$name:ident) => {
        Scenario { name: stringify!($name), on: On::Shared($how, $part::$name) }
    };
}

/// All of them; those that take longest come first.
pub const SCENARIOS: &[Scenario] = &[
    own!(key::a8_an_unknown_key_fetches_once_a_minute_and_a_rotation_is_seen),
    own!(key::f36_keys_are_fetched_once_and_again_after_their_time),
    own!(key::a9_keys_that_were_had_go_on_serving_when_the_endpoint_is_down),
    own!(key::f32_f33_a9_without_keys_it_is_500_and_never_401),
    own!(key::a9_the_endpoint_is_asked_again_after_ten_seconds),
    own!(key::a9_a_slow_endpoint_holds_up_five_seconds_and_nobody_twice),
    own!(key::a9_many_at_once_fetch_a_few_times_while_there_are_no_keys),
    own!(key::f30_an_exempt_path_waits_for_no_keys),
    own!(key::a9_keys_of_no_use_do_not_take_the_others_away),
    own!(attack::a17_a_forged_signature_is_refused_and_costs_at_most_the_first_fetch),
    own!(attack::a1_a2_an_issuer_that_is_a_url_trick_is_asked_for_nothing),
    on!("access", attack::a2_headers_that_a_client_forges_change_nothing),
    own!(settings::f26_a1_settings_that_cannot_be_do_not_start),
    own!(settings::t2_without_a_secret_of_its_own_an_app_does_not_start),
    own!(settings::f27_a_team_is_spelled_in_three_ways),
    own!(settings::f28_a3_any_audience_of_the_team_is_accepted_where_that_is_said),
    own!(settings::f28_a1_a11_an_audience_takes_its_teams_from_a_list),
    own!(settings::a6_one_address_of_two_issuers_is_two_people),
    own!(settings::a14_with_several_teams_a_program_is_of_one),
    own!(settings::f31_no_path_is_exempt_unless_it_is_said),
    own!(settings::f44_an_app_without_identity_is_open),
    on!("passwords", manage::f21_migrations_run_and_run_again),
    on!("passwords", manage::f22_t1_the_first_administrator_is_made_once),
    on!("passwords", manage::t1_nobody_manages_without_the_secret),
    own!(manage::t1_where_no_secret_is_set_there_are_no_such_pages),
    on!("passwords", manage::t1_weak_passwords_and_odd_names_are_refused),
    on!("passwords", manage::t4_errors_tell_nothing_of_the_inside),
    on!("passwords", manage::t5_many_at_once_migrate_and_make_one_administrator),
    own!(manage::t1_for_development_a_loopback_host_needs_no_secret),
    on!("access", manage::f23_behind_access_the_secret_alone_counts),
    on!("passwords", manage::f24_pages_render_before_any_migration),
    own!(manage::f21_f22_of_accounts_in_d1),
    on!("access", account::f37_f38_an_account_is_made_of_the_claims),
    on!("access", account::f38_looking_makes_no_store),
    on!("access", account::f39_a_name_that_differs_is_taken_over_and_an_empty_one_never),
    own!(account::f38_a_store_that_is_behind_is_migrated_and_then_gets_the_account),
    own!(account::f40_a7_nothing_is_written_where_nothing_changed),
    on!("access", account::f41_a_hook_makes_staff_by_the_domain_and_refuses),
    on!("access", account::a5_who_is_not_active_does_not_come_in),
    on!("access", account::a6_an_account_belongs_to_a_subject_and_not_to_an_address),
    on!("access", account::a6_a_local_account_is_nobody_s_by_its_address),
    own!(account::a6_with_several_teams_one_alone_is_linked),
    own!(account::a6_where_it_is_said_a_local_account_is_linked_once),
    on!("access", account::a6_two_who_come_at_once_end_in_one_account),
    on!("access", token::f27_f28_f34_a_token_of_the_team_comes_in),
    on!("access", token::f29_the_header_then_the_cookies_and_nothing_after_an_invalid_one),
    on!("access", token::f32_a18_who_has_no_token_gets_401_as_json_or_as_a_page),
    on!("access", token::f33_f34_a4_tokens_that_prove_nothing_are_401_and_fetch_nothing),
    on!("access", token::f35_the_audience_is_a_text_or_one_of_a_list),
    on!("access", token::f44_a3_a_token_is_of_use_in_its_own_application_only),
    on!("access", token::a14_a_program_reaches_what_is_granted_to_it_and_has_no_account),
    on!("access", token::f30_f31_a12_exempt_paths_are_whole_segments_and_never_fail),
    on!("access", token::a10_a_token_has_one_spelling),
    on!("access", token::a16_f43_the_log_says_why_and_has_no_token),
    on!("access", door::f23_nothing_is_open_that_does_not_say_so),
    own!(door::f23_who_may_not_wakes_no_actor),
    on!("access", door::f23_each_sort_of_allow_lets_in_whom_it_names),
    on!("access", door::f23_messages_ask_in_the_name_of_who_asks),
    on!("both", door::a13_f42_an_exempt_path_knows_a_session_and_a_token_comes_before_it),
    own!(door::f23_a_session_of_d1_is_nobody_s_in_an_actor_with_accounts),
    own!(door::t6_what_somebody_is_shown_is_kept_for_them),
    on!("access", door::a18_t6_pages_take_nothing_from_elsewhere_and_have_safe_headers),
    on!("access", form::a7_a_form_needs_the_token_of_its_own_browser),
    on!("access", form::a7_a_form_is_of_the_person_who_got_it),
    own!(form::a7_a_form_of_an_exempt_path_outlives_the_keys_that_are_held),
    on!("access", form::a7_a_second_tab_keeps_the_first_ones_form),
    on!("access", form::t3_what_another_site_sends_is_refused),
    on!("passwords", form::t3_before_a_login_a_form_is_bound_to_a_random_cookie),
    on!("passwords", session::f40_a_session_is_a_cookie_that_only_the_app_sees),
    on!("passwords", session::f40_a_session_writes_nothing_when_it_is_used),
    on!("passwords", session::t2_a_wrong_password_says_nothing_of_who_there_is),
    on!("passwords", session::t1_too_many_attempts_are_429_with_when_to_come_again),
    own!(session::f23_a_session_that_nobody_was_given_wakes_no_actor),
    on!("both", both::a13_a_cookie_of_access_stands_behind_a_session),
    on!("both", both::t3_a_token_in_a_cookie_makes_no_form_one_of_a_program),
    on!("both", both::a7_a_form_of_a_session_outlives_the_cookie_of_access),
    own!(both::a7_forms_of_accounts_in_d1_know_a_session_beside_the_cookie_of_access),
    on!("both", both::t2_one_event_is_of_one_person),
    own!(both::a9_without_keys_a_session_and_a_login_go_on),
    own!(both::f23_a_person_wakes_nobody_where_programs_alone_may),
    on!("both", both::t2_a_session_that_is_over_leads_back_to_where_it_was),
    on!("both", both::t2_what_the_doors_ask_comes_from_the_entry_alone),
    on!("passwords", both::a7_a_page_that_an_effect_makes_has_its_cookie_too),
    own!(settings::f43_the_log_says_as_much_as_is_wanted),
    on!("passwords", session::t1_a_refusal_takes_its_time_whoever_there_is),
    own!(session::t1_for_a_tenant_that_nobody_has_made_nothing_is_hashed),
    on!("passwords", session::a15_logout_ends_the_session_where_it_is_kept),
    on!("access", session::a15_behind_access_logout_goes_on_to_that_of_access),
    on!("passwords", session::t2_a_new_password_ends_the_other_sessions),
    on!("passwords", session::t2_a_session_is_of_its_tenant_alone),
    on!("passwords", session::t2_a_login_has_a_form_of_its_own_and_leads_to_this_site_only),
    on!("access", tenant::a_tenant_of_the_identity_cannot_be_named),
    on!("access", tenant::a_tenant_by_the_identity_is_one_s_own),
    on!("access", tenant::an_account_is_of_its_tenant_alone),
    own!(cost::f36_a_token_with_a_key_that_is_held_costs_under_a_millisecond),
];

/// The sites of one host that scenarios share.
pub struct Shared {
    kind: Kind,
    sites: Mutex<BTreeMap<&'static str, Arc<OnceLock<Site>>>>,
}

impl Shared {
    pub fn new(kind: Kind) -> Self {
        Self { kind, sites: Mutex::default() }
    }

    pub fn perform(&self, scenario: &Scenario) {
        match scenario.on {
            On::Own(run) => run(&self.kind),
            On::Shared(how, run) => {
                let mut sites = self.sites.lock().unwrap_or_else(PoisonError::into_inner);
                let site = sites.entry(how).or_default().clone();
                drop(sites);
                run(site.get_or_init(|| Site::start(&self.kind, how, &[])));
            }
        }
    }
}
