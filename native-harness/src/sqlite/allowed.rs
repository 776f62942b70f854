//! The names that an application's SQL may use, as workerd lists them in `util/sqlite.c++`.

/// Functions that workerd allows, in byte order. Names that workerd lists but no SQLite has are left out.
const FUNCTIONS: &[&str] = &[
    "->",
    "->>",
    "abs",
    "acos",
    "acosh",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "avg",
    "bm25",
    "ceil",
    "changes",
    "char",
    "coalesce",
    "concat",
    "concat_ws",
    "cos",
    "cosh",
    "count",
    "cume_dist",
    "current_date",
    "current_time",
    "current_timestamp",
    "date",
    "datetime",
    "degrees",
    "dense_rank",
    "exp",
    "first_value",
    "floor",
    "format",
    "glob",
    "group_concat",
    "hex",
    "highlight",
    "ifnull",
    "iif",
    "instr",
    "json",
    "json_array",
    "json_array_length",
    "json_each",
    "json_extract",
    "json_group_array",
    "json_group_object",
    "json_insert",
    "json_object",
    "json_patch",
    "json_quote",
    "json_remove",
    "json_replace",
    "json_set",
    "json_tree",
    "json_type",
    "json_valid",
    "jsonb",
    "jsonb_array",
    "jsonb_extract",
    "jsonb_group_array",
    "jsonb_group_object",
    "jsonb_insert",
    "jsonb_object",
    "jsonb_patch",
    "jsonb_remove",
    "jsonb_replace",
    "jsonb_set",
    "julianday",
    "lag",
    "last_insert_rowid",
    "last_value",
    "lead",
    "length",
    "like",
    "likelihood",
    "likely",
    "ln",
    "load_extension",
    "log",
    "log2",
    "lower",
    "ltrim",
    "match",
    "max",
    "min",
    "mod",
    "nth_value",
    "ntile",
    "nullif",
    "octet_length",
    "percent_rank",
    "pi",
    "pow",
    "printf",
    "quote",
    "radians",
    "random",
    "randomblob",
    "rank",
    "replace",
    "round",
    "row_number",
    "rtreecheck",
    "rtrim",
    "sign",
    "sin",
    "sinh",
    "snippet",
    "sqlite_drop_column",
    "sqlite_rename_column",
    "sqlite_rename_quotefix",
    "sqlite_rename_table",
    "sqlite_rename_test",
    "sqrt",
    "strftime",
    "string_agg",
    "substr",
    "substring",
    "sum",
    "tan",
    "tanh",
    "time",
    "timediff",
    "total",
    "total_changes",
    "trim",
    "trunc",
    "typeof",
    "unhex",
    "unicode",
    "unixepoch",
    "unlikely",
    "upper",
    "zeroblob",
];

/// Functions of the bundled SQLite that workerd's build does not have; there they do not exist.
pub(super) const ABSENT_FUNCTIONS: &[&str] =
    &["fts3_tokenizer", "matchinfo", "offsets", "optimize", "soundex", "sqlite_offset"];

/// Virtual tables of the bundled SQLite that need no creation and that workerd's build does not have.
pub(super) const ABSENT_TABLES: &[&str] = &["dbstat", "fts3tokenize"];

/// Whether SQL may call a function of this name.
pub(super) fn function(name: &str) -> bool {
    FUNCTIONS.binary_search(&name).is_ok()
}

/// Whether a table, index, view or trigger may have this name: `_cf_` is the platform's.
pub(super) fn name(name: &str) -> bool {
    !has_prefix(name, "_cf_")
}

/// Whether SQL may create a virtual table of this module.
pub(super) fn module(name: &str) -> bool {
    ["fts5", "fts5vocab", "rtree", "rtree_i32"].iter().any(|module| module.eq_ignore_ascii_case(name))
}

/// Whether SQL may run this pragma with this value.
pub(super) fn pragma(pragma: &str, value: Option<&str>) -> bool {
    match pragma.to_ascii_lowercase().as_str() {
        "table_list" => true,
        "data_version" | "page_size" => value.is_none(),
        "case_sensitive_like"
        | "foreign_keys"
        | "defer_foreign_keys"
        | "ignore_check_constraints"
        | "legacy_alter_table"
        | "recursive_triggers"
        | "reverse_unordered_selects" => value.is_none_or(is_boolean),
        "table_info" | "table_xinfo" | "foreign_key_list" | "index_info" | "index_list" | "index_xinfo" => {
            value.is_some_and(name)
        }
        "foreign_key_check" => value.is_none_or(name),
        "quick_check" => value.is_none_or(|value| value.parse::<u32>().is_ok() || name(value)),
        "optimize" => value.is_none_or(|value| value.parse::<i32>().is_ok()),
        _ => false,
    }
}

/// Whether workerd takes a pragma's value for a boolean. It looks at the beginning alone.
fn is_boolean(value: &str) -> bool {
    let unquoted = ['\'', '"'].iter().find_map(|&quote| value.strip_prefix(quote)?.strip_suffix(quote));
    let value = unquoted.unwrap_or(value);
    ["true", "false", "yes", "no", "on", "off", "1", "0"].iter().any(|word| has_prefix(value, word))
}

fn has_prefix(text: &str, prefix: &str) -> bool {
    text.as_bytes().get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix.as_bytes()))
}
